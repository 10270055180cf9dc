/** What JSON.stringify() makes of the objects that hold bytes. */

import { expect, test } from 'vitest';

import { decodeReply } from '../../src/bt/frame.ts';
import { decodeDeviceId } from '../../src/ipmi/device-id.ts';
import { readable } from '../../src/ipmi/readable.ts';

test('bytes are arrays of numbers, and the object is the same otherwise', () => {
  const object = { kind: 'message', data: Uint8Array.of(1, 255), none: undefined };

  expect(readable(object)).toBe(object);
  expect(Object.keys(object)).toEqual(['kind', 'data', 'none']);
  expect(JSON.stringify(object)).toBe('{"kind":"message","data":[1,255]}');
});

test('a reply prints its data', () => {
  const reply = decodeReply(Uint8Array.of(0x1c, 1, 1, 0xc1, 7, 8), 6);

  expect(JSON.stringify({ reply })).toBe('{"reply":{"completionCode":193,"data":[7,8]}}');
  expect(Object.keys(reply)).toEqual(['completionCode', 'data']);
});

test('a device id prints its auxiliary firmware revision', () => {
  const id = decodeDeviceId(Uint8Array.of(32, 1, 2, 0x35, 2, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4));

  expect(JSON.parse(JSON.stringify(id))).toMatchObject({ auxFirmware: [1, 2, 3, 4] });
});
