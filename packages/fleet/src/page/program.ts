/** One run of `ipmi-bt-fleet serve`: from the connection to NATS until a signal ends it. */

import { setMaxListeners } from 'node:events';

import type { NatsConnection } from '@nats-io/transport-node';
import type { Clock, Log } from 'ipmi-bt';

import { Fleet } from '../fleet/fleet.ts';
import { NatsTransport } from '../fleet/nats-transport.ts';
import { closedError, tellStates } from '../nats/states.ts';
import { inboxOf } from '../nats/subjects.ts';
import { orAborted } from '../or-aborted.ts';
import { shown } from '../shown-text.ts';
import type { ListenAddress } from '../web/listen.ts';
import { Web } from '../web/web.ts';
import { readAssets } from './assets.ts';
import { DayTime } from './day-time.ts';
import { feedEvents } from './event-feed.ts';
import { EVENTS_BACKLOG } from './limits.ts';
import { FleetModel } from './model.ts';
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
  readonly log: Log;
  /** Connects to NATS, with this first part of the subjects of answers. */
  readonly connect: (inboxPrefix: string) => Promise<NatsConnection>;
  /** Aborts when the program is to end. */
  readonly signal: AbortSignal;
}

/** Longest subject of an event that is shown: that of a host, and some more. */
const SUBJECT_CHARS_MAX = 300;

const NO_EVENTS = 'the option --without-events leaves them out';

/** Runs until its end. Rejects with the error that makes it impossible. */
export async function runPage(options: PageOptions, parts: PageParts): Promise<void> {
  const { log, clock, version } = parts;
  const { intervalMs, smokeIntervalMs = null, hosts } = options;
  // All that can be wrong here is found before anything is opened.
  const web = new Web({
    path: options.webConfigFile,
    onError: (error) => {
      log.error({ error: String(error) }, 'web configuration not taken');
    },
  });
  const assets = readAssets();
  const time = new DayTime({
    ...{ clock, wallMs: parts.wallMs },
    onSet: (byMs) => {
      log.warn({ byMs }, 'the clock was set');
      model.clockSet(byMs);
    },
  });
  const status = { version, intervalMs, smokeIntervalMs };
  const model = new FleetModel({ wallMs: () => time.now(), hosts, status });
  const beat = (): void => {
    time.now();
    server.refresh();
  };
  const viewers = new Viewers({ clock, model, onBeat: beat });
  const server = new PageServer({
    ...{ web, listen: options.listen, assets, viewers },
    onError: (error) => {
      log.error({ error: String(error) }, 'request failed');
    },
  });
  try {
    // A port that cannot be had is told at once, whether NATS is there or not.
    await tellListening(options, { server, web, log });
    await watchOver(options, parts, model);
  } finally {
    await server.close();
  }
}

/** Until then the page says that NATS is not there. A signal ends the wait, which is no error. */
async function watchOver(options: PageOptions, parts: PageParts, model: FleetModel) {
  const { log, signal, connect } = parts;
  model.tell({ natsLostMs: model.nowMs() });
  const connecting = orAborted(connect(inboxOf(options.user)), signal, {
    reason: 'ended by a signal while it connected',
    onLate: (late) => late.close(),
  });
  const connection = await connecting.catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
  if (connection === undefined) return;
  log.info({ server: connection.getServer() }, 'connected');
  model.tell({ natsLostMs: null });
  try {
    await watch(options, parts, { connection, model });
  } finally {
    await connection.close();
  }
}

interface Listening {
  readonly server: PageServer;
  readonly web: Web;
  readonly log: Log;
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
  { clock, log, signal }: PageParts,
  { connection, model }: Watched,
): Promise<void> {
  const { user, prefix } = options;
  const fleet = new Fleet(new NatsTransport({ connection, clock, prefix, user }), { clock });
  const watcher = new Watcher({
    ...{ fleet, clock, model, options },
    onError: (error) => {
      log.warn({ error: String(error) }, 'trouble');
    },
    onTrouble: onNews(
      (reason) => log.warn({ reason }, 'hosts not shown'),
      (hostTrouble) => model.tell({ hostTrouble }),
    ),
  });
  const ending = new AbortController();
  // Each question listens to it.
  setMaxListeners(0, ending.signal);
  const end = (): void => {
    ending.abort(new Error('closed'));
  };
  signal.addEventListener('abort', end);
  if (signal.aborted) end();
  const following = tellStates(connection, log, (isConnected) => {
    watcher.connected(isConnected);
    model.tell({ natsLostMs: isConnected ? null : model.nowMs() });
  }).finally(end);
  const reading = readEvents(options, { connection, model, clock, log }, ending.signal);
  await Promise.all([watcher.run(ending.signal), reading]);
  if (signal.aborted) return;
  await following;
  throw await closedError(connection);
}

async function readEvents(
  { prefix, withoutEvents }: PageOptions,
  { connection, model, clock, log }: Watched & { readonly clock: Clock; readonly log: Log },
  signal: AbortSignal,
): Promise<void> {
  if (withoutEvents) {
    model.tell({ eventTrouble: NO_EVENTS });
    return;
  }
  await feedEvents(
    {
      ...{ connection, prefix, clock, backlog: EVENTS_BACKLOG },
      onEvent: model.event.bind(model),
      onError: (subject, error) => {
        log.warn(
          { subject: shown(subject.slice(0, SUBJECT_CHARS_MAX)), error: String(error) },
          'event not taken',
        );
      },
      onTrouble: onNews(
        (reason) => log.warn({ reason }, 'events not read'),
        (eventTrouble) => model.tell({ eventTrouble }),
      ),
    },
    signal,
  );
}

/** Passes a trouble on; it is told when it is another one than before, and not each time. */
function onNews(tell: (trouble: string) => void, pass: (trouble: string) => void) {
  let last = '';
  return (trouble: string): void => {
    if (trouble !== '' && trouble !== last) tell(trouble);
    last = trouble;
    pass(trouble);
  };
}
