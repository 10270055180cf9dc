/**
 * One agent for a folder of state: two with a journal each could execute one command twice. The
 * lock is flock(2) of the folder, which ends with the process, however that ends. Users that cannot
 * open the folder cannot take it. util-linux's flock takes it on a descriptor that it shares with
 * this process.
 */

import { spawnSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';

/** The descriptor's number in the child, and its exit code when another process has the lock. */
const CHILD_FD = '3';
const TAKEN = 1;

/** Takes the lock, and returns what releases it; throws when another process has it. */
export function lockFolder(folder: string): () => void {
  const fd = openSync(folder, 'r');
  const { status, error, stderr } = spawnSync('flock', ['--nonblock', CHILD_FD], {
    stdio: ['ignore', 'ignore', 'pipe', fd],
  });
  if (status === 0) {
    return () => {
      closeSync(fd);
    };
  }
  closeSync(fd);
  if (status === TAKEN) throw new Error('another agent has it; name one of its own (--state)');
  const reason = error?.message ?? String(stderr).trim();
  throw new Error(`it cannot be locked by the program flock of util-linux: ${reason}`);
}
