/** Checks JSON that commands print against their schemas. */

import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect } from 'vitest';

import { SCHEMAS } from '../../src/cli/schemas/all.ts';
import { jsonSchemaOf } from '../../src/cli/schemas/schema.ts';

/** Expects that each line of `text` is an object of the schema of that name; returns them. */
export function expectObjects(text: string, name: string): readonly Record<string, unknown>[] {
  const found = SCHEMAS.find((one) => one.name === name);
  if (found === undefined) throw new Error(`there is no schema ${name}`);
  const ajv = new Ajv2020({ allErrors: true });
  const validate = ajv.compile(jsonSchemaOf(found));
  const objects = text.split('\n').filter(Boolean);
  return objects.map((line) => {
    const object = JSON.parse(line) as Record<string, unknown>;
    validate(object);
    expect(validate.errors ?? [], line).toEqual([]);
    return object;
  });
}
