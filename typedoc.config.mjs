// The site of the documents and the API: `npm run site`.

import { PageEvent } from 'typedoc';

const TO_FOLDER = /href="((?:\.\.\/)+)(#[^"]*)?"/g;

/**
 * Gives links of documents to the first page its name: a site that is read from files, without a
 * web server, has no page for a folder.
 */
function nameFirstPage(app) {
  app.renderer.on(PageEvent.END, (page) => {
    page.contents = page.contents?.replace(
      TO_FOLDER,
      (_, path, place = '') => `href="${path}index.html${place}"`,
    );
  });
}

export default {
  name: 'ipmi-bt',
  out: 'site',
  tsconfig: 'tsconfig.build.json',
  plugin: [nameFirstPage],
  readme: 'README.md',
  includeVersion: true,
  entryPoints: [
    ...['src/index.ts', 'src/commands/index.ts', 'src/serve/user-policy.ts'],
    ...['src/sim/bmc.ts', 'src/sim/faults.ts'],
    ...['src/sim/irq-line.ts', 'src/trace/replay.ts', 'src/sim/virtual-clock.ts'],
  ],
  projectDocuments: [
    ...['docs/doors/operator.md', 'docs/doors/fleet.md', 'docs/doors/lab.md'],
    ...['docs/*.md', 'docs/adr/*.md', 'CHANGELOG.md', 'CONTRIBUTING.md'],
  ],
  excludeInternal: true,
  excludePrivate: true,
  disableSources: true,
  searchInComments: true,
  searchInDocuments: true,
  highlightLanguages: ['bash', 'console', 'ini', 'javascript', 'json', 'typescript', 'yaml'],
  ignoredHighlightLanguages: ['mermaid', 'report', 'text', 'trace'],
  validation: { invalidLink: true, invalidPath: true, notExported: false },
  treatWarningsAsErrors: true,
};
