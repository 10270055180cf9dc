/**
 * The project's files as text and as syntax, for the tests that check the code itself.
 */

import { readFileSync, readdirSync } from 'node:fs';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** One import or re-export, static or dynamic. */
export interface Import {
  /** A file of `src/` without its extension, such as `bt/frame`; else the package as written. */
  readonly from: string;
  /** It brings types only, so that nothing of it exists at run time. */
  readonly typeOnly: boolean;
}

/** The files below a folder of the project, as paths from its root, sorted. */
export function filesIn(folder: string): readonly string[] {
  const entries = readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.map((file) => join(file.parentPath, file.name).slice(ROOT.length)).sort();
}

export function readText(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** What a file of `src/`, named as in {@link Import}, imports. */
export function importsOf(name: string): readonly Import[] {
  const imports: Import[] = [];
  walk(parse(name), (node) => {
    const found = importAt(node);
    if (found === undefined) return;
    const [specifier, typeOnly] = found;
    if (!ts.isStringLiteralLike(specifier)) throw new Error(`${name}: an import that is no string`);
    imports.push({ from: resolve(name, specifier.text), typeOnly });
  });
  return imports;
}

/** The names a file of `src/` uses: `async`, `Promise`, `process.exit`. Comments do not count. */
export function namesIn(name: string): ReadonlySet<string> {
  const names = new Set<string>();
  walk(parse(name), (node) => {
    if (ts.isIdentifier(node)) names.add(node.text);
    if (node.kind === ts.SyntaxKind.AsyncKeyword) names.add('async');
    if (ts.isPropertyAccessExpression(node)) names.add(node.getText());
  });
  return names;
}

/** True when nothing of a file of `src/` is left at run time. */
export function isTypesOnly(name: string): boolean {
  return parse(name).statements.every((statement) => {
    if (ts.isImportDeclaration(statement)) return importAt(statement)?.[1] === true;
    if (ts.isExportDeclaration(statement)) return statement.isTypeOnly;
    return ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement);
  });
}

function parse(name: string): ts.SourceFile {
  const path = `src/${name}.ts`;
  return ts.createSourceFile(path, readText(path), ts.ScriptTarget.Latest, true);
}

function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  ts.forEachChild(node, (child) => {
    walk(child, visit);
  });
}

function importAt(node: ts.Node): readonly [specifier: ts.Node, typeOnly: boolean] | undefined {
  if (ts.isImportDeclaration(node)) {
    return [node.moduleSpecifier, node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword];
  }
  if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined) {
    return [node.moduleSpecifier, node.isTypeOnly];
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
    return [node.argument.literal, true];
  }
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    return [node.arguments[0] ?? node, false];
  }
  return undefined;
}

function resolve(name: string, specifier: string): string {
  if (!specifier.startsWith('.')) return specifier;
  return posix.join(posix.dirname(name), specifier).replace(/\.ts$/, '');
}
