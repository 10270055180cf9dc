/**
 * A program that sleeps on the interrupt of the interface, by the UIO device that is bound to it:
 *
 *     node irq-wake.mjs BASE wake|pending|unbound
 *
 * `wake`: requests, each after the interrupt of the one before, and what was counted on the way.
 * `pending`: ends without closing anything. `unbound`: waits until the line fails.
 */

import { EventEmitter, once } from 'node:events';
import { closeSync, openSync, readFileSync, readlinkSync, writeFileSync, writeSync } from 'node:fs';
import { clearTimeout, setTimeout } from 'node:timers';

import { open } from 'ipmi-bt';

import { systemFiles } from './dist/files.js';
import { findUio } from './dist/irq/uio-device.js';
import { loadNative } from './dist/native.js';
import { openUioLine } from './dist/port/uio-line.js';

const REQUESTS = 10;
const LIMIT_MS = 20_000;
const GET_DEVICE_ID = { netFn: 0x06, cmd: 0x01 };

/** Bits of BT_INTMASK: enabled, and nothing latched. */
const ENABLED = 0x03;
const DISABLED = 0x02;

const [baseText, scene] = process.argv.slice(2);
const base = Number(baseText);
const path = findUio(base, systemFiles);
const line = openUioLine(path, { system: systemFiles, load: loadNative });
const told = new EventEmitter();
let counted = 0;

/** BT_INTMASK, which is ours where no handler in the kernel has it. */
function writeMask(value) {
  const ports = openSync('/dev/port', 'r+');
  writeSync(ports, Uint8Array.of(value), 0, 1, base + 2);
  closeSync(ports);
}

function enable(on) {
  if (line.ownsMask) line.enable(on);
  else writeMask(on ? ENABLED : DISABLED);
}

/** Interrupts that the kernel has counted: all, and those of UIO. */
function kernelCounts() {
  const lines = readFileSync('/proc/interrupts', 'utf8').split('\n');
  const own = lines.find((one) => / (ipmi-bt|uio_pci_generic)$/.test(one)) ?? '';
  const event = readFileSync(`/sys/class/uio/${path.slice('/dev/'.length)}/event`, 'utf8');
  return [own.trim().split(/\s+/)[1], event].map(Number);
}

/** Waits until all that the kernel has counted was told; returns how many that were. */
async function settle() {
  for (;;) {
    const [byLine, byUio] = kernelCounts().map((count, index) => count - before[index]);
    if (byUio === counted) return { counted, byLine };
    await once(told, 'fired');
  }
}

const before = kernelCounts();
line.watch(
  (count) => {
    counted += count;
    if (!line.ownsMask) writeMask(ENABLED);
    line.rearm();
    told.emit('fired');
  },
  (error) => told.emit('failed', error),
);
line.rearm();
enable(true);

const bmc = await open({ base });
// Message interrupts, and the event log as it is by default.
await bmc.request({ netFn: 0x06, cmd: 0x2e, data: Uint8Array.of(0x09) });

async function wake() {
  const steps = [];
  for (let i = 0; i < REQUESTS; i++) {
    const { counted: start } = await settle();
    await bmc.request(GET_DEVICE_ID);
    const end = await settle();
    steps.push(end.counted - start);
  }
  const { counted: all, byLine } = await settle();
  console.log(`a request: ${steps.join(' ')}; lost: ${byLine - all}`);
  enable(false);
  await bmc.request(GET_DEVICE_ID);
  console.log(`disabled: ${kernelCounts()[0] - before[0] - all}`);
}

async function untilUnbound() {
  const failed = once(told, 'failed');
  const device = `/sys/class/uio/${path.slice('/dev/'.length)}/device`;
  const name = readlinkSync(device).replace(/.*\//, '');
  writeFileSync(`${device}/driver/unbind`, name);
  const [error] = await failed;
  console.log(`${error.code} ${path}`);
}

// A watch keeps no process alive, and here there is nothing else to wait for.
const limit = setTimeout(() => process.exit(3), LIMIT_MS);
if (scene === 'pending') console.log(`watching ${path}`);
if (scene === 'wake') await wake();
if (scene === 'unbound') await untilUnbound();
if (scene !== 'pending') line.close();
await bmc.close();
clearTimeout(limit);
