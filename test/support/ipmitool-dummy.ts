/**
 * Runs Debian's `ipmitool` against a `Requester`, over its interface `dummy`: a Unix socket, and
 * messages in the layout of C structures of x86-64. Or over its interface `open`, whose device file
 * a library in front of it makes of the same socket.
 */

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Reply } from '../../src/ipmi/message.ts';
import type { Requester } from '../../src/ipmi/requester.ts';

/** The end of a run of ipmitool, or of this project in its place. */
export interface Printed {
  readonly stdout: string;
  readonly stderr: string;
  readonly exit: number | null;
}

/** A request: netfn, lun, cmd, a byte that is unused, length at 4, a pointer at 8, then data. */
const REQUEST_HEAD_BYTES = 16;
const LENGTH_AT = 4;

/** A response: netfn, cmd, seq, lun, completion code at 4, length at 8, a pointer, then data. */
const RESPONSE_HEAD_BYTES = 24;
const CODE_AT = 4;
const RESPONSE_LENGTH_AT = 8;

/** For a program that asks for what nobody types, milliseconds. */
const HANGS_MS = 300_000;

const GROUP_EXTENSION = 0x2c;

/** Network function of the message that ends a session. */
const GOODBYE = 0x3f;

/** The surroundings of a program. */
export interface Surroundings {
  /** Text on standard input; none by default. */
  readonly input?: string | undefined;
  /** The local time zone; UTC by default. */
  readonly zone?: string | undefined;
}

/** The interface of ipmitool that is used. */
export type Interface = 'dummy' | 'open';

const DEVICE_SOURCE = join(import.meta.dirname, 'programs/ipmi-device.c');

/** What `open` sees as `/dev/ipmi0` is in a library that is loaded before the program. */
function compileDevice(folder: string): string {
  const library = join(folder, 'ipmi-device.so');
  const flags = ['-O2', '-Wall', '-Wextra', '-Werror', '-shared', '-fPIC'];
  execFileSync('cc', [...flags, '-o', library, DEVICE_SOURCE, '-ldl']);
  return library;
}

/** Made by {@link startDummy}. */
export interface Dummy {
  /** Who answers from now on. */
  requester: Requester;
  /** Runs ipmitool with these words; over `dummy`, behind `-I dummy`. */
  readonly run: (words: readonly string[], surroundings?: Surroundings) => Promise<Printed>;
  readonly close: () => Promise<void>;
}

/** Starts the server that ipmitool connects to. */
export async function startDummy(requester: Requester, over: Interface = 'dummy'): Promise<Dummy> {
  const folder = await mkdtemp(join(tmpdir(), 'ipmi-bt-dummy-'));
  const path = join(folder, 'socket');
  const device = over === 'open' ? compileDevice(folder) : undefined;
  const dummy = {
    requester,
    run: (words: readonly string[], surroundings: Surroundings = {}) =>
      runIpmitool({ path, device }, words, surroundings),
    close: async () => {
      await ended(server);
      await rm(folder, { recursive: true });
    },
  };
  const server = createServer((socket) => {
    serve(socket, { requesterNow: () => dummy.requester, over });
  }).listen(path);
  await once(server, 'listening');
  return dummy;
}

/** The answers on a socket. */
interface Serving {
  readonly requesterNow: () => Requester;
  readonly over: Interface;
}

function serve(socket: Socket, serving: Serving): void {
  let unread = Buffer.alloc(0);
  let before = Promise.resolve();
  socket.on('error', () => socket.destroy());
  socket.on('data', (bytes: Buffer) => {
    unread = Buffer.concat([unread, bytes]);
    for (;;) {
      if (unread.length < REQUEST_HEAD_BYTES) return;
      const end = REQUEST_HEAD_BYTES + unread.readUInt16LE(LENGTH_AT);
      if (unread.length < end) return;
      const message = unread.subarray(0, end);
      unread = unread.subarray(end);
      before = before.then(() => answer(socket, message, serving));
    }
  });
}

async function answer(
  socket: Socket,
  message: Buffer,
  { requesterNow, over }: Serving,
): Promise<void> {
  const [netFn = 0, lun = 0, cmd = 0] = message;
  if (netFn === GOODBYE) {
    socket.end();
    return;
  }
  const data = Uint8Array.from(message.subarray(REQUEST_HEAD_BYTES));
  const plain = await requesterNow().request({ netFn, lun, cmd, data });
  const reply = over === 'open' ? plain : asOpen({ netFn, data }, plain);
  const sent = Buffer.alloc(RESPONSE_HEAD_BYTES + reply.data.length);
  sent.set([netFn | 1, cmd, 0, lun, reply.completionCode]);
  sent.writeInt32LE(reply.data.length, RESPONSE_LENGTH_AT);
  sent[CODE_AT] = reply.completionCode;
  sent.set(reply.data, RESPONSE_HEAD_BYTES);
  socket.write(sent);
}

/** The groups of PICMG and VITA, which ipmitool asks for as it starts. */
const PROBED: readonly (number | undefined)[] = [0x00, 0x03];

/**
 * As the interface `open` has it: a completion code other than 0 stays in front of the data. What
 * answers a probe is left as it is: it would stay there for the answers without data that follow.
 */
function asOpen(asked: { readonly netFn: number; readonly data: Uint8Array }, reply: Reply): Reply {
  const { completionCode, data } = reply;
  const isProbe = asked.netFn === GROUP_EXTENSION && PROBED.includes(asked.data[0]);
  if (completionCode === 0 || isProbe) return reply;
  const length = Math.max(data.length, 1);
  return { completionCode, data: Uint8Array.of(completionCode, ...data).slice(0, length) };
}

/** The socket, and the library of `open`. */
interface Place {
  readonly path: string;
  readonly device: string | undefined;
}

async function runIpmitool(
  { path, device }: Place,
  words: readonly string[],
  { input = '', zone = 'UTC' }: Surroundings,
): Promise<Printed> {
  const preload = device === undefined ? {} : { LD_PRELOAD: device };
  const own = { LC_ALL: 'C', TERM: 'xterm', TZ: zone, IPMI_DUMMY_SOCK: path, ...preload };
  const way = device === undefined ? ['-I', 'dummy'] : [];
  const env = { ...process.env, ...own };
  const child = spawn('ipmitool', [...way, ...words], { env, timeout: HANGS_MS });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('latin1').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('latin1').on('data', (text: string) => (stderr += text));
  child.stdin.on('error', () => undefined).end(input);
  const [exit] = (await once(child, 'close')) as [number | null];
  return { stdout, stderr: device === undefined ? withoutOwnSteps(stderr) : stderr, exit };
}

/** With `-v` the interface tells each message, and ipmitool of its start. */
const NOISE: readonly RegExp[] = [
  /^>>> IPMI req\n(?:(?:msg\.)?\w+: \w+\n)*>>>\n/gm,
  /^<<< IPMI rsp\n(?:(?:msg\.)?\w+: \w+\n)*<<<\n/gm,
  /^(?:Loading IANA PEN|Running Get|Error response|Invalid completion|Discovered IPMB) .*\n/gm,
];

/** Leaves out what ipmitool tells with `-v` of its own steps. */
export function withoutOwnSteps(stderr: string): string {
  return NOISE.reduce((text, noise) => text.replace(noise, ''), stderr);
}

async function ended(server: Server): Promise<void> {
  server.close();
  await once(server, 'close');
}
