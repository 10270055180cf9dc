/**
 * OpenIPMI's `ipmi_sim` as the BMC behind QEMU's `ipmi-bmc-extern`: a BMC of other authors. Both
 * want to be connected to, so bytes are carried between them, and logical units put right
 * (`ipmi-sim-luns.ts`). It has no Get System GUID; a module of ours adds that (`ipmi-sim-guid.c`).
 */

import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createConnection, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { LunKeeper } from './ipmi-sim-luns.ts';
import { findTool, runTool } from './host-tool.ts';
import type { BmcPeer } from './machine.ts';

const GUID_MODULE = fileURLToPath(new URL('ipmi-sim-guid.c', import.meta.url));
const MODULE_FLAGS = ['-O2', '-shared', '-fPIC', '-std=gnu11', '-Wall', '-Wextra', '-Werror'];

const HOST = '127.0.0.1';

/** It listens a few milliseconds after its start. */
const CONNECT_POLL_MS = 10;
const CONNECT_TRIES = 500;

/** Of an SDR: a header, whose last byte counts the bytes behind it (IPMI 2.0 §43). */
const SDR_HEADER_BYTES = 5;

export interface IpmiSimSetup {
  /** What it is made of, in the language of ipmi_sim_cmd(5). */
  readonly commands: readonly string[];

  /** Response data of Get System GUID, in hex. */
  readonly guid: string;

  /** Users, as ipmi_lan(5) has them; with any it has a LAN, which is channel 1. */
  readonly users?: readonly string[];

  /** Time by which each answer comes later than it could, milliseconds; 0 when absent. */
  readonly delayMs?: number;
}

export class IpmiSim implements BmcPeer {
  readonly #setup: IpmiSimSetup;
  #folder: string | undefined;
  #child: ChildProcess | undefined;
  #sockets: readonly Socket[] = [];

  constructor(setup: IpmiSimSetup) {
    this.#setup = setup;
  }

  /** Resolves when it is connected to QEMU. */
  async start(socketPath: string): Promise<void> {
    const folder = await mkdtemp(join(tmpdir(), 'ipmi-bt-sim-'));
    this.#folder = folder;
    const port = await freePort();
    const args = await configure(folder, port, this.#setup);
    // Killed with the thread that starts it, as QEMU is. Without -n it wants a terminal.
    const command = ['--pdeathsig', 'KILL', findTool('ipmi_sim'), '-n', ...args];
    const child = spawn(findTool('setpriv'), command, { stdio: 'ignore' });
    this.#child = child;
    const bmc = await connect(port, child);
    const qemu = createConnection(socketPath);
    this.#sockets = [bmc, qemu];
    // Either end that goes away takes the other with it; the guest then has no BMC.
    for (const socket of this.#sockets) socket.on('error', () => undefined);
    await once(qemu, 'connect');
    bmc.on('close', () => qemu.destroy());
    qemu.on('close', () => bmc.destroy());
    this.#carry(bmc, qemu);
  }

  #carry(bmc: Socket, qemu: Socket): void {
    const { delayMs = 0 } = this.#setup;
    const luns = new LunKeeper();
    qemu.on('data', (bytes: Buffer) => {
      luns.request(bytes);
      bmc.write(bytes);
    });
    bmc.on('data', (bytes: Buffer) => {
      const answer = luns.answer(bytes);
      // Timers of the same length keep their order.
      if (delayMs === 0) qemu.write(answer);
      else setTimeout(() => qemu.write(answer), delayMs);
    });
  }

  /** Ends it and forgets all it has kept. Idempotent. */
  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#sockets = [];
    const child = this.#child;
    this.#child = undefined;
    if (child !== undefined) await end(child);
    if (this.#folder !== undefined) await rm(this.#folder, { recursive: true, force: true });
  }
}

/** The records of a text in the language of OpenIPMI's `sdrcomp`, as a BMC has them, by number. */
export async function compileSdrs(source: string): Promise<Uint8Array[]> {
  const folder = await mkdtemp(join(tmpdir(), 'ipmi-bt-sdrs-'));
  try {
    const file = join(folder, 'source');
    await writeFile(file, source);
    let bytes = Uint8Array.from(await runTool('sdrcomp', ['-r', file]));
    const records: Uint8Array[] = [];
    while (bytes.length > 0) {
      const length = SDR_HEADER_BYTES + (bytes[SDR_HEADER_BYTES - 1] ?? 0);
      records.push(bytes.slice(0, length));
      bytes = bytes.slice(length);
    }
    return records;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Writes what it reads at its start, and gives its arguments. */
async function configure(folder: string, port: number, setup: IpmiSimSetup): Promise<string[]> {
  const guidModule = join(folder, 'guid.so');
  await runTool('gcc', [...MODULE_FLAGS, '-o', guidModule, GUID_MODULE]);
  const [config, commands] = [join(folder, 'lan.conf'), join(folder, 'sim.emu')];
  const lines = [
    'name "guest"',
    'set_working_mc 0x20',
    `serial bt ${HOST} ${port} codec VM`,
    `loadlib "${guidModule}" "${setup.guid}"`,
    ...(setup.users === undefined ? [] : [...lanLines(await freePort()), ...setup.users]),
  ];
  await writeFile(config, text(lines));
  await writeFile(commands, text(setup.commands));
  return ['-c', config, '-f', commands, '-s', folder];
}

function lanLines(port: number): string[] {
  const levels = ['callback', 'user', 'operator', 'admin'];
  const auths = levels.map((level) => `allowed_auths_${level} none md2 md5 straight`);
  return ['startlan 1', `addr ${HOST} ${port}`, 'priv_limit admin', ...auths, 'endlan'];
}

function text(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}

/** A port without a listener, for it cannot choose one. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, HOST);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function end(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

async function connect(port: number, child: ChildProcess): Promise<Socket> {
  for (let tries = 0; tries < CONNECT_TRIES; tries += 1) {
    if (hasEnded(child)) break;
    const socket = createConnection(port, HOST);
    try {
      await once(socket, 'connect');
      return socket;
    } catch {
      await sleep(CONNECT_POLL_MS);
    }
  }
  throw new Error('ipmi_sim does not listen; on a terminal, without -n, it says why');
}
