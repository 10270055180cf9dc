/**
 * A strict reader of small XML files: it throws at whatever is not well-formed, and returns the
 * elements. It knows elements, attributes, text, comments and the five entities.
 */

/** An element with everything in it. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** The text directly in it. */
  readonly text: string;
}

const DECLARATION = /^<\?xml version="1\.0" encoding="utf-8"\?>\s*/;
const COMMENT = /<!--((?:(?!--)[^])*)-->/y;
const TAG = /<(\/?)([A-Za-z_][\w.-]*)((?:\s+[A-Za-z_][\w.-]*="[^"<]*")*)\s*(\/?)>/y;
const ATTRIBUTE = /([A-Za-z_][\w.-]*)="([^"<]*)"/g;
const TEXT = /[^<]+/y;
const BARE_AMPERSAND = /&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[\da-fA-F]+);)/;
const NO_CHARACTER = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

/** The root element. */
export function parseXml(xml: string): XmlElement {
  refuse(NO_CHARACTER.exec(xml), 'a character that XML does not allow');
  if (!DECLARATION.test(xml)) throw new Error('no declaration');
  const body = xml.replace(DECLARATION, '');
  const document = { name: '', attributes: {}, children: [] as XmlElement[], text: '' };
  const open = [document];
  for (let at = 0; at < body.length;) {
    const parent = open.at(-1);
    if (parent === undefined) throw new Error('an end too many');
    const text = matchAt(TEXT, body, at)?.[0] ?? matchAt(COMMENT, body, at)?.[0];
    if (text !== undefined) {
      if (!text.startsWith('<')) parent.text += textOf(text);
      at += text.length;
      continue;
    }
    at += tagAt(body, at, open);
  }
  const [root, ...others] = document.children;
  if (root === undefined || others.length > 0 || open.length !== 1 || document.text.trim() !== '')
    throw new Error('not one root element that is closed');
  return root;
}

/** All elements of a name, in order. */
export function elementsOf(root: XmlElement, name: string): readonly XmlElement[] {
  const below = root.children.flatMap((child) => elementsOf(child, name));
  return root.name === name ? [root, ...below] : below;
}

interface Open {
  name: string;
  attributes: Record<string, string>;
  children: XmlElement[];
  text: string;
}

function tagAt(body: string, at: number, open: Open[]): number {
  const tag = matchAt(TAG, body, at);
  if (tag === null) throw new Error(`no tag: ${body.slice(at, at + 80)}`);
  const [whole, end = '', name = '', written = '', empty] = tag;
  if (end !== '') {
    if (open.pop()?.name !== name) throw new Error(`a wrong end: ${name}`);
    return whole.length;
  }
  const attributes: Record<string, string> = {};
  for (const [, key = '', value = ''] of written.matchAll(ATTRIBUTE)) {
    if (key in attributes) throw new Error(`the attribute ${key} twice`);
    attributes[key] = textOf(value);
  }
  const element: Open = { name, attributes, children: [], text: '' };
  open.at(-1)?.children.push(element);
  if (empty === '') open.push(element);
  return whole.length;
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

function textOf(written: string): string {
  refuse(BARE_AMPERSAND.exec(written), 'a bare &');
  refuse(/]]>/.exec(written), ']]> in text');
  const named = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' } as const;
  return written.replace(/&(lt|gt|quot|apos|amp);/g, (_, name: keyof typeof named) => named[name]);
}

function refuse(match: RegExpExecArray | null, why: string): void {
  if (match !== null) throw new Error(`${why} at ${match.index}`);
}
