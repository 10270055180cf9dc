/**
 * JSON that commands print, as schemas: the compiler holds the commands to them, and the command
 * `ipmi-bt schema` prints them. Names are in snake case and end in the unit; a value that is not
 * known is null.
 */

import { Type } from 'typebox';
import type { Static, TObject, TProperties, TSchema } from 'typebox';

import { jsonLine } from '../format.ts';

/** The JSON objects of one kind. */
export interface OutputSchema<Properties extends TProperties = TProperties> {
  /** As in the field `schema` of each object, behind `ipmi-bt/`. */
  readonly name: string;
  readonly help: string;
  readonly fields: TObject<Properties>;
}

/** The fields of the objects of a schema. */
export type FieldsOf<Schema> =
  Schema extends OutputSchema<infer Properties> ? Static<TObject<Properties>> : never;

/** Makes a schema of the fields that stand behind `schema` and `version`. */
export function outputSchema<Properties extends TProperties>(
  name: string,
  help: string,
  properties: Properties,
): OutputSchema<Properties> {
  return { name, help, fields: Type.Object(properties) };
}

/** A value, or null where it is not known. */
export function nullable<Schema extends TSchema>(schema: Schema) {
  return Type.Union([schema, Type.Null()]);
}

/** One JSON object on a line. */
export function schemaLine<Properties extends TProperties>(
  { name }: OutputSchema<Properties>,
  fields: Static<TObject<Properties>>,
): string {
  return jsonLine(name, fields);
}

/** The dialect of all schemas. */
const DIALECT = 'https://json-schema.org/draft/2020-12/schema';

/** Of the objects that a line of `exec` prints. */
const LINE = { type: 'integer', minimum: 1, description: 'exec: line of the file' };

/** The JSON Schema of the objects, all fields included. Makes no use of what makes schemas. */
export function jsonSchemaOf({ name, help, fields }: OutputSchema): object {
  const head = {
    schema: { type: 'string', const: `ipmi-bt/${name}` },
    version: { type: 'number', const: 1 },
  };
  const properties = { ...head, line: LINE, ...fields.properties };
  const required = ['schema', 'version', ...fields.required];
  return {
    ...{ $schema: DIALECT, $id: `ipmi-bt/${name}`, description: help, type: 'object' },
    required: Object.keys(properties).filter((field) => required.includes(field)),
    properties,
    additionalProperties: false,
  };
}

/** A file that commands read. */
export interface InputSchema {
  readonly name: string;
  readonly help: string;
  readonly content: TSchema;
}

/** The JSON Schema of the files of one kind. */
export function inputJsonSchema({ name, help, content }: InputSchema): object {
  return { $schema: DIALECT, $id: `ipmi-bt/${name}`, description: help, ...content };
}
