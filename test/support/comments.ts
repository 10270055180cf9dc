/**
 * The comments of a file of code, and the two habits that they are kept free of. A string that
 * looks like a comment is none: the TypeScript parser says what is what.
 */

import ts from 'typescript';

/** A comment without its marks. */
export interface Comment {
  readonly line: number;
  /** It is written between slash-asterisks, as documentation is. */
  readonly isBlock: boolean;
  readonly text: string;
}

const QUESTION = /^(who|whom|whose|what|whether|how)\b/i;
const PERSON = /\b(who(m|ever|mever)?|(some|any|every)(body|one)|nobody)\b/i;

/** All comments of a file, in order. */
export function commentsIn(code: string): readonly Comment[] {
  const file = ts.createSourceFile('any.ts', code, ts.ScriptTarget.Latest, true);
  const ranges = new Map<number, ts.CommentRange>();
  visitTokens(file, (token) => {
    const before = ts.getLeadingCommentRanges(code, token.getFullStart()) ?? [];
    const after = ts.getTrailingCommentRanges(code, token.getEnd()) ?? [];
    for (const range of [...before, ...after]) ranges.set(range.pos, range);
  });
  const ordered = [...ranges.values()].sort((one, other) => one.pos - other.pos);
  return ordered.map(({ pos, end, kind }) => ({
    line: file.getLineAndCharacterOfPosition(pos).line + 1,
    isBlock: kind === ts.SyntaxKind.MultiLineCommentTrivia,
    text: withoutMarks(code.slice(pos, end)),
  }));
}

/**
 * The comments of a file that break a habit, each with its line: a doc comment that begins as a
 * question does (`Whether it is held.`) and so has no main clause, or a word for a person where a
 * process or a caller is meant.
 */
export function badHabitsIn(code: string): readonly string[] {
  return commentsIn(code).flatMap(({ line, isBlock, text }) => {
    const [question] = isBlock ? (QUESTION.exec(text) ?? []) : [];
    const [person] = PERSON.exec(text) ?? [];
    return [
      ...(question === undefined ? [] : [`${line}: begins with "${question}"`]),
      ...(person === undefined || person === question ? [] : [`${line}: a person, "${person}"`]),
    ];
  });
}

/** Tokens carry the comments, closing braces among them; a doc comment is a node of its own. */
function visitTokens(node: ts.Node, visit: (token: ts.Node) => void): void {
  if (ts.isJSDoc(node)) return;
  const children = node.getChildren();
  if (children.length === 0) visit(node);
  for (const child of children) visitTokens(child, visit);
}

function withoutMarks(comment: string): string {
  return comment
    .replace(/^\/\*+|\*\/$|^\/\/ ?/g, '')
    .replaceAll(/^\s*\* ?/gm, '')
    .trim();
}
