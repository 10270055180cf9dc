/** JSON of `ipmi-bt mc`. */

import { Type } from 'typebox';

import { nullable, outputSchema } from './schema.ts';

export const MC_INFO_SCHEMA = outputSchema('mc-info', 'identity of the BMC (IPMI 2.0 §20.1)', {
  device_id: nullable(Type.Integer()),
  device_revision: nullable(Type.Integer()),
  firmware_revision: nullable(Type.String()),
  ipmi_version: nullable(Type.String()),
  manufacturer_id: nullable(Type.Integer()),
  product_id: nullable(Type.Integer()),
  device_available: nullable(Type.Boolean()),
  provides_device_sdrs: nullable(Type.Boolean()),
  additional_device_support: nullable(Type.Integer()),
  aux_firmware: nullable(Type.Array(Type.Integer())),
});

export const MC_GUID_SCHEMA = outputSchema('mc-guid', 'GUIDs (IPMI 2.0 §20.8, §22.14)', {
  system_guid: nullable(Type.String()),
  device_guid: nullable(Type.String()),
});

export const MC_SELF_TEST_SCHEMA = outputSchema('mc-self-test', 'self test (IPMI 2.0 §20.4)', {
  result: Type.String(),
  code: Type.Integer(),
  detail: Type.Integer(),
  faults: Type.Array(Type.String()),
});

export const MC_ENABLES_SCHEMA = outputSchema(
  'mc-enables',
  'BMC Global Enables (IPMI 2.0 §22.2), and those that were changed',
  {
    receive_message_interrupt: Type.Boolean(),
    event_buffer_interrupt: Type.Boolean(),
    event_buffer: Type.Boolean(),
    system_event_log: Type.Boolean(),
    oem0: Type.Boolean(),
    oem1: Type.Boolean(),
    oem2: Type.Boolean(),
    changed: Type.Array(Type.String()),
  },
);
