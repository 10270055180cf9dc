/**
 * Writes the file `copyright` of a package in Debian's machine-readable format: the project's own
 * licences, and the notices of all that is distributed with it.
 */

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { ROOT } from './paths.ts';

/** Something that is distributed with the program under a licence of its own. */
export interface Notice {
  /** Files of the sources, as a pattern. */
  readonly files: string;
  /** Short name of the licence. */
  readonly license: string;
  readonly text: string;
}

/** A licence that every Debian has the text of, and every RPM system gets with the package. */
const OWN = `Files: *
Copyright: the authors of ipmi-bt
License: Apache-2.0
 The text of the Apache License, version 2.0, is in
 /usr/share/common-licenses/Apache-2.0 on Debian systems, and else in the file LICENSE.

Files: native/uio/*
Copyright: the authors of ipmi-bt
License: GPL-2
 The text of the GNU General Public License, version 2, is in
 /usr/share/common-licenses/GPL-2 on Debian systems, and else in the file COPYING.
`;

const HEADER = 'Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n';

/** A line that says whose work it is; not a sentence of the licence that has the word. */
const COPYRIGHT = /^\W*copyright\b\s*(?:\(c\)|©)?\s*(.*\w.*)$/i;

const LICENSE_FILE = /^licen[cs]e(\.|$)/i;

/** The notice of a package of `node_modules`; throws where it has none. */
export function noticeOf(name: string): Notice {
  const folder = join(ROOT, 'node_modules', name);
  const file = readdirSync(folder).find((entry) => LICENSE_FILE.test(entry));
  if (file === undefined) throw new Error(`node_modules/${name} has no licence`);
  const manifest = readFileSync(join(folder, 'package.json'), 'utf8');
  const { license } = JSON.parse(manifest) as { license: string };
  const text = readFileSync(join(folder, file), 'utf8');
  return { files: `node_modules/${name}/*`, license, text };
}

/** The whole file. */
export function copyrightFile(notices: readonly Notice[]): string {
  return [HEADER, OWN, ...notices.map(paragraph)].join('\n');
}

function paragraph({ files, license, text }: Notice): string {
  const lines = text.trim().split(/\r?\n/);
  const owners = lines.flatMap((line) => COPYRIGHT.exec(line)?.[1]?.trim() ?? []);
  const [first = 'as its licence says'] = owners;
  // An empty line would end the paragraph.
  const indented = lines.map((line) => (line.trim() === '' ? ' .' : ` ${line.trimEnd()}`));
  return [`Files: ${files}`, `Copyright: ${first}`, `License: ${license}`, ...indented, ''].join(
    '\n',
  );
}
