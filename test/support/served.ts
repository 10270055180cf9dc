/** A server's socket over a simulated BMC, in this process, and devices that are opened over it. */

import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { onTestFinished } from 'vitest';

import { systemClock } from '../../src/clock.ts';
import type { Device } from '../../src/device/device.ts';
import type { DeviceEvents } from '../../src/device/events.ts';
import { IpmiError } from '../../src/errors.ts';
import { open } from '../../src/index.ts';
import type { OpenOptions } from '../../src/index.ts';
import type { RequestInput, RequestOptions } from '../../src/ipmi/requester.ts';
import type { Reply } from '../../src/ipmi/message.ts';
import { silentLog } from '../../src/log.ts';
import type { Log } from '../../src/log.ts';
import { btBlock } from '../../src/port/register-block.ts';
import { OpenDevices } from '../../src/registry/open-devices.ts';
import { THIS_HOST } from '../../src/registry/resources.ts';
import type { Host } from '../../src/registry/resources.ts';
import { openByWay } from '../../src/registry/served.ts';
import { targetAt } from '../../src/registry/target.ts';
import type { BrokerClient, Clients } from '../../src/serve/broker-client.ts';
import type { ServedDevice } from '../../src/serve/connection.ts';
import type { Opener } from '../../src/serve/opener.ts';
import { listenAt } from '../../src/serve/listener.ts';
import { socketPath } from '../../src/serve/place.ts';
import { serveSocket } from '../../src/serve/socket.ts';
import type { SocketService } from '../../src/serve/socket.ts';
import { SimBmc } from '../../src/sim/bmc.ts';
import type { SimOptions } from '../../src/sim/options.ts';
import { tempFolder } from './temp-folder.ts';

export const BASE = 0xce4;

/** A way in which the broker treats a request before the device has it. */
export type Meddle = (
  input: RequestInput,
  options: RequestOptions | undefined,
) => Promise<Reply> | undefined;

export interface ServedOptions {
  readonly sim?: Partial<SimOptions>;
  readonly meddle?: Meddle;
  /** Throws for a client that is turned away. */
  readonly admit?: (opener: Opener) => void;
  readonly status?: () => unknown;
  /** The device whose state clients are told; that of the simulated BMC when absent. */
  readonly device?: ServedDevice;
}

/** Starts the server, and `start` the next one; everything of it ends with the test. */
export async function served({ sim = {}, ...options }: ServedOptions = {}) {
  const folder = tempFolder();
  const port = new SimBmc({ clock: systemClock, ...sim });
  const device = await open({ base: BASE, port });
  const warnings: string[] = [];
  const log: Log = {
    ...silentLog,
    warn: (fields, text) => void warnings.push(`${text}: ${JSON.stringify(fields)}`),
  };
  const path = socketPath(BASE, folder);
  const { openers, clients } = clientsOf(device, options);
  const start = async (): Promise<SocketService> => {
    const started = await serveSocket({
      ...{ path, mode: 0o600, listen: listenAt, clients, clock: systemClock, log },
      device: options.device ?? device,
      ...{ version: '1.2.3', status: options.status ?? (() => ({ clients: openers.length })) },
    });
    onTestFinished(() => {
      started.close();
    });
    return started;
  };
  onTestFinished(() => device.close());
  const service = await start();
  const host: Host = { ...THIS_HOST, folder, serveFolder: folder };
  const openClient = (more: OpenOptions = {}): Promise<Device> => openOver(host, more);
  return { folder, path, port, device, service, start, openers, warnings, host, openClient };
}

/** Opens the interface as `open()` does, on a host. */
export async function openOver(host: Host, options: OpenOptions = {}): Promise<Device> {
  const { timeoutMs = 30_000 } = options;
  const device = await openByWay({
    ...{ options, target: targetAt(btBlock(BASE)), firstSeq: 0, host },
    ...{ deadlineMs: systemClock.now() + timeoutMs, openDevices: new OpenDevices() },
  });
  onTestFinished(() => device.close());
  return device;
}

/** Resolves to the words of the next event of that name. */
export function heard<Name extends keyof DeviceEvents>(
  device: Device,
  name: Name,
): Promise<DeviceEvents[Name]> {
  return new Promise((resolve) => {
    device.once(name, (...words) => {
      resolve(words);
    });
  });
}

/** A plain connection to a server, and all that it was told so far. */
export function rawPeer(path: string): { readonly socket: Socket; readonly told: () => string } {
  const socket = connect(path);
  let text = '';
  socket.on('data', (piece) => (text += piece.toString('latin1')));
  socket.on('error', () => undefined);
  onTestFinished(() => void socket.destroy());
  return { socket, told: () => text };
}

/** A request that a broker of {@link keeping} never answers. */
export const SILENCE = { netFn: 0x30, cmd: 0x01 };

/** For {@link ServedOptions}: a broker that keeps those, and the netFns of all that it got. */
export function keeping() {
  const asked: number[] = [];
  const meddle = ({ netFn }: RequestInput): Promise<Reply> | undefined => {
    asked.push(netFn);
    return netFn === SILENCE.netFn ? new Promise(() => undefined) : undefined;
  };
  return { asked, meddle };
}

/** The error of ours with which it fails. */
export async function failureOf(result: Promise<unknown>): Promise<IpmiError> {
  try {
    await result;
  } catch (error) {
    if (error instanceof IpmiError) return error;
    throw error;
  }
  throw new Error('it did not fail');
}

function clientsOf(device: Device, { meddle, admit }: ServedOptions) {
  const openers: Opener[] = [];
  const clients: Clients = {
    open: (opener) => {
      admit?.(opener);
      openers.push(opener);
      const client: BrokerClient = {
        opener,
        pending: 0,
        mayAll: true,
        mayHear: () => true,
        refusal: () => undefined,
        request: (input, options) => meddle?.(input, options) ?? device.request(input, options),
        expectAnswer: (expected) => device.expectAnswer(expected),
        listen: (listener) => {
          device.on('event', listener);
          return () => void device.off('event', listener);
        },
        close: () => void openers.splice(openers.indexOf(opener), 1),
      };
      return client;
    },
  };
  return { openers, clients };
}
