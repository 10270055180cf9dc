/** `ipmi-bt schema`: the JSON Schema of what other commands print with `--json`, or read. */

import { UsageError } from '../args.ts';
import { command, refuseRecord } from '../globals.ts';
import { stdout } from '../output.ts';
import { SCHEMAS } from '../schemas/all.ts';
import { INPUT_SCHEMAS } from '../schemas/input.ts';
import { inputJsonSchema, jsonSchemaOf } from '../schemas/schema.ts';

export const SCHEMA_COMMAND = command({
  name: 'schema',
  device: 'none',
  help: 'print the JSON Schema of what a command prints or reads, or the names of all',
  words: [
    {
      name: '[name]',
      help: 'such as chassis-status; the names of all without it',
      names: [...SCHEMAS, ...INPUT_SCHEMAS].map(({ name }) => name),
    },
  ],
  examples: [
    { line: 'schema', help: 'list the names' },
    { line: 'schema chassis-status', help: 'print the schema of that name' },
  ],
  exitCodes: { 0: 'it was printed', 64: 'there is no schema of that name' },
  run: ({ words: [name], globals }) => {
    refuseRecord(globals, 'schema');
    stdout.write(name === undefined ? names() : schema(name));
    return Promise.resolve(0);
  },
});

function names(): string {
  return [...SCHEMAS, ...INPUT_SCHEMAS].map((one) => `${one.name}\n`).join('');
}

function schema(name: string): string {
  const printed = SCHEMAS.find((one) => one.name === name);
  if (printed !== undefined) return text(jsonSchemaOf(printed));
  const read = INPUT_SCHEMAS.find((one) => one.name === name);
  if (read !== undefined) return text(inputJsonSchema(read));
  const known = names().trimEnd().replaceAll('\n', ', ');
  throw new UsageError(`there is no schema of that name; there are: ${known}`);
}

function text(jsonSchema: object): string {
  return `${JSON.stringify(jsonSchema, null, 2)}\n`;
}
