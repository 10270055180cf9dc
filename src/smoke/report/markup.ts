/**
 * HTML that is escaped by the way it is made: what is put into a template is text, unless it came
 * out of a template itself. What a BMC or firmware says may hold anything.
 */

/** A piece of a page; only {@link markup} and {@link trusted} make one. */
export interface Markup {
  readonly html: string;
}

type Part = Markup | string | number | readonly Markup[];

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Controls, but for tab and line feed, which separate words. */
const CONTROLS = /(?![\t\n])\p{Cc}/gu;

/** Marks that reverse the direction, halves of a pair, and no characters. */
const NO_TEXT = /[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\p{Cs}\ufffe\uffff]/gu;

/** The pictures of controls in Unicode begin here: U+241B shows ESC. */
const PICTURES = 0x2400;
const PICTURES_COUNT = 0x20;
const PICTURE_OF_DEL = '\u2421';

const REPLACEMENT = '\ufffd';

/** Template tag: `markup`<p>${text}</p>``. */
export function markup(texts: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return { html: String.raw({ raw: texts }, ...parts.map(htmlOf)) };
}

/** Text that is HTML already: a script, or a style. */
export function trusted(html: string): Markup {
  return { html };
}

export const NONE: Markup = trusted('');

/** The text itself, or nothing. */
export function when(condition: boolean, then: () => Markup): Markup {
  return condition ? then() : NONE;
}

/** Text as a reader of the page sees it: controls as pictures. */
export function visible(text: string): string {
  return text.replace(/\r\n/g, '\n').replace(CONTROLS, pictureOf).replace(NO_TEXT, REPLACEMENT);
}

function pictureOf(control: string): string {
  const code = control.charCodeAt(0);
  if (code < PICTURES_COUNT) return String.fromCharCode(PICTURES + code);
  return control === '\x7f' ? PICTURE_OF_DEL : REPLACEMENT;
}

function htmlOf(part: Part): string {
  if (typeof part === 'number') return String(part);
  if (typeof part === 'string') {
    return visible(part).replace(/[&<>"']/g, (one) => ENTITIES[one] ?? one);
  }
  return 'html' in part ? part.html : part.map(({ html }) => html).join('');
}
