/**
 * Text in the language of manual pages, with the macros of man(7). Words of the specifications
 * become text here and cannot become a request.
 */

/** A source line is broken before this column, as the checks of manual pages want it. */
const COLUMNS = 78;

/** Text as it stands behind a macro. */
export function roffText(text: string): string {
  return text.replaceAll('\\', '\\e').replaceAll('-', '\\-');
}

/** A paragraph in lines of the source, which a reader's screen fills anew. */
export function filled(text: string): readonly string[] {
  const lines: string[] = [];
  for (const word of roffText(text).split(' ')) {
    const last = lines.at(-1);
    const longer = last === undefined ? word : `${last} ${word}`;
    if (last === undefined || longer.length > COLUMNS) lines.push(word);
    else lines.splice(-1, 1, longer);
  }
  // A full stop or an apostrophe at the start of a line begins a request.
  return lines.map((line) => line.replace(/^(?=[.'])/, '\\&'));
}

/** An argument of a macro; quotation marks would end it. */
function argument(text: string): string {
  return `"${roffText(text).replaceAll('"', '\\(dq')}"`;
}

/** The title of a page, of section 1. */
export interface PageTitle {
  readonly name: string;
  /** Of the sources, such as 2026-11-29; empty where it is not known. */
  readonly date: string;
  /** Stands at the foot, such as `ipmi-bt 0.1.0`. */
  readonly source: string;
}

/** The head of a page, with its name and what it is for. */
export function pageHead({ name, date, source }: PageTitle, help: string): readonly string[] {
  return [
    '.\\" Generated from the commands of ipmi-bt when it was built.',
    `.TH ${argument(name.toUpperCase())} 1 "${date}" ${argument(source)}`,
    '.SH NAME',
    ...filled(`${name} - ${help}`),
  ];
}

/** A section; nothing where it has no lines. */
export function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`.SH ${argument(title)}`, ...lines];
}

/** A part of a section. */
export function subsection(title: string, lines: readonly string[]): readonly string[] {
  return [`.SS ${argument(title)}`, ...lines];
}

/** Paragraphs of text, which blank lines part; those behind the first begin with a macro. */
export function paragraphs(...texts: readonly string[]): readonly string[] {
  const parts = texts.flatMap((text) => text.split('\n\n')).filter((text) => text !== '');
  return parts.flatMap((text, at) => {
    const lines = filled(text.replaceAll('\n', ' '));
    return at === 0 ? lines : ['.PP', ...lines];
  });
}

/** A term in bold, and below it what it means. */
export function item(term: string, meaning: string): readonly string[] {
  return ['.TP', `.B ${argument(term)}`, ...filled(meaning)];
}
