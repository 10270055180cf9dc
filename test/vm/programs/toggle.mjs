/**
 * Enables and disables the interrupt of /dev/uio0 again and again until /tmp/over is there, and
 * looks each time whether BT_INTMASK is as it wrote. Prints how often, and how often it was not.
 */

import { existsSync, openSync, readSync, writeSync } from 'node:fs';

const INTMASK = 0xce6;
const B2H_IRQ_EN = 0x01;

const uio = openSync('/dev/uio0', 'r+');
const port = openSync('/dev/port', 'r');
const mask = new Uint8Array(1);

function isAsWritten(enabled) {
  writeSync(uio, Uint8Array.of(enabled, 0, 0, 0));
  readSync(port, mask, 0, 1, INTMASK);
  return (mask[0] & B2H_IRQ_EN) === enabled;
}

const counts = { times: 0, wrong: 0 };
do {
  for (const enabled of [0, 1]) {
    counts.times += 1;
    if (!isAsWritten(enabled)) counts.wrong += 1;
  }
} while (counts.times % 64 > 0 || !existsSync('/tmp/over'));
console.log(JSON.stringify(counts));
