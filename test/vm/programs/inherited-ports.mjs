/**
 * Claims ports of an addon and gives them back, and has a child process touch them after each step:
 * the kernel hands the permission of a thread on to the processes that it starts, so that the child
 * shows what the kernel grants and not what the addon checks.
 *
 *     node inherited-ports.mjs PATH/ipmi_bt.node BASE
 */

import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';

const [path, base] = process.argv.slice(2);
const addon = createRequire(import.meta.url)(path);

function touched(offset) {
  const { signal, status } = spawnSync('/usr/bin/touch-port', [String(Number(base) + offset)]);
  return signal ?? status;
}

function tell(step) {
  console.log(`${step}: ${[0, 1, 2].map(touched).join(' ')}`);
}

tell('before');
const first = addon.open(Number(base), 2);
tell('two claimed');
const second = addon.open(Number(base) + 2, 1);
tell('three claimed');
addon.release(first);
tell('two released');
addon.release(second);
tell('all released');
