/**
 * Serves /dev/NAME, whose calls are few: 0x4501 queues what the caller's {address, size} names,
 * 0x4502 gives the oldest of that back, 0x4503 throws, and 0x4504 says how many files are open. A
 * message that begins with a digit is queued so many tenths of a second later.
 *
 * Usage: cuse-echo.mjs NAME [addon|pool [MODE]]. Prints a line when it serves, and another when the kernel has
 * ended the device. Ends with SIGTERM, and with SIGHUP by process.exit().
 */

import { clearInterval, setInterval, setTimeout } from 'node:timers';

import { systemFiles } from './dist/files.js';
import { loadNative } from './dist/native.js';
import { nodePool } from './dist/serve/cuse/channel.js';
import { serveCuse } from './dist/serve/cuse/service.js';

const EAGAIN = 11;
const EINVAL = 22;
const EMSGSIZE = 90;
const ENOTTY = 25;

const [name, way, mode = '600'] = process.argv.slice(2);
const missing = { kind: 'missing', reason: 'not wanted', remedy: '', cause: undefined };
const load = way === 'pool' ? () => missing : loadNative;

let openFiles = 0;

function done(result, output = new Uint8Array()) {
  return { kind: 'done', result, output };
}

/** The caller's struct: address and size, of its own width. */
function readArea(input, is32Bit) {
  const view = new DataView(input.buffer, input.byteOffset);
  if (is32Bit) return { address: BigInt(view.getUint32(0, true)), size: view.getUint32(4, true) };
  return { address: view.getBigUint64(0, true), size: Number(view.getBigUint64(8, true)) };
}

class EchoFile {
  #queue = [];
  #wake;

  constructor(wake) {
    this.#wake = wake;
    openFiles += 1;
  }

  get isReadable() {
    return this.#queue.length > 0;
  }

  ioctl({ command, argument, is32Bit, input, outputSize }) {
    if (command === 0x4503) throw new Error('bug: on purpose');
    if (command === 0x4504) return done(openFiles);
    if (command !== 0x4501 && command !== 0x4502) return done(-ENOTTY);
    const size = is32Bit ? 8 : 16;
    const own = { address: argument, size };
    if (input.length === 0) return { kind: 'retry', input: [own], output: [] };
    const area = readArea(input, is32Bit);
    if (area.size === 0 || area.size > 4096) return done(-EINVAL);
    return command === 0x4501 ? this.#send(own, area, input) : this.#receive(own, area, outputSize);
  }

  #send(own, area, input) {
    const message = input.subarray(own.size);
    if (message.length !== area.size) return { kind: 'retry', input: [own, area], output: [] };
    const delayMs = 100 * (Number(String.fromCharCode(message[0])) || 0);
    if (delayMs === 0) this.#add(message);
    else setTimeout(() => this.#add(message), delayMs);
    return done(message.length);
  }

  #receive(own, area, outputSize) {
    const [message] = this.#queue;
    if (message === undefined) return done(-EAGAIN);
    if (area.size < message.length) return done(-EMSGSIZE);
    if (outputSize !== message.length) {
      return { kind: 'retry', input: [own], output: [{ ...area, size: message.length }] };
    }
    this.#queue.shift();
    return done(message.length, message);
  }

  #add(message) {
    this.#queue.push(message);
    if (this.#queue.length === 1) this.#wake();
  }

  release() {
    openFiles -= 1;
  }
}

const device = { open: (opener, flags, wake) => new EchoFile(wake) };

function warn(fields, message) {
  console.error(message, JSON.stringify(fields));
}

let service;
try {
  service = serveCuse(
    {
      name,
      device,
      access: { uid: 0, gid: 0, mode: Number.parseInt(mode, 8) },
      log: { warn, error: warn, info: warn, debug: warn, trace: warn },
      onEnd: (cause) => {
        console.log(`ended: ${cause.message}`);
        clearInterval(alive);
      },
    },
    {
      system: systemFiles,
      load,
      pool: nodePool,
      clock: { now: () => performance.now() },
    },
  );
} catch (error) {
  console.log(error.message);
  process.exit(1);
}
console.log(`serving ${service.path}`);
const alive = setInterval(() => undefined, 60_000);

process.on('SIGTERM', () => {
  console.log(JSON.stringify(service.statistics));
  clearInterval(alive);
  void service.close().then(() => console.log('closed'));
});
process.on('SIGHUP', () => process.exit(3));
