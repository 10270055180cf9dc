/**
 * Bytes that are no UTF-8 text, and are often given for one: a log that was compressed, or that a
 * tool of Windows has written.
 */

/** The first bytes of a kind of file, its name, and the command that makes text of it. */
const KINDS: readonly (readonly [bytes: readonly number[], name: string, tool: string])[] = [
  [[0x1f, 0x8b], 'compressed with gzip', 'zcat'],
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a], 'compressed with xz', 'xzcat'],
  [[0x28, 0xb5, 0x2f, 0xfd], 'compressed with zstd', 'zstdcat'],
  [[0x42, 0x5a, 0x68], 'compressed with bzip2', 'bzcat'],
  [[0xff, 0xfe], 'UTF-16 text', 'iconv -f UTF-16 -t UTF-8'],
  [[0xfe, 0xff], 'UTF-16 text', 'iconv -f UTF-16 -t UTF-8'],
];

/** Two letters of UTF-16 without a mark of its byte order, as the halves of their codes. */
const UTF_16: readonly (readonly [letters: readonly number[], zeros: readonly number[]])[] = [
  [
    [0, 2],
    [1, 3],
  ],
  [
    [1, 3],
    [0, 2],
  ],
];

const [LETTER_LEAST, LETTER_MOST] = [0x09, 0x7e];

/** Says of the first bytes of a file what it is, and what to do; undefined where it may be text. */
export function foreignText(bytes: Uint8Array): string | undefined {
  const kind = KINDS.find(([first]) => first.every((byte, at) => bytes[at] === byte));
  if (kind !== undefined) return `it is ${kind[1]}: make text of it first, with ${kind[2]}`;
  const order = UTF_16.findIndex(
    ([letters, zeros]) =>
      zeros.every((at) => bytes[at] === 0) && letters.every((at) => isLetter(bytes[at])),
  );
  if (order === -1) return undefined;
  const name = order === 0 ? 'UTF-16LE' : 'UTF-16BE';
  return `it is UTF-16 text: make text of it first, with iconv -f ${name} -t UTF-8`;
}

function isLetter(byte = 0): boolean {
  return byte >= LETTER_LEAST && byte <= LETTER_MOST;
}
