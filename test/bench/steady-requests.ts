/**
 * A process that sends many requests of several kinds, and in which nothing may change any more
 * once it is warm: V8 says on standard output what optimised code it throws away, and the last line
 * says how much memory each request has left in use.
 */

import { setFlagsFromString } from 'node:v8';

import type { Device } from '../../src/index.ts';
import { BASE, InstantPort } from './instant-port.ts';
import { loadLibrary } from './library.ts';
import { heapBytes } from './usage.ts';

const WARM_UP = 100_000;
const REQUESTS = 300_000;

const signal = new AbortController().signal;
const data = Uint8Array.of(1, 2, 3, 4);

/** What programs ask: plainly, with data, and with all the options there are. */
async function ask(device: Device, count: number): Promise<void> {
  for (let index = 0; index < count; index += 3) {
    await device.request({ netFn: 0x06, cmd: 0x01 });
    await device.request({ netFn: 0x06, cmd: 0x01, lun: 0, data });
    await device.request({ netFn: 0x06, cmd: 0x01 }, { timeoutMs: 1000, retries: 0, signal });
  }
}

const { open } = await loadLibrary(process.argv[2]);
const device = await open({ base: BASE, port: new InstantPort(), bringUp: 'lazy' });
await ask(device, WARM_UP);

const before = heapBytes();
// Collecting garbage has thrown code away too.
await ask(device, WARM_UP);
setFlagsFromString('--trace-deopt');
await ask(device, REQUESTS);
setFlagsFromString('--no-trace-deopt');
const after = heapBytes();
await device.close();

const grown = (after - before) / (WARM_UP + REQUESTS);
process.stdout.write(`\n${JSON.stringify({ grown_bytes_a_request: grown })}\n`);
