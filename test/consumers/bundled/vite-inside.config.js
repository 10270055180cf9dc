// Bundles the library, too.
export default {
  build: { ssr: 'program.js', outDir: 'inside' },
  ssr: { noExternal: ['ipmi-bt'] },
};
