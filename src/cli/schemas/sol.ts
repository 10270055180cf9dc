/** JSON of `ipmi-bt sol`. */

import { Type } from 'typebox';

import { nullable, outputSchema } from './schema.ts';

export const SOL_SCHEMA = outputSchema('sol', 'configuration of serial over LAN (IPMI 2.0 §26.3)', {
  channel: Type.Integer(),
  set_in_progress: nullable(Type.String()),
  enabled: nullable(Type.Boolean()),
  force_encryption: nullable(Type.Boolean()),
  force_authentication: nullable(Type.Boolean()),
  privilege: nullable(Type.String()),
  accumulate_interval_ms: nullable(Type.Integer()),
  send_threshold: nullable(Type.Integer()),
  retry_count: nullable(Type.Integer()),
  retry_interval_ms: nullable(Type.Integer()),
  bit_rate: nullable(Type.String({ description: 'bits a second, or serial' })),
  volatile_bit_rate: nullable(Type.String()),
  payload_channel: nullable(Type.Integer()),
  payload_port: nullable(Type.Integer()),
});
