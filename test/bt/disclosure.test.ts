/** Bytes of frames that a trace may show: the header always, payload as it was chosen. */

import { expect, test } from 'vitest';

import { Disclosure } from '../../src/bt/disclosure.ts';
import type { PayloadChoice } from '../../src/bt/disclosure.ts';

/** Length, netFn/LUN, seq, cmd, and data; a reply has a completion code, and no length here. */
const GET_DEVICE_ID = Uint8Array.of(0x03, 0x18, 0x07, 0x01);
const DEVICE_ID = Uint8Array.of(0x1c, 0x07, 0x01, 0x00, 0x20, 0x01);
const SET_PASSWORD = Uint8Array.of(0x07, 0x18, 0x08, 0x47, 0x02, 0x02, 0x73, 0x33);
const ECHO_OF_PASSWORD = Uint8Array.of(0x1c, 0x08, 0x47, 0x00, 0x73, 0x33);

/** Bytes of a header. */
const HEADER = 4;

test.each<[PayloadChoice, number, number]>([
  ['all', SET_PASSWORD.length, ECHO_OF_PASSWORD.length],
  [true, HEADER, HEADER],
  [false, HEADER, HEADER],
])('of a password with the choice %s so many bytes are shown', (choice, request, reply) => {
  const disclosure = new Disclosure(choice);

  expect(disclosure.request(SET_PASSWORD)).toBe(request);
  expect(disclosure.reply(ECHO_OF_PASSWORD)).toBe(reply);
});

test.each<[PayloadChoice | undefined, number]>([
  ['all', DEVICE_ID.length],
  [true, DEVICE_ID.length],
  [false, HEADER],
  [undefined, HEADER],
])('of a device id with the choice %s so many bytes are shown', (choice, reply) => {
  const disclosure = new Disclosure(choice);

  expect(disclosure.request(GET_DEVICE_ID)).toBe(GET_DEVICE_ID.length);
  expect(disclosure.reply(DEVICE_ID)).toBe(reply);
  // Less than a header is not made longer.
  expect(disclosure.reply(DEVICE_ID.subarray(0, 2))).toBe(2);
});

test('an answer is held to the request as it was written, whatever became of its bytes', () => {
  const disclosure = new Disclosure(true);
  const written = GET_DEVICE_ID.slice();
  disclosure.request(written);
  written.set(SET_PASSWORD.subarray(0, written.length));

  expect(disclosure.reply(DEVICE_ID)).toBe(DEVICE_ID.length);
  expect(disclosure.reply(ECHO_OF_PASSWORD)).toBe(HEADER);
});

test('a reply before any request may be that of a secret one', () => {
  expect(new Disclosure(true).reply(DEVICE_ID)).toBe(HEADER);
});

test.each([
  ['request', (disclosure: Disclosure) => disclosure.request(GET_DEVICE_ID)],
  ['reply', (disclosure: Disclosure) => disclosure.reply(DEVICE_ID)],
])('a further byte behind a %s is payload, and one of another register is not', (_, frame) => {
  const disclosure = new Disclosure(true);
  frame(disclosure);
  expect(disclosure.byte(true)).toBe(false);
  expect(disclosure.byte(true)).toBe(false);
  expect(disclosure.byte(false)).toBe(true);
  // The next byte of the buffer is the length of a frame.
  expect(disclosure.byte(true)).toBe(true);
  expect(disclosure.byte(true)).toBe(false);
});

test('a further byte is shown where all is', () => {
  const disclosure = new Disclosure('all');
  disclosure.request(SET_PASSWORD);

  expect(disclosure.byte(true)).toBe(true);
});
