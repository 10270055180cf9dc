/**
 * Makes an entry of the cache that takes long to make. Where several processes want it at once, one
 * makes it and the others wait.
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { findTool } from './host-tool.ts';
import { CACHE_FOLDER, cached } from './kernel.ts';

/** Says that it has the lock, and keeps it until its standard input ends, with this process. */
const HOLD = ['sh', '-c', 'echo held && exec cat'];

/** As {@link cached}, one process at a time. */
export async function lockedCached(
  name: string,
  fill: (draft: string) => Promise<void>,
): Promise<string> {
  await mkdir(CACHE_FOLDER, { recursive: true });
  const holder = spawn(findTool('flock'), [join(CACHE_FOLDER, `${name}.lock`), ...HOLD], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const closed = once(holder, 'close');
  const held = once(holder.stdout, 'data');
  try {
    const isHeld = await Promise.race([held.then(() => true), closed.then(() => false)]);
    if (!isHeld) throw new Error(`flock of ${name}.lock ended with code ${holder.exitCode}`);
    return await cached(name, fill);
  } finally {
    holder.stdin.end();
    await closed;
  }
}
