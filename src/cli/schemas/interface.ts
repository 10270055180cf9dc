/** JSON of the commands on interfaces and the drivers that have them. */

import { Type } from 'typebox';

import { nullable, outputSchema } from './schema.ts';

const COUNT = Type.Integer({ minimum: 0 });
const TEXT = Type.String();
const TEXTS = Type.Array(TEXT);

const CANDIDATE = Type.Object({
  type: TEXT,
  space: TEXT,
  base: nullable(COUNT),
  register_spacing: nullable(COUNT),
  irq: nullable(COUNT),
  ipmi_version: nullable(TEXT),
  pci_device: nullable(TEXT),
  sources: TEXTS,
  rank: nullable(Type.Integer()),
  claim: nullable(TEXT),
  chosen: Type.Boolean(),
  reason: TEXT,
  firmware_bugs: TEXTS,
});

export const LOCATE_SCHEMA = outputSchema('locate', 'the interfaces of this machine', {
  candidates: Type.Array(CANDIDATE),
  problems: TEXTS,
  unseen: TEXTS,
  left_unbound: Type.Array(Type.Object({ base: COUNT, device: TEXT, driver: TEXT })),
  looks: Type.Optional(
    Type.Array(Type.Object({ base: COUNT, is_like_bt: Type.Boolean(), text: TEXT })),
  ),
  story: Type.Optional(TEXTS),
});

const TAKEN = {
  base: COUNT,
  device: nullable(TEXT),
  driver: nullable(TEXT),
  persistent_file: nullable(TEXT),
};

export const CLAIM_SCHEMA = outputSchema('claim', 'an interface that was unbound', TAKEN);
export const RELEASE_SCHEMA = outputSchema('release', 'an interface that was given back', TAKEN);

const DEVICE = { base: COUNT, bus: nullable(TEXT), device: nullable(TEXT), driver: nullable(TEXT) };

export const IRQ_BIND_SCHEMA = outputSchema('irq-bind', 'the UIO device of the interrupt', {
  ...DEVICE,
  uio: TEXT,
});

export const IRQ_UNBIND_SCHEMA = outputSchema('irq-unbind', 'the device that was unbound', DEVICE);

export const IRQ_STATUS_SCHEMA = outputSchema('irq-status', 'the state of the interrupt', {
  ...DEVICE,
  irq: nullable(COUNT),
  uio: nullable(TEXT),
  uio_interrupts: nullable(COUNT),
  line_interrupts: nullable(COUNT),
  line: nullable(TEXT),
  openers: TEXTS,
  state: Type.Union([
    Type.Literal('bound'),
    Type.Literal('ready'),
    Type.Literal('claimed'),
    Type.Literal('missing'),
    Type.Literal('none'),
  ]),
  verdict: TEXT,
});

export const SMOKE_LIST_SCHEMA = outputSchema('smoke-list', 'the checks of smoke', {
  checks: Type.Array(
    Type.Object({
      id: TEXT,
      question: TEXT,
      risk: Type.Union([Type.Literal('read-only'), Type.Literal('write'), Type.Literal('reset')]),
      needs: TEXTS,
      changes: nullable(TEXT),
      limit_seconds: Type.Number(),
    }),
  ),
});
