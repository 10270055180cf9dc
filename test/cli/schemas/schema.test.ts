/** Schemas of what commands print. */

import { Type } from 'typebox';
import { expect, test } from 'vitest';

import { SCHEMAS } from '../../../src/cli/schemas/all.ts';
import {
  jsonSchemaOf,
  nullable,
  outputSchema,
  schemaLine,
} from '../../../src/cli/schemas/schema.ts';
import { offenders } from '../../support/lists.ts';

const SOME = outputSchema('some', 'an example', { at_s: nullable(Type.Number()) });

test('a line has the name, the version and the fields', () => {
  expect(schemaLine(SOME, { at_s: null })).toBe(
    '{"schema":"ipmi-bt/some","version":1,"at_s":null}\n',
  );
});

test('a schema is that of the whole line', () => {
  expect(jsonSchemaOf(SOME)).toMatchObject({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'ipmi-bt/some',
    description: 'an example',
    required: ['schema', 'version', 'at_s'],
    properties: { version: { const: 1 }, at_s: { anyOf: [{ type: 'number' }, { type: 'null' }] } },
    additionalProperties: false,
  });
});

test('each name is there once', () => {
  const names = SCHEMAS.map(({ name }) => name);

  expect(offenders(names, (name, at) => names.indexOf(name) !== at)).toEqual([]);
});

test('names of fields are in snake case', () => {
  const fields = SCHEMAS.flatMap((one) => Object.keys(one.fields.properties));

  expect(offenders(fields, (name) => !/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/.test(name))).toEqual([]);
});
