/** Metrics in a file, for the textfile collector of node_exporter. */

import { fstatSync, writeFile } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Stats } from 'node:fs';
import { promisify } from 'node:util';

import writeFileAtomic from 'write-file-atomic';

/** Another user reads it. */
const MODE = 0o644;

const STDOUT = 1;

/**
 * Writes the file whole or not at all: node_exporter may read it at any time. Standard output, a
 * pipe and a device, such as `/dev/stdout` and `/dev/null`, are written to, because a rename would
 * replace them.
 */
export async function writeTextfile(path: string, text: string): Promise<void> {
  try {
    await write(path, text);
  } catch (cause) {
    // The error names the temporary file beside it.
    const { code = String(cause), syscall } = cause as NodeJS.ErrnoException;
    const remedy = 'its folder must be there, have room, and be one that this user may write to';
    const error = new Error(`${path} cannot be written: ${code} (${remedy})`, { cause });
    throw Object.assign(error, { syscall });
  }
}

async function write(path: string, text: string): Promise<void> {
  const found = await statIfThere(path);
  if (found !== undefined && isStdout(found)) await promisify(writeFile)(STDOUT, text);
  else if (found === undefined || found.isFile()) await writeFileAtomic(path, text, { mode: MODE });
  else await promisify(writeFile)(path, text);
}

/** The path may be a link to it, and a socket cannot be opened by its path. */
function isStdout({ dev, ino }: Stats): boolean {
  try {
    const stdout = fstatSync(STDOUT);
    return stdout.dev === dev && stdout.ino === ino;
  } catch {
    return false; // It is closed.
  }
}

async function statIfThere(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
