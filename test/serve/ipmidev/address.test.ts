/** Addresses of messages, as the kernel's driver takes and refuses them. */

import fc from 'fast-check';
import { expect, test } from 'vitest';

import { decodeAddress, encodeAddress } from '../../../src/serve/ipmidev/address.ts';
import { ipmbAddress, systemAddress } from '../../support/ipmi-caller.ts';

const decoded = (bytes: readonly number[]) => decodeAddress(Uint8Array.from(bytes));
const direct = [0x81, 0, 0, 0, 0, 0, 0x20, 3, 3, 0, 0, 0];

const TAKEN = [
  [systemAddress(2), { kind: 'system', lun: 2 }],
  [[...systemAddress(), ...new Array<number>(32).fill(9)], { kind: 'system', lun: 0 }],
  [
    ipmbAddress(0x82, { channel: 7, lun: 3 }),
    { kind: 'ipmb', channel: 7, address: 0x82, lun: 3, isBroadcast: false },
  ],
  [
    ipmbAddress(0x82, { type: 0x41 }),
    { kind: 'ipmb', channel: 0, address: 0x82, lun: 0, isBroadcast: true },
  ],
  [direct, { kind: 'direct' }],
  [[4, 0, 0, 0, 1, 0, 4, 1, 0x81, 0x81, 0, 0], { kind: 'lan' }],
] as const;

test.each(TAKEN)('%j is %o', (bytes, address) => {
  expect(decoded(bytes)).toEqual(address);
});

const REFUSED = [
  ['seven bytes', systemAddress().slice(0, 7)],
  ['the BMC on another channel', systemAddress().with(4, 0)],
  ['an IPMB on the channel of the BMC', ipmbAddress(0x82, { channel: 15 })],
  ['an IPMB on a negative channel', ipmbAddress(0x82, { channel: -1 })],
  ['another type', systemAddress().with(1, 1)],
  ['an IPMB of the host that is too short', direct.slice(0, 11)],
  ['an IPMB of the host on channel 1', direct.with(4, 1)],
  ['an IPMB of the host, address odd', direct.with(6, 0x21)],
  ['an IPMB of the host, logical unit 4', direct.with(8, 4)],
  ['a LAN session that is too short', [4, 0, 0, 0, 1, 0, 4, 1, 0x81, 0x81, 0]],
] as const;

test.each(REFUSED)('%s is refused', (_, bytes) => {
  expect(decoded(bytes)).toBeUndefined();
});

test('what is told is what was read, but for the broadcast', () => {
  const broadcast = encodeAddress({
    ...{ kind: 'ipmb', channel: 1, address: 0x82, lun: 2, isBroadcast: true },
  });

  expect([...encodeAddress({ kind: 'system', lun: 3 })]).toEqual(systemAddress(3));
  expect([...broadcast]).toEqual(ipmbAddress(0x82, { channel: 1, lun: 2 }));
});

test('any bytes are an address or none', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 40 }),
      fc.constantFrom(1, 4, 0x0c, 0x41, 0x81),
      (bytes, type) => {
        if (bytes.length > 3) bytes.set([type, 0, 0, 0]);
        const kind = decodeAddress(bytes)?.kind ?? 'none';
        expect(['none', 'system', 'ipmb', 'direct', 'lan']).toContain(kind);
      },
    ),
  );
});
