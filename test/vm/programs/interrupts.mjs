/**
 * A program that opens the interface with the interrupt line that is bound to it, and goes through
 * scenes named on the command line:
 *
 *     node interrupts.mjs BASE SCENE...
 *
 * For each it prints how many requests were answered rightly, how many interrupts the driver
 * counted, how many the kernel did, and what the driver warned of.
 */

import { Buffer } from 'node:buffer';
import { execFile } from 'node:child_process';
import { readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

import { open } from 'ipmi-bt';

import { systemFiles } from './dist/files.js';
import { findUio } from './dist/irq/uio-device.js';

const OEM = 0x30;
const [SLOW, FORGET, NOISE] = [0x02, 0x03, 0x04];
const GET_DEVICE_ID = { netFn: 0x06, cmd: 0x01 };
const GET_GLOBAL_ENABLES = { netFn: 0x06, cmd: 0x2f };
const MESSAGE_INTERRUPT = 0x01;
const REQUESTS = 6;
/** So many in a row that their interrupts would be a storm, had they come for nothing. */
const STREAM = 3_000;
const CROWD_FILE = '/tmp/crowd.txt';

/** A count that is behind for longer will not catch up, nor a BMC be told any more. */
const SETTLE_MAX_MS = 5_000;
/** An interrupt too many comes within this time after the others. */
const LOOK_MS = 50;

const [baseText, ...scenes] = process.argv.slice(2);
const base = Number(baseText);
const uio = `/sys/class/uio/${findUio(base, systemFiles)?.slice('/dev/'.length)}`;
const warnings = [];

const ignore = () => undefined;
const logger = { trace: ignore, debug: ignore, info: ignore, error: ignore, child: () => logger };
logger.warn = (_, text) => warnings.push(text);

const before = kernelCount() ?? 0;
const bmc = await open({ base, irq: 'auto', logger });
let number = 0;

async function slow() {
  const data = Uint8Array.of(number >> 8, number & 0xff);
  number += 1;
  const reply = await bmc.request({ netFn: OEM, cmd: SLOW, data });
  return reply.completionCode === 0 && Buffer.compare(reply.data, data) === 0;
}

async function quick() {
  const { completionCode, data } = await bmc.request(GET_DEVICE_ID);
  return completionCode === 0 && data.length >= 11;
}

async function rightOf(request, count = REQUESTS) {
  let right = 0;
  for (let index = 0; index < count; index += 1) right += (await request()) ? 1 : 0;
  return right;
}

/** What `ipmi-bt` prints, as a process of its own. */
async function command(...words) {
  const { stdout } = await promisify(execFile)('ipmi-bt', ['--base', baseText, ...words]);
  return stdout;
}

const SCENES = {
  slow: () => rightOf(slow),
  quick: () => rightOf(quick),
  stream: () => rightOf(quick, STREAM),
  async forget() {
    await bmc.request({ netFn: OEM, cmd: FORGET });
    return rightOf(slow);
  },
  async noise() {
    await bmc.request({ netFn: OEM, cmd: NOISE });
    return rightOf(slow);
  },
  async reset() {
    await bmc.reset('cold');
    return rightOf(quick);
  },
  /** Another process wants the same interrupts, for one command. */
  async neighbour() {
    const stdout = await command('--irq', 'auto', 'raw', '0x06', '0x01');
    return /^( [0-9a-f]{2}){11,}\n$/.test(stdout) ? 1 : 0;
  },
  /** Another process sends many commands, whose replies raise interrupts here. */
  async crowd() {
    writeFileSync(CROWD_FILE, 'raw 0x06 0x01\n'.repeat(STREAM));
    return (await command('exec', CROWD_FILE)).split('\n').length - 1;
  },
  unbind() {
    const device = readlinkSync(`${uio}/device`).replace(/.*\//, '');
    writeFileSync(`${uio}/device/driver/unbind`, device);
    return rightOf(slow);
  },
};

/** Interrupts as the kernel has counted them; undefined without a line. */
function kernelCount() {
  try {
    return Number(readFileSync(`${uio}/event`, 'utf8'));
  } catch {
    return undefined;
  }
}

/** What the kernel has counted reaches the driver a moment later; then no more may come. */
async function untilCountsAgree() {
  let last;
  await until(() => {
    const counted = kernelCount();
    const isSteady = counted === last;
    last = counted;
    return counted === undefined || (isSteady && counted - before === bmc.statistics().interrupts);
  });
}

/** The driver tells the BMC again that interrupts are wanted when it finds that it forgot. */
async function untilWanted() {
  await until(async () => {
    if (kernelCount() === undefined) return true;
    const { data } = await bmc.request(GET_GLOBAL_ENABLES);
    return (data[0] & MESSAGE_INTERRUPT) !== 0;
  });
}

/** Waits no longer than that may take: what was not so in the end is seen in what is printed. */
async function until(condition) {
  const endMs = performance.now() + SETTLE_MAX_MS;
  while (!(await condition()) && performance.now() < endMs) await sleep(LOOK_MS);
}

for (const scene of scenes) {
  await untilWanted();
  await untilCountsAgree();
  const [ours, kernels] = [bmc.statistics().interrupts, kernelCount()];
  const right = await SCENES[scene]();
  await untilCountsAgree();
  const interrupts = bmc.statistics().interrupts - ours;
  const counted = kernelCount() - kernels;
  console.log(JSON.stringify({ scene, right, interrupts, counted, warnings: warnings.splice(0) }));
}
await bmc.close();
