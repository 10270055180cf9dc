/** What the loader of the addon uses of node-gyp-build, which has no types of its own. */

declare module 'node-gyp-build' {
  const nodeGypBuild: {
    /** The addon of the package in `folder` for this Node; throws when there is none. */
    path(folder: string): string;
  };
  export = nodeGypBuild;
}
