/** A page over hosts in memory: rounds on a virtual clock, and the server on real sockets. */

import { setMaxListeners } from 'node:events';

import type { Clock } from 'ipmi-bt';
import { VirtualClock } from 'ipmi-bt/sim/clock';

import { Fleet } from '../../src/fleet/fleet.ts';
import type { HostEvent } from '../../src/nats/protocol.ts';
import { readAssets } from '../../src/page/assets.ts';
import { FleetModel } from '../../src/page/model.ts';
import { PageServer } from '../../src/page/server.ts';
import { Viewers } from '../../src/page/viewers.ts';
import { Watcher } from '../../src/page/watcher.ts';
import type { WatchOptions } from '../../src/page/watcher.ts';
import { Web } from '../../src/web/web.ts';
import { HostTransport } from './host-transport.ts';
import type { TestHost } from './host-transport.ts';

/** The time of day when a test begins: 30 November 2026, 12:00:00 UTC. */
export const START_MS = Date.UTC(2026, 10, 30, 12);

export const INTERVAL_MS = 30_000;

const OPTIONS: WatchOptions = {
  ...{ hosts: undefined, discoverMs: 2000, intervalMs: INTERVAL_MS, waitMs: 10_000, fanout: 1024 },
  smokeIntervalMs: undefined,
};

/** Hosts that are watched, and not yet served. */
export function watchRig(
  hosts: Readonly<Record<string, TestHost>>,
  options: Partial<WatchOptions> = {},
) {
  const clock = new VirtualClock();
  const errors: string[] = [];
  const startMs = clock.now();
  const wallMs = (): number => Math.floor(START_MS + clock.now() - startMs);
  const transport = new HostTransport(clock, hosts);
  const all = { ...OPTIONS, ...options };
  const { intervalMs, smokeIntervalMs = null } = all;
  const status = { version: '1', intervalMs, smokeIntervalMs };
  const model = new FleetModel({ wallMs, hosts: all.hosts, status });
  const fleet = new Fleet(transport, { clock });
  const watcher = new Watcher({
    ...{ fleet, clock, model, options: all, onError: (error) => errors.push(String(error)) },
    onTrouble: (hostTrouble) => model.tell({ hostTrouble }),
  });
  const ending = new AbortController();
  setMaxListeners(0, ending.signal);
  const running = watcher.run(ending.signal);
  const stop = async (): Promise<void> => {
    ending.abort(new Error('closed'));
    await clock.until(running);
  };
  return { clock, transport, model, watcher, errors, stop, wallMs };
}

/** The place where a page is served, and its web configuration. */
export interface Served {
  readonly webConfig?: string;
  readonly port?: number;
  readonly host?: string;
}

/** A page of that model on a free port of this host. */
export async function servePage(
  model: FleetModel,
  clock: Clock,
  { webConfig, port: wanted = 0, host = '127.0.0.1' }: Served = {},
) {
  const errors: string[] = [];
  const onError = (error: unknown): number => errors.push(String(error));
  const web = new Web({ path: webConfig, onError });
  const viewers = new Viewers({ clock, model, onBeat: () => server.refresh() });
  const listen = { host, port: wanted };
  const assets = readAssets();
  const server = new PageServer({ web, listen, assets, viewers, onError });
  const port = await server.listen();
  return { server, viewers, port, errors, web, listen, assets };
}

/** An event as an agent tells it. */
export function eventOf(host: string, id: string, text: string): HostEvent {
  return {
    ...{ host, id, kind: 'sel', at: '2026-11-30T12:00:00Z' },
    event: {
      ...{ kind: 'entry', id: 1 },
      record: { severity: 'critical', direction: 'asserted' },
      words: { subject: 'Temperature CPU0', event: text },
    },
  };
}

/** A fleet in which little is wrong, as fleets are. */
export function typicalHosts(count: number): Readonly<Record<string, TestHost>> {
  const hosts: Record<string, TestHost> = {};
  for (let at = 1; at <= count; at += 1) {
    const name = `uv${String(at).padStart(4, '0')}`;
    const slow =
      at % 97 === 0 ? { counts: [...Array<number>(14).fill(7), 9], maxUs: 9000 + at } : {};
    hosts[name] = { ...slow, ...(at % 400 === 17 ? { firmware: '2.31' } : {}) };
  }
  return hosts;
}
