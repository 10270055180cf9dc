/** What this process has used so far: processor time, and memory that is still in use. */

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Milliseconds of processor time, of all threads, in the kernel too. */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Bytes on the JavaScript heap that something still refers to. */
export function heapBytes(): number {
  // The second time finds what the first has only finished with.
  collectGarbage();
  collectGarbage();
  return process.memoryUsage().heapUsed;
}
