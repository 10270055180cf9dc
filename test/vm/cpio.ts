/**
 * Writes the "newc" cpio archives that the kernel unpacks as its first file system. Every file
 * belongs to root, so no root is needed to make one, and archives may simply stand one behind the
 * other: the later one adds to the earlier one and replaces its files.
 */

import { readFileSync, statSync } from 'node:fs';
import { posix } from 'node:path';

const MAGIC = '070701';
const TRAILER = 'TRAILER!!!';
const ALIGN_BYTES = 4;

const DIRECTORY = 0o040_755;
const FILE = 0o100_644;
const PROGRAM = 0o100_755;

/**
 * Absolute paths in the guest; each file's content, or the path here (a string) of the file to
 * copy. A copy can be run if the original can, a content if it begins with `#!`.
 */
export type GuestFiles = Readonly<Record<string, string | Uint8Array>>;

/** An archive of `files` and of the folders they stand in. */
export function packCpio(files: GuestFiles): Buffer {
  const chunks: Uint8Array[] = [];
  const folders = new Set<string>();
  let inode = 0;
  const add = (path: string, mode: number, content: Uint8Array): void => {
    inode += 1;
    // Names in the archive are relative to its root.
    chunks.push(header({ inode, mode, name: path.slice(1), lengthBytes: content.length }));
    chunks.push(content, padding(content.length));
  };

  for (const [path, source] of Object.entries(files)) {
    for (const folder of parents(path).filter((parent) => !folders.has(parent))) {
      folders.add(folder);
      add(folder, DIRECTORY, new Uint8Array());
    }
    const content = typeof source === 'string' ? readFileSync(source) : source;
    add(path, isProgram(source) ? PROGRAM : FILE, content);
  }
  chunks.push(header({ inode: 0, mode: 0, name: TRAILER, lengthBytes: 0 }));
  return Buffer.concat(chunks);
}

interface Entry {
  readonly inode: number;
  readonly mode: number;
  readonly name: string;
  readonly lengthBytes: number;
}

function header({ inode, mode, name, lengthBytes }: Entry): Uint8Array {
  const nameBytes = Buffer.from(`${name}\0`);
  const [uid, gid, links, mtime] = [0, 0, 1, 0];
  const devices = [0, 0, 0, 0];
  const checksum = 0;
  const fields = [inode, mode, uid, gid, links, mtime, lengthBytes, ...devices];
  const hex = [...fields, nameBytes.length, checksum].map((field) =>
    field.toString(16).padStart(8, '0'),
  );
  const text = Buffer.from(MAGIC + hex.join(''));
  return Buffer.concat([text, nameBytes, padding(text.length + nameBytes.length)]);
}

function padding(lengthBytes: number): Uint8Array {
  return new Uint8Array((ALIGN_BYTES - (lengthBytes % ALIGN_BYTES)) % ALIGN_BYTES);
}

/** `/a/b/c` stands in `/a` and `/a/b`; the outer one must come first. */
function parents(path: string): string[] {
  const parent = posix.dirname(path);
  return parent === '/' ? [] : [...parents(parent), parent];
}

function isProgram(source: string | Uint8Array): boolean {
  if (typeof source === 'string') return (statSync(source).mode & 0o111) !== 0;
  return Buffer.from(source.subarray(0, 2)).toString() === '#!';
}
