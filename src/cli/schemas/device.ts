/** JSON of the commands that send requests, and of every failure. */

import { Type } from 'typebox';

import { nullable, outputSchema } from './schema.ts';

const BYTE = Type.Integer({ minimum: 0, maximum: 255 });
const BYTES = Type.Array(BYTE);
const COUNT = Type.Integer({ minimum: 0 });
const TEXT = Type.String();
const BACKEND = Type.Union([
  ...[Type.Literal('native'), Type.Literal('dev-port'), Type.Literal('serve')],
  Type.Literal('sim'),
]);

/** Line of the file of `exec` that it belongs to. */
const LINE = Type.Optional(Type.Integer({ minimum: 1, description: 'exec: line of the file' }));

export const ERROR_SCHEMA = outputSchema('error', 'a failure of any command', {
  line: LINE,
  error: Type.Object({
    code: Type.String({ description: 'the codes are in docs/errors.md' }),
    outcome: Type.Union([
      Type.Literal('not-sent'),
      Type.Literal('unknown'),
      Type.Literal('answered'),
    ]),
    message: TEXT,
    completion_code: Type.Optional(BYTE),
    silence: Type.Optional(Type.Union([Type.Literal('busy'), Type.Literal('misfit')])),
  }),
});

export const RAW_SCHEMA = outputSchema('raw', 'a reply to a command of raw or exec', {
  line: LINE,
  net_fn: BYTE,
  lun: Type.Integer({ minimum: 0, maximum: 3 }),
  cmd: BYTE,
  completion_code: BYTE,
  completion_text: TEXT,
  data: BYTES,
});

export const INFO_SCHEMA = outputSchema('info', 'the identity of the BMC', {
  base: COUNT,
  port_backend: BACKEND,
  device_id: nullable(BYTE),
  device_revision: nullable(BYTE),
  firmware_revision: nullable(TEXT),
  ipmi_version: nullable(TEXT),
  manufacturer_id: nullable(COUNT),
  product_id: nullable(COUNT),
  device_available: nullable(Type.Boolean()),
  provides_device_sdrs: nullable(Type.Boolean()),
  additional_device_support: nullable(BYTE),
  aux_firmware: nullable(BYTES),
  system_guid: nullable(TEXT),
  device_guid: nullable(TEXT),
  self_test: nullable(Type.Object({ result: TEXT, code: BYTE, detail: BYTE })),
  bt_capabilities: nullable(
    Type.Object({
      outstanding_requests: BYTE,
      input_bytes: BYTE,
      output_bytes: BYTE,
      response_time_seconds: BYTE,
      retries: BYTE,
    }),
  ),
});

export const STATS_SCHEMA = outputSchema('stats', 'counters of the driver', {
  base: COUNT,
  port_backend: BACKEND,
  short_timeouts: COUNT,
  long_timeouts: COUNT,
  idles: COUNT,
  interrupts: COUNT,
  attentions: COUNT,
  flag_fetches: COUNT,
  hosed_count: COUNT,
  complete_transactions: COUNT,
  events: COUNT,
  watchdog_pretimeouts: COUNT,
  incoming_messages: COUNT,
  transactions: COUNT,
  events_missed: COUNT,
  retries: COUNT,
  stale_replies: COUNT,
  orphans: COUNT,
  recoveries: COUNT,
  latency_us: Type.Object({
    p50: Type.Number(),
    p90: Type.Number(),
    p99: Type.Number(),
    max: Type.Number(),
    buckets: Type.Array(Type.Object({ below: nullable(COUNT), count: COUNT })),
  }),
});

export const RESET_SCHEMA = outputSchema('reset', 'a reset of the BMC or of its interface', {
  kind: Type.Union([Type.Literal('cold'), Type.Literal('warm'), Type.Literal('interface')]),
  completion_code: nullable(BYTE),
  completion_text: nullable(TEXT),
});

/** Of one kind each; the fields of the other kinds are absent. */
export const EVENT_SCHEMA = outputSchema('event', 'an event or a message of the BMC, by watch', {
  kind: Type.Union([
    Type.Literal('event'),
    Type.Literal('message'),
    Type.Literal('watchdog_pretimeout'),
    Type.Literal('oem_flags'),
  ]),
  channel: Type.Optional(BYTE),
  data: Type.Optional(BYTES),
  flags: Type.Optional(BYTE),
  format: Type.Optional(TEXT),
  record_id: Type.Optional(nullable(COUNT)),
  record_type: Type.Optional(BYTE),
  timestamp_seconds: Type.Optional(nullable(COUNT)),
  seconds_since_start: Type.Optional(nullable(COUNT)),
  generator_id: Type.Optional(COUNT),
  evm_revision: Type.Optional(BYTE),
  sensor_type: Type.Optional(BYTE),
  sensor_type_text: Type.Optional(TEXT),
  sensor_number: Type.Optional(BYTE),
  direction: Type.Optional(TEXT),
  event_type: Type.Optional(BYTE),
  event_offset: Type.Optional(BYTE),
  event_text: Type.Optional(TEXT),
  detail_text: Type.Optional(nullable(TEXT)),
  severity: Type.Optional(TEXT),
  reading_raw: Type.Optional(nullable(BYTE)),
  threshold_raw: Type.Optional(nullable(BYTE)),
  raw: Type.Optional(BYTES),
});
