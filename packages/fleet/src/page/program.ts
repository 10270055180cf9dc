/** One run of `ipmi-bt-fleet serve`: from the connection to NATS until a signal ends it. */

import type { NatsConnection } from '@nats-io/transport-node';
import type { Clock } from 'ipmi-bt';
import type { Logger } from 'pino';

import { Fleet } from '../fleet/fleet.ts';
import { NatsTransport } from '../fleet/nats-transport.ts';
import { NatsConnectError } from '../nats/connection.ts';
import { inboxOf } from '../nats/subjects.ts';
import type { ListenAddress } from '../web/listen.ts';
import { Web } from '../web/web.ts';
import { readAssets } from './assets.ts';
import { feedEvents } from './event-feed.ts';
import { EVENTS_MAX, FleetModel } from './model.ts';
import { PageServer } from './server.ts';
import { Viewers } from './viewers.ts';
import { Watcher } from './watcher.ts';
import type { WatchOptions } from './watcher.ts';

/** The choices of one run, complete. */
export interface PageOptions extends WatchOptions {
  readonly listen: ListenAddress;
  readonly webConfigFile: string | undefined;
  readonly user: string;
  readonly prefix: string;
  readonly withoutEvents: boolean;
}

/** Everything that a run needs besides its options. */
export interface PageParts {
  readonly version: string;
  readonly clock: Clock;
  /** Milliseconds since 1970. */
  readonly wallMs: () => number;
  readonly log: Logger;
  /** Connects to NATS, with this first part of the subjects of answers. */
  readonly connect: (inboxPrefix: string) => Promise<NatsConnection>;
  /** Aborts when the program is to end. */
  readonly signal: AbortSignal;
}

const NO_EVENTS = 'the option --without-events leaves them out';

/** Runs until its end. Rejects with the error that makes it impossible. */
export async function runPage(options: PageOptions, parts: PageParts): Promise<void> {
  const { log, clock, wallMs, version, connect } = parts;
  const { intervalMs, smokeIntervalMs = null } = options;
  // All that can be wrong here is found before anything is opened.
  const web = new Web({
    path: options.webConfigFile,
    onError: (error) => {
      log.error({ error: String(error) }, 'web configuration not taken');
    },
  });
  const assets = readAssets();
  const connection = await connect(inboxOf(options.user));
  log.info({ server: connection.getServer() }, 'connected');
  const status = { version, intervalMs, smokeIntervalMs };
  const model = new FleetModel({ wallMs, hosts: options.hosts, status });
  const viewers = new Viewers({ clock, model, onBeat: () => server.refresh() });
  const server = new PageServer({
    ...{ web, listen: options.listen, assets, viewers },
    onError: (error) => {
      log.error({ error: String(error) }, 'request failed');
    },
  });
  try {
    await tellListening(options, { server, web, log });
    await watch(options, parts, { connection, model });
  } finally {
    await server.close();
    await connection.close();
  }
}

interface Listening {
  readonly server: PageServer;
  readonly web: Web;
  readonly log: Logger;
}

async function tellListening({ listen }: PageOptions, { server, web, log }: Listening) {
  const port = await server.listen();
  const { host } = listen;
  const { tls, users } = web.config;
  const fields = { host: host ?? 'all addresses', port, tls: tls !== undefined, users: users.size };
  log.info(fields, 'listening');
  if (server.isForThisHost || users.size > 0 || tls?.rejectUnauthorized === true) return;
  log.warn(fields, 'everybody who reaches the port sees the fleet');
}

interface Watched {
  readonly connection: NatsConnection;
  readonly model: FleetModel;
}

/** Asks, reads events and follows the connection, until the signal or the end of the connection. */
async function watch(
  options: PageOptions,
  { clock, wallMs, log, signal }: PageParts,
  { connection, model }: Watched,
): Promise<void> {
  const { user, prefix } = options;
  const fleet = new Fleet(new NatsTransport({ connection, clock, prefix, user }), { clock });
  const onError = (error: unknown): void => {
    log.warn({ error: String(error) }, 'trouble');
  };
  const watcher = new Watcher({ fleet, clock, model, options, onError });
  const ending = new AbortController();
  const end = (): void => {
    ending.abort(new Error('closed'));
  };
  signal.addEventListener('abort', end);
  if (signal.aborted) end();
  const following = follow(connection, log, (isConnected) => {
    watcher.connected(isConnected);
    model.tell({ natsLostMs: isConnected ? null : wallMs() });
  }).finally(end);
  const onTrouble = (eventTrouble: string): void => {
    if (eventTrouble !== '') log.warn({ reason: eventTrouble }, 'events not read');
    model.tell({ eventTrouble });
  };
  const onEvent = model.event.bind(model);
  const feed = { connection, prefix, clock, backlog: EVENTS_MAX, onEvent, onError, onTrouble };
  if (options.withoutEvents) model.tell({ eventTrouble: NO_EVENTS });
  const reading = options.withoutEvents ? undefined : feedEvents(feed, ending.signal);
  await Promise.all([watcher.run(ending.signal), reading]);
  if (signal.aborted) return;
  await following;
  const reason = await connection.closed();
  throw new NatsConnectError(
    `the connection to NATS was closed: ${reason instanceof Error ? reason.message : 'no reason was given'}; ` +
      'does the server know the NKEY or the credentials still?',
  );
}

/** Tells of the connection until it is closed. The pings of a good one are for debugging. */
async function follow(
  connection: NatsConnection,
  log: Logger,
  onChange: (isConnected: boolean) => void,
): Promise<void> {
  for await (const { type } of connection.status()) {
    if (type === 'ping') continue;
    log.info({ type }, 'connection');
    if (type === 'disconnect') onChange(false);
    if (type === 'reconnect') onChange(true);
  }
}
