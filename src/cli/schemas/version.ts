/** JSON of `ipmi-bt version`. */

import { Type } from 'typebox';

import { nullable, outputSchema } from './schema.ts';

const TEXT = Type.String();

export const VERSION_SCHEMA = outputSchema('version', 'the program, and what it can use here', {
  program_version: TEXT,
  commit: nullable(TEXT),
  build_date: nullable(TEXT),
  node: TEXT,
  architecture: TEXT,
  kernel: TEXT,
  lockdown: nullable(TEXT),
  backend: nullable(TEXT),
  checks: Type.Array(Type.Object({ item: TEXT, ok: Type.Boolean(), text: TEXT })),
});
