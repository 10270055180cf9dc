/**
 * The report of the API, `packages/release/api.txt`: every declaration that a program can see, without
 * comments. A change of the API is a change of this file, which a review shows and a test demands.
 * `npm run api` writes it anew; `--print` prints it instead.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

import ts from 'typescript';

import { visibleDeclarations } from './declarations.mjs';

export const REPORT = 'packages/release/api.txt';

/** One file of declarations, printed in one way whatever its layout and comments. */
export function printedDeclarations(text) {
  const file = ts.createSourceFile('api.d.ts', text, ts.ScriptTarget.ES2022);
  const printer = ts.createPrinter({ removeComments: true });
  const isImport = (statement) => ts.isImportDeclaration(statement);
  return file.statements
    .filter((statement) => !isImport(statement))
    .map((statement) => printer.printNode(ts.EmitHint.Unspecified, statement, file))
    .join('\n');
}

/** The whole report: the entries of the package first, then the files that they lead to. */
export function apiReport() {
  const { exports } = JSON.parse(readFileSync('package.json', 'utf8'));
  const files = Object.values(exports).map(({ types }) => types.replace('./lib/types/', ''));
  const names = Object.keys(exports).map((name, at) => `${name} is ${files[at]}`);
  const sections = [...visibleDeclarations('dist', files)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, text]) => `==== ${path}\n\n${printedDeclarations(text)}\n`);
  return [...names, '', ...sections].join('\n');
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const report = apiReport();
  if (process.argv.includes('--print')) process.stdout.write(report);
  else {
    writeFileSync(REPORT, report);
    console.log(`wrote ${REPORT}`);
  }
}
