/**
 * The code blocks of the documentation, so that tests can run every one of them. The words behind
 * the fence say what a block is.
 */

import { readFileSync, readdirSync } from 'node:fs';

/** Every document of the project. */
export const DOCUMENTS = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', ...docs()];

/** A fenced block: `info` is what stands behind the fence, such as `console sim`. */
export interface CodeBlock {
  readonly file: string;
  readonly line: number;
  readonly info: string;
  readonly text: string;
}

/** A command of a terminal session and what it prints on standard output. */
export interface ShownCommand {
  readonly command: string;
  readonly stdout: string;
}

/** All code blocks of all documents, or those of one kind. */
export function codeBlocks(info?: string): readonly CodeBlock[] {
  const blocks = DOCUMENTS.flatMap((file) => blocksOf(file, readFileSync(file, 'utf8')));
  return info === undefined ? blocks : blocks.filter((block) => block.info === info);
}

/** Splits a session at its prompt, `$` for a user and `#` for root. */
export function exchanges({ text }: CodeBlock, prompt: '$' | '#'): readonly ShownCommand[] {
  const parts = `\n${text}`.split(`\n${prompt} `).slice(1);
  return parts.map((part) => {
    const [command = '', ...lines] = part.replace(/\n$/, '').split('\n');
    return { command, stdout: lines.map((line) => `${line}\n`).join('') };
  });
}

/** The comment lines that a program ends with: what it prints. */
export function promised(program: string): string {
  const lines = program.trimEnd().split('\n');
  const start = lines.findLastIndex((line) => !line.startsWith('// ')) + 1;
  return lines
    .slice(start)
    .map((line) => `${line.slice(3)}\n`)
    .join('');
}

function docs(): readonly string[] {
  const files = readdirSync('docs', { recursive: true, encoding: 'utf8' });
  return files.filter((file) => file.endsWith('.md')).map((file) => `docs/${file}`);
}

function blocksOf(file: string, markdown: string): readonly CodeBlock[] {
  const fence = /^```(.*)\n([^]*?)^```$/gm;
  return [...markdown.matchAll(fence)].map(({ 1: info = '', 2: text = '', index }) => ({
    file,
    line: markdown.slice(0, index).split('\n').length,
    info,
    text,
  }));
}
