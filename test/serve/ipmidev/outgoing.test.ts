/** The requests that messages become, and the longest ones. */

import { expect, test } from 'vitest';

import { requestOf, sendable } from '../../../src/serve/ipmidev/outgoing.ts';
import type { OutgoingMessage } from '../../../src/serve/ipmidev/outgoing.ts';

const EMSGSIZE = 90;
const CHANNELS = new Set([0, 1]);
const SOURCE = { address: 0x20, lun: 2 };

function message(isBroadcast: boolean, data: readonly number[]) {
  return {
    to: { kind: 'ipmb', channel: 1, address: 0x2c, lun: 1, isBroadcast },
    ...{ messageId: 1n, netFn: 6, cmd: 1, data: Uint8Array.from(data) },
    timing: { retries: -1, retryMs: 0 },
  } as const satisfies OutgoingMessage;
}

test('a message to a controller is a Send Message without tracking', () => {
  const frame = [0x2c, 0x19, 0xbb, 0x20, 0x02, 0x01, 0xaa, 0x33];

  const plain = requestOf(message(false, [0xaa]), SOURCE);
  const broadcast = requestOf(message(true, [0xaa]), SOURCE);

  expect(plain).toEqual({ netFn: 6, cmd: 0x34, data: Uint8Array.of(1, ...frame) });
  expect(broadcast).toEqual({ netFn: 6, cmd: 0x34, data: Uint8Array.of(1, 0, ...frame) });
});

test('a message to the BMC is itself', () => {
  const { messageId, timing } = message(false, []);
  const to = { kind: 'system', lun: 3 } as const;

  expect(
    requestOf({ to, netFn: 0, cmd: 1, data: Uint8Array.of(5), messageId, timing }, SOURCE),
  ).toEqual({ netFn: 0, cmd: 1, lun: 3, data: Uint8Array.of(5) });
});

test.each([
  [false, 244],
  [true, 243],
])('broadcast %o: %i bytes fit into a Send Message, and not one more', (isBroadcast, most) => {
  const fitting = sendable(message(isBroadcast, new Array<number>(most).fill(1)), CHANNELS);
  const over = sendable(message(isBroadcast, new Array<number>(most + 1).fill(1)), CHANNELS);

  expect(fitting).toMatchObject({ cmd: 1 });
  expect(typeof fitting !== 'number' && requestOf(fitting, SOURCE).data).toHaveLength(252);
  expect(over).toBe(EMSGSIZE);
});
