/** JSON of `ipmi-bt trace`. */

import { Type } from 'typebox';

import { nullable, outputSchema } from './schema.ts';

const BYTE = Type.Integer({ minimum: 0, maximum: 255 });
const COUNT = Type.Integer({ minimum: 0 });
const NUMBER = Type.Number();
const TEXT = Type.String();

const STATE = Type.Object({
  state: TEXT,
  from_ms: NUMBER,
  to_ms: NUMBER,
  left_ms: nullable(NUMBER),
  left_at_end_ms: nullable(NUMBER),
});

const ATTEMPT = Type.Object({
  seq: BYTE,
  from_ms: NUMBER,
  to_ms: NUMBER,
  rung_ms: nullable(NUMBER),
  result: nullable(TEXT),
  states: Type.Array(STATE),
});

const REQUEST = Type.Object({
  id: COUNT,
  net_fn: BYTE,
  lun: BYTE,
  cmd: BYTE,
  name: nullable(TEXT),
  data_bytes: COUNT,
  internal: Type.Boolean(),
  asked_ms: NUMBER,
  timeout_ms: NUMBER,
  settled_ms: nullable(NUMBER),
  completion_code: nullable(BYTE),
  error: nullable(TEXT),
  overlaps: Type.Array(Type.Object({ id: COUNT, ms: NUMBER, orphan: Type.Boolean() })),
  attempts: Type.Array(ATTEMPT),
});

export const TRACE_SHOW_SCHEMA = outputSchema('trace-show', 'the requests of a recording', {
  base: COUNT,
  register_spacing: COUNT,
  program: TEXT,
  payload: Type.Union([TEXT, Type.Boolean()]),
  cut_off: Type.Boolean(),
  length_ms: NUMBER,
  register_accesses: COUNT,
  requests: Type.Array(REQUEST),
  stale: Type.Array(STATE),
});

export const TRACE_REPLAY_SCHEMA = outputSchema('trace-replay', 'a replay of a recording', {
  same: COUNT,
  different: COUNT,
  hidden: COUNT,
  unanswered: COUNT,
  requests: Type.Array(
    Type.Object({ net_fn: BYTE, lun: BYTE, cmd: BYTE, data_bytes: COUNT, result: TEXT }),
  ),
});

const TRANSACTION = Type.Object({
  from_us: NUMBER,
  origin: TEXT,
  net_fn: nullable(BYTE),
  cmd: nullable(BYTE),
  written_us: nullable(NUMBER),
  taken_us: nullable(NUMBER),
  reply_seen_us: nullable(NUMBER),
  by_interrupt: Type.Boolean(),
  read_us: nullable(NUMBER),
  latency_us: nullable(NUMBER),
  restarts: COUNT,
  last_state: TEXT,
});

export const TRACE_KERNEL_LOG_SCHEMA = outputSchema(
  'trace-kernel-log',
  'the transactions in a log of the Linux kernel',
  {
    lines: COUNT,
    state_lines: COUNT,
    malformed_lines: COUNT,
    transactions: Type.Array(TRANSACTION),
    clashes: Type.Array(
      Type.Object({
        at_us: NUMBER,
        net_fn: nullable(BYTE),
        cmd: nullable(BYTE),
        state: TEXT,
        on_wire: nullable(TRANSACTION),
        forged_code: nullable(BYTE),
        forged_at_us: nullable(NUMBER),
      }),
    ),
    after: Type.Array(Type.Object({ at_us: NUMBER, text: TEXT })),
  },
);
