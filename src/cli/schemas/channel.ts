/** JSON of `ipmi-bt channel`. */

import { Type } from 'typebox';

import { outputSchema } from './schema.ts';

export const CHANNEL_SCHEMA = outputSchema('channel', 'a channel of the BMC (IPMI 2.0 §22.24)', {
  channel: Type.Integer(),
  present: Type.Boolean({ description: 'the request came by this channel' }),
  medium: Type.String({ description: 'such as lan-802.3, or a number without a name' }),
  protocol: Type.String({ description: 'such as ipmb-1.0, or a number without a name' }),
  session_support: Type.String(),
  active_sessions: Type.Integer(),
  vendor_id: Type.Integer({ description: 'IANA enterprise number; 7154 is the IPMI forum' }),
  auxiliary: Type.Array(Type.Integer()),
});

export const CHANNEL_ACCESS_SCHEMA = outputSchema(
  'channel-access',
  'the access to a channel (IPMI 2.0 §22.23)',
  {
    channel: Type.Integer(),
    memory: Type.String({ description: 'volatile: in force; non-volatile: after a power-up' }),
    mode: Type.String({ description: 'disabled, pre-boot, always, shared, or a number' }),
    user_authentication: Type.Boolean(),
    message_authentication: Type.Boolean(),
    alerting: Type.Boolean(),
    privilege: Type.String(),
  },
);
