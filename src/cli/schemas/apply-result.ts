/** JSON of the commands that make settings as they are wanted. */

import { Type } from 'typebox';

import { nullable, outputSchema } from './schema.ts';

const SHOWN = nullable(Type.Union([Type.String(), Type.Number(), Type.Boolean()]));

export const APPLY_RESULT_SCHEMA = outputSchema(
  'apply-result',
  'what lan apply, user apply, user set and channel apply changed, or would change',
  {
    family: Type.String({ description: 'lan, user or channel' }),
    channel: Type.Integer(),
    check: Type.Boolean({ description: 'nothing was set: the changes are those that would be' }),
    changes: Type.Array(
      Type.Object({
        path: Type.String({ description: 'as in the file, such as lan.ipv4.address' }),
        from: SHOWN,
        to: SHOWN,
        secret: Type.Boolean({ description: 'from and to are null, because neither is told' }),
      }),
    ),
    unverified: Type.Array(Type.Object({ path: Type.String(), reason: Type.String() })),
    warnings: Type.Array(Type.Object({ path: Type.String(), reason: Type.String() }), {
      description: 'of users that are enabled without a name or a password',
    }),
  },
);
