/**
 * The least that can serve a device file from Node: reads a request of CUSE, writes the bytes of its
 * reply, and knows nothing of them but their size. The name of the file is the argument. Its rounds
 * are what the kernel and Node cost; `serve.ts` has those of the server beside them.
 */

import { Buffer } from 'node:buffer';
import { constants, openSync, readSync, writeSync } from 'node:fs';
import { setInterval } from 'node:timers';

import { loadNative } from './dist/native.js';

const [OPEN, RELEASE, INTERRUPT, IOCTL, POLL, INIT] = [14, 18, 36, 39, 40, 4096];
const HEADER_BYTES = 16;
const REQUEST_BYTES_MAX = 65_536;
const ENOTTY = 25;

const words = Buffer.from(`DEVNAME=${process.argv[2]}\0`, 'latin1');

/** A reply without its number, which stands in its bytes 8 to 15. */
function reply(bytes, fields = {}) {
  const message = Buffer.alloc(HEADER_BYTES + bytes);
  message.writeUInt32LE(message.length, 0);
  for (const [at, value] of Object.entries(fields)) {
    message.writeInt32LE(value, HEADER_BYTES + Number(at));
  }
  return message;
}

const init = reply(72 + words.length, { 0: 7, 4: 31, 12: 1, 16: 4096, 20: 4096 });
words.copy(init, HEADER_BYTES + 72);

/** The ioctl fails with ENOTTY; nothing can be read; the file is not sought. */
const REPLIES = new Map([
  [INIT, init],
  [OPEN, reply(16, { 8: 5 })],
  [RELEASE, reply(0)],
  [IOCTL, reply(16, { 0: -ENOTTY })],
  [POLL, reply(8)],
]);

const fd = openSync('/dev/cuse', constants.O_RDWR | constants.O_NONBLOCK);
const request = Buffer.alloc(REQUEST_BYTES_MAX);

function answer() {
  const opcode = request.readUInt32LE(4);
  if (opcode === INTERRUPT) return;
  const message = REPLIES.get(opcode);
  if (message === undefined) throw new Error(`no reply to ${opcode}`);
  request.copy(message, 8, 8, 16);
  writeSync(fd, message);
}

const native = loadNative();
if (native.kind !== 'loaded') throw new Error(native.reason);
native.watch.watchFd(fd, () => {
  readSync(fd, request);
  answer();
});
setInterval(() => undefined, 60_000);
