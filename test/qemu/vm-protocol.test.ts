/**
 * The VM protocol codec by itself: known bytes, and the properties that make it safe to cut the
 * stream anywhere.
 */

import fc from 'fast-check';
import { expect, test } from 'vitest';

import { VmCommand, decode, encodeCommand, encodeMessage } from './vm-protocol.ts';
import type { VmUnit } from './vm-protocol.ts';

/** Bodies rich in the three bytes that are escaped, and in their escaped forms. */
const body = fc
  .array(fc.oneof(fc.constantFrom(0xa0, 0xa1, 0xaa, 0xb0, 0xb1, 0xba), fc.nat(0xff)), {
    minLength: 1,
    maxLength: 300,
  })
  .map((bytes) => Uint8Array.from(bytes));

const unit = fc
  .tuple(fc.constantFrom('message', 'command'), body)
  .map(([kind, bytes]): VmUnit => ({ kind, body: bytes }));

function encode(units: readonly VmUnit[]): Uint8Array {
  return Uint8Array.from(units.flatMap((each) => [...encodeUnit(each)]));
}

function encodeUnit(each: VmUnit): Uint8Array {
  switch (each.kind) {
    case 'message':
      return encodeMessage(each.body);
    case 'command':
      return encodeCommand(each.body);
    case 'garbled':
      return each.wire;
  }
}

test('a message ends in a checksum that makes the sum zero, and the end mark', () => {
  const wire = encodeMessage(Uint8Array.of(0x01, 0x18, 0x01));

  expect([...wire]).toEqual([0x01, 0x18, 0x01, 0xe6, 0xa0]);
});

test('the three reserved bytes are escaped, in the checksum too', () => {
  expect([...encodeMessage(Uint8Array.of(0xa0, 0xa1, 0xaa))]).toEqual([
    0xaa, 0xb0, 0xaa, 0xb1, 0xaa, 0xba, 0x15, 0xa0,
  ]);
  expect([...encodeMessage(Uint8Array.of(0x60))]).toEqual([0x60, 0xaa, 0xb0, 0xa0]);
});

test("QEMU's greeting is two commands: version 1 and its capabilities", () => {
  const { units, rest } = decode(Uint8Array.of(0xff, 0x01, 0xa1, 0x08, 0x3f, 0xa1));

  expect(units).toEqual([
    { kind: 'command', body: Uint8Array.of(VmCommand.VERSION, 0x01) },
    { kind: 'command', body: Uint8Array.of(VmCommand.CAPABILITIES, 0x3f) },
  ]);
  expect(rest).toHaveLength(0);
});

test('what was encoded is decoded, one unit or many', () => {
  fc.assert(
    fc.property(fc.array(unit, { maxLength: 5 }), (units) => {
      expect(decode(encode(units))).toEqual({ units, rest: new Uint8Array() });
    }),
  );
});

test('a stream cut at any byte gives the same units', () => {
  fc.assert(
    fc.property(fc.array(unit, { minLength: 1, maxLength: 3 }), fc.nat(), (units, seed) => {
      const wire = encode(units);
      const cut = seed % (wire.length + 1);

      const first = decode(wire.slice(0, cut));
      const second = decode(Uint8Array.of(...first.rest, ...wire.slice(cut)));

      expect([...first.units, ...second.units]).toEqual(units);
      expect(second.rest).toHaveLength(0);
    }),
  );
});

test('a changed byte of a message is noticed', () => {
  fc.assert(
    fc.property(body, fc.nat(), fc.integer({ min: 1, max: 0xff }), (bytes, seed, change) => {
      const wire = encodeMessage(bytes);
      const index = seed % wire.length;
      wire[index] = (wire[index] ?? 0) ^ change;

      const { units } = decode(wire);

      expect(units).not.toContainEqual({ kind: 'message', body: bytes });
    }),
  );
});

test.each<[string, number[]]>([
  ['a wrong checksum', [0x01, 0x18, 0x01, 0xe7, 0xa0]],
  ['nothing before the end mark', [0xa0]],
  ['an escape with nothing behind it', [0x01, 0xaa, 0xa1]],
  ['an escape before a byte that needs none', [0xaa, 0x55, 0xa1]],
])('%s is garbled', (_, wire) => {
  const bytes = Uint8Array.from(wire);

  expect(decode(bytes).units).toEqual([{ kind: 'garbled', wire: bytes }]);
});
