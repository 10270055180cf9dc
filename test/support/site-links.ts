/** The links of the pages in a folder, and those that lead nowhere. */

import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** A site that was made, with what is wrong in it. */
export interface Site {
  readonly pages: readonly string[];
  /** Links to a page, a file or a place in a page, as `PAGE -> LINK`. */
  readonly links: number;
  readonly dead: readonly string[];
  /** What a browser would fetch from elsewhere when it shows a page. */
  readonly fetched: readonly string[];
}

const ELSEWHERE = /^(?:[a-z][a-z+.-]*:|\/\/)/i;

/** Reads every page of a folder. */
export function readSite(folder: string): Site {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const pages = files.filter((name) => name.endsWith('.html'));
  const read = (name: string) => [name, readFileSync(join(folder, name), 'utf8')] as const;
  const texts = new Map(pages.map(read));
  // A drawing has places, too.
  const drawings = files.filter((name) => name.endsWith('.svg')).map(read);
  const ids = new Map([...texts, ...drawings].map(([name, text]) => [name, idsOf(text)]));
  const all = [...texts].flatMap(([page, text]) => hrefsOf(text).map((href) => ({ page, href })));
  const own = all.filter(({ href }) => !ELSEWHERE.test(href));
  return {
    pages,
    links: own.length,
    dead: own.filter((link) => !leads(folder, ids, link)).map(textOf),
    fetched: [...texts].flatMap(([page, text]) =>
      fetchesOf(text).map((href) => textOf({ page, href })),
    ),
  };
}

interface Link {
  readonly page: string;
  readonly href: string;
}

function textOf({ page, href }: Link): string {
  return `${page} -> ${href}`;
}

function leads(
  folder: string,
  ids: ReadonlyMap<string, ReadonlySet<string>>,
  { page, href }: Link,
): boolean {
  const [path = '', place] = href.split('#');
  const target = path === '' ? page : relative('', join(dirname(page), decodeURIComponent(path)));
  const file = join(folder, target);
  if (!existsSync(file)) return false;
  if (statSync(file).isDirectory()) return false;
  return place === undefined || place === '' || ids.get(target)?.has(decoded(place)) === true;
}

function decoded(place: string): string {
  return decodeURIComponent(place);
}

function idsOf(text: string): ReadonlySet<string> {
  return new Set([...text.matchAll(/\s(?:id|name)="([^"]*)"/g)].map(([, id = '']) => id));
}

function hrefsOf(text: string): readonly string[] {
  return [...text.matchAll(/\s(?:href|src)="([^"]*)"/g)].map(([, href = '']) =>
    href.replaceAll('&amp;', '&'),
  );
}

/** Scripts, styles, pictures and fonts of other hosts; a link that a reader follows is none. */
function fetchesOf(text: string): readonly string[] {
  const tags = text.matchAll(/<(?:script|link|img|iframe|source)\s[^>]*?(?:src|href)="([^"]*)"/g);
  return [...tags].map(([, href = '']) => href).filter((href) => ELSEWHERE.test(href));
}
