/**
 * The site of the documentation: built as `npm run site` builds it, whole, without a dead link, and
 * with nothing that a browser would fetch from elsewhere.
 */

import { execFile } from 'node:child_process';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { beforeAll, describe, expect, test } from 'vitest';

import { nonEmpty, offenders } from '../support/lists.ts';
import { DOCUMENTS } from '../support/markdown.ts';
import { readSite } from '../support/site-links.ts';
import type { Site } from '../support/site-links.ts';
import { ROOT, readText } from '../support/source-code.ts';
import { tempFolder } from '../support/temp-folder.ts';

const FOLDER = join(ROOT, '.cache', 'site');

/** The titles of the ways in, as their heads have them. */
const DOORS = ['For an operator', 'For a fleet engineer', 'For a lab'];

let site: Site;

beforeAll(async () => {
  const typedoc = join(ROOT, 'node_modules/typedoc/bin/typedoc');
  await promisify(execFile)(process.execPath, [typedoc, '--out', FOLDER], { cwd: ROOT });
  site = readSite(FOLDER);
});

describe('the site', () => {
  test('has no dead link, and many that live', () => {
    expect(site.links).toBeGreaterThan(1000);
    expect(site.dead).toEqual([]);
  });

  test('fetches nothing from elsewhere', () => {
    expect(site.pages.length).toBeGreaterThan(50);
    expect(site.fetched).toEqual([]);

    const styles = readdirSync(join(FOLDER, 'assets')).filter((name) => name.endsWith('.css'));
    const texts = nonEmpty(styles).map((name) =>
      readFileSync(join(FOLDER, 'assets', name), 'utf8'),
    );
    expect(texts.join('\n')).not.toMatch(/url\(["']?(?:https?:)?\/\/|@import/);
  });

  test('has a page of every document', () => {
    const documents = DOCUMENTS.filter((file) => file !== 'README.md');
    const names = documents.map((file) => file.replace(/\.md$/, ''));
    const pages = site.pages.filter((page) => page.startsWith('documents/')).map(plain);

    expect(offenders(names, (name) => !pages.includes(plain(titleOf(name))))).toEqual([]);
  });

  test('has the three ways in on its first page, and a search', () => {
    const first = readFileSync(join(FOLDER, 'index.html'), 'utf8');

    const pages = DOORS.map((title) => `documents/${title.replaceAll(' ', '_')}.html`);
    expect(offenders(pages, (page) => !first.includes(`href="${page}"`))).toEqual([]);
    expect(first).toMatch(/<input[^>]*search|tsd-search/);
    expect(readFileSync(join(FOLDER, 'assets/search.js'), 'utf8').length).toBeGreaterThan(10_000);
  });

  test('is what npm run site makes', () => {
    const { scripts } = JSON.parse(readText('package.json')) as { scripts: Record<string, string> };

    expect(scripts['site']).toBe('typedoc');
  });
});

/** Letters and digits of a name, which is all that the name of a page keeps for certain. */
function plain(name: string): string {
  return name
    .replace(/^documents\/|\.html$/g, '')
    .replace(/[^a-z\d]/gi, '')
    .toLowerCase();
}

/** The title of a document, which its page is named for; the file's path, where it has none. */
function titleOf(name: string): string {
  const [, door] = /^docs\/doors\/(\w+)$/.exec(name) ?? [];
  return door === undefined ? name : (DOORS.find((title) => title.includes(door)) ?? '');
}

test('a dead link and a script from elsewhere are found', () => {
  const folder = tempFolder();
  const links = ['other.html', 'other.html#no', '#here', '#gone', 'gone.html', 'https://x.org/'];
  const body = links.map((href) => `<a href="${href}">x</a>`).join('');
  writeFileSync(join(folder, 'a.html'), `<p id="here">${body}</p>`);
  writeFileSync(join(folder, 'other.html'), '<script src="//cdn.org/x.js"></script>');

  expect(readSite(folder)).toMatchObject({
    links: 5,
    dead: ['a.html -> other.html#no', 'a.html -> #gone', 'a.html -> gone.html'],
    fetched: ['other.html -> //cdn.org/x.js'],
  });
});
