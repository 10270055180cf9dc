/** The messages of the log, as they stand in the code. */

import ts from 'typescript';

import { filesIn, readText } from './source-code.ts';

/** A call of the log, from the level `info` on: users meet it without asking for more. */
export interface LogCall {
  readonly place: string;
  readonly level: string;
  /** The text; undefined where the code makes it of something else. */
  readonly message: string | undefined;
}

const LEVELS: readonly string[] = ['info', 'warn', 'error', 'fatal'];

/** Wraps a log for others; its messages are theirs. */
const WRAPPER = 'src/log.ts';

/** All calls of the log in a folder. */
export function logCalls(folder = 'src'): readonly LogCall[] {
  return filesIn(folder)
    .filter((path) => path !== WRAPPER)
    .flatMap(callsIn);
}

function callsIn(path: string): readonly LogCall[] {
  const source = ts.createSourceFile(path, readText(path), ts.ScriptTarget.Latest, true);
  const calls: LogCall[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node)) calls.push(...callOf(node, path));
    ts.forEachChild(node, visit);
  };
  visit(source);
  return calls;
}

function callOf(node: ts.CallExpression, path: string): readonly LogCall[] {
  const { expression, arguments: given } = node;
  if (!ts.isPropertyAccessExpression(expression)) return [];
  const level = expression.name.text;
  if (!LEVELS.includes(level) || !/log$/i.test(expression.expression.getText())) return [];
  return textsOf(given[1]).map((message) => ({ place: path, level, message }));
}

/** One of two texts is a call each. */
function textsOf(node: ts.Expression | undefined): readonly (string | undefined)[] {
  if (node === undefined || !ts.isConditionalExpression(node)) return [textOf(node)];
  return [textOf(node.whenTrue), textOf(node.whenFalse)];
}

/** The text of a literal; what is put into one stands as NAME. */
function textOf(node: ts.Expression | undefined): string | undefined {
  if (node === undefined) return undefined;
  if (ts.isStringLiteralLike(node)) return node.text;
  if (!ts.isTemplateExpression(node)) return undefined;
  const spans = node.templateSpans.map(
    ({ expression, literal }) => `${expression.getText().toUpperCase()}${literal.text}`,
  );
  return node.head.text + spans.join('');
}
