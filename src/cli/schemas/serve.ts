/** JSON of `ipmi-bt serve`. */

import { Type } from 'typebox';
import type { TInteger } from 'typebox';

import { nullable, outputSchema } from './schema.ts';

const COUNT = Type.Integer({ minimum: 0 });
const TEXT = Type.String();
const IS = Type.Boolean();

/** An object of counters. */
function counters<Name extends string>(...names: readonly Name[]) {
  const fields = Object.fromEntries(names.map((name) => [name, COUNT]));
  return Type.Object(fields as Readonly<Record<Name, TInteger>>);
}

const COUNTERS = counters(
  ...(['requests', 'answered', 'failed', 'denied', 'overflowed', 'events'] as const),
  ...(['waited_ms', 'waited_max_ms'] as const),
);

const FILE = Type.Object({
  path: TEXT,
  cuse: counters('requests', 'notices', 'bugs', 'open_files'),
  counters: counters(
    ...(['opened', 'open_refused', 'sent', 'denied', 'busy'] as const),
    ...(['timeouts_answered', 'losses_answered', 'answers_dropped'] as const),
    ...(['unasked_told', 'unasked_dropped', 'commands_unhandled'] as const),
  ),
});

const DUMMY = Type.Object({
  ...{ path: TEXT, connections: COUNT, requests: COUNT },
  own_answers: counters('timeout', 'denied', 'lost'),
});

const WATCHDOG = Type.Object({
  ...{ countdown_ms: COUNT, action: TEXT, feeds: COUNT, failures: COUNT, is_failing: IS },
});

const CLIENT = Type.Object({
  opener: Type.Object({
    door: Type.Union([Type.Literal('device'), Type.Literal('dummy'), Type.Literal('socket')]),
    ...{ pid: COUNT, uid: COUNT, gid: COUNT },
  }),
  ...{ open_for_ms: COUNT, waiting: COUNT, pending: COUNT, is_listening: IS, counters: COUNTERS },
});

const BROKER = Type.Object({
  ...{ state: TEXT, waiting: COUNT, is_busy: IS, clients_opened: COUNT, clients_refused: COUNT },
  ...{ totals: COUNTERS, clients: Type.Array(CLIENT) },
});

const DEVICE = Type.Object({
  ...counters(
    ...(['short_timeouts', 'long_timeouts', 'idles', 'interrupts', 'attentions'] as const),
    ...(['flag_fetches', 'hosed_count', 'complete_transactions', 'events'] as const),
    ...(['watchdog_pretimeouts', 'incoming_messages', 'transactions', 'events_missed'] as const),
    ...(['retries', 'stale_replies', 'orphans', 'recoveries'] as const),
  ).properties,
  latency: Type.Object({ counts: Type.Array(COUNT), max_us: COUNT }),
});

export const SERVE_STATUS_SCHEMA = outputSchema('serve-status', 'a server, and its clients', {
  ...{ pid: COUNT, base: COUNT, backend: TEXT, served_for_ms: COUNT },
  ...{ file: nullable(FILE), socket: Type.Object({ path: TEXT }), dummy: nullable(DUMMY) },
  ...{ watchdog: nullable(WATCHDOG), broker: BROKER, device: DEVICE },
});

export const SERVE_CHECK_SCHEMA = outputSchema('serve-check', 'each thing that a server needs', {
  checks: Type.Array(Type.Object({ item: TEXT, ok: IS, text: TEXT })),
});
