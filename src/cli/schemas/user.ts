/** JSON of `ipmi-bt user`. */

import { Type } from 'typebox';

import { nullable, outputSchema } from './schema.ts';

export const USER_SCHEMA = outputSchema('user', 'a user of the BMC (IPMI 2.0 §22.27, §22.29)', {
  channel: Type.Integer({ description: 'the channel that the access is for' }),
  id: Type.Integer(),
  name: Type.String({ description: 'empty for a user without one' }),
  enabled: nullable(Type.Boolean({ description: 'null where the BMC does not tell' })),
  privilege: Type.String({ description: 'such as operator, no-access, or a number' }),
  messaging: Type.Boolean(),
  link_authentication: Type.Boolean(),
  callback_only: Type.Boolean(),
});
