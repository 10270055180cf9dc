/** Bytes that are no text, by what a user would do about them. */

import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';

import { foreignText } from '../src/foreign-text.ts';

const LINE = '[  120.377028] BT: RD_WAIT';

test.each([
  ['gzip', gzipSync(LINE), /^it is compressed with gzip: .* with zcat$/],
  ['xz', Buffer.from('fd377a585a000004', 'hex'), /xz: .* with xzcat$/],
  ['zstd', Buffer.from('28b52ffd0458', 'hex'), /zstd: .* with zstdcat$/],
  ['bzip2', Buffer.from('BZh91AY'), /bzip2: .* with bzcat$/],
  ['UTF-16', Buffer.from(`\ufeff${LINE}`, 'utf16le'), /UTF-16 text: .* iconv -f UTF-16 -t UTF-8$/],
  ['its other order', Buffer.from('feff005b', 'hex'), /UTF-16 text: .* iconv -f UTF-16 -t UTF-8$/],
  ['no mark', Buffer.from(LINE, 'utf16le'), /UTF-16 text: .* iconv -f UTF-16LE -t UTF-8$/],
  ['no mark, swapped', Buffer.from('005b0020', 'hex'), / iconv -f UTF-16BE -t UTF-8$/],
])('%s is named, with the command that makes text of it', (...[, bytes, message]) => {
  expect(foreignText(bytes)).toMatch(message);
});

test.each([[''], ['a'], [LINE], [`\ufeff${LINE}`], ['\u0000\u0001\u0002\n'], ['BZ: x']])(
  '%j may be text',
  (text) => {
    expect(foreignText(Buffer.from(text))).toBeUndefined();
  },
);
