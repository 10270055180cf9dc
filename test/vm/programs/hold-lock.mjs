/**
 * A program that locks the interface and does not let go until it is killed, as one does that was
 * stopped in the middle of a command. `/tmp/held` tells when.
 */

import { writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

import { InterfaceLock } from './dist/share/lock.js';

const lock = new InterfaceLock({ base: 0xce4, firstSeq: 0 });
while (!lock.tryAcquire(false)) await wait(1);
writeFileSync('/tmp/held', '');
await wait(600_000);
