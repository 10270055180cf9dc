/** JSON of `ipmi-bt fru`. */

import { Type } from 'typebox';

import { nullable, outputSchema } from './schema.ts';

const text = () => nullable(Type.String());
const texts = () => Type.Array(Type.String());

export const FRU_SCHEMA = outputSchema('fru', 'the inventory of a FRU (IPMI 2.0 chapter 34)', {
  fru_id: Type.Integer(),
  size_bytes: Type.Integer(),
  by_words: Type.Boolean(),
  areas: Type.Array(Type.Object({ kind: Type.String(), offset_bytes: Type.Integer() })),
  chassis: nullable(
    Type.Object({
      type: Type.Integer(),
      part_number: text(),
      serial_number: text(),
      custom: texts(),
    }),
  ),
  board: nullable(
    Type.Object({
      manufactured: nullable(Type.String({ description: 'RFC 3339, to the minute' })),
      manufacturer: text(),
      product_name: text(),
      serial_number: text(),
      part_number: text(),
      file_id: text(),
      custom: texts(),
    }),
  ),
  product: nullable(
    Type.Object({
      manufacturer: text(),
      product_name: text(),
      part_number: text(),
      version: text(),
      serial_number: text(),
      asset_tag: text(),
      file_id: text(),
      custom: texts(),
    }),
  ),
  records: Type.Array(
    Type.Object({
      type: Type.Integer(),
      kind: Type.String({ description: 'power-supply, dc-output, ..., oem or other' }),
      manufacturer_id: nullable(Type.Integer()),
      text: Type.String({ description: 'the record in words' }),
      raw: Type.Array(Type.Integer()),
    }),
  ),
  warnings: Type.Array(Type.String()),
});

export const FRU_DEVICE_SCHEMA = outputSchema(
  'fru-device',
  'a FRU that a locator record names (IPMI 2.0 §43.8, §43.9)',
  {
    record_id: Type.Integer(),
    name: Type.String(),
    fru_id: nullable(Type.Integer({ description: 'for fru print --id; null for an EEPROM' })),
    controller_address: Type.Integer({ description: 'slave address; 32 is the BMC' }),
    channel: Type.Integer(),
    eeprom_address: nullable(Type.Integer()),
    entity_id: Type.Integer(),
    entity_instance: Type.Integer(),
    entity_text: Type.String(),
  },
);
