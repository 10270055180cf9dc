/** The door of the library: what is let in, what is refused, and with which kind of error. */

import { describe, expect, test } from 'vitest';

import { IpmiError } from '../../src/errors.ts';
import { checkRequest, checkRequestOptions } from '../../src/device/options.ts';
import { checkInteger, checkTimeout } from '../../src/errors.ts';
import type { RequestInput, RequestOptions } from '../../src/ipmi/requester.ts';
import { thrownBy } from '../support/thrown-by.ts';

/** A request as a program without types may write it. */
function loose(fields: object): RequestInput {
  return { netFn: 0x06, cmd: 0x01, ...fields };
}

describe('checkRequest()', () => {
  test('fills in LUN 0 and no data', () => {
    expect(checkRequest({ netFn: 0x06, cmd: 0x01 })).toEqual({
      netFn: 0x06,
      cmd: 0x01,
      lun: 0,
      data: new Uint8Array(),
    });
  });

  test('takes the largest of everything', () => {
    const data = new Uint8Array(252).fill(0xff);

    expect(checkRequest({ netFn: 0x3e, cmd: 0xff, lun: 3, data })).toEqual({
      netFn: 0x3e,
      cmd: 0xff,
      lun: 3,
      data,
    });
  });

  test.each([
    ['Uint8Array', Uint8Array.of(1, 2)],
    ['Buffer, whose slice() would be a view', Buffer.from([1, 2])],
    ['part of a larger array', Uint8Array.of(0, 1, 2, 3).subarray(1, 3)],
  ])('copies the data of a %s', (_, given) => {
    const { data } = checkRequest({ netFn: 0x06, cmd: 0x01, data: given });

    given.fill(0xff);

    expect([...data]).toEqual([1, 2]);
  });

  test.each([
    [{ netFn: -1 }, RangeError, 'netFn must be an integer from 0 to 62, not -1'],
    [{ netFn: 0x3f }, RangeError, 'netFn must be an integer from 0 to 62, not 63'],
    [{ netFn: 0x40 }, RangeError, 'netFn must be an integer from 0 to 62, not 64'],
    [{ netFn: 7 }, RangeError, "netFn 7 is odd: that is a response's"],
    [{ netFn: 6.5 }, RangeError, 'netFn must be an integer from 0 to 62, not 6.5'],
    [{ netFn: NaN }, RangeError, 'netFn must be an integer from 0 to 62, not NaN'],
    [{ netFn: '6' }, TypeError, 'netFn must be a number, not "6"'],
    [{ netFn: undefined }, TypeError, 'netFn must be a number, not undefined'],
    [{ cmd: 256 }, RangeError, 'cmd must be an integer from 0 to 255, not 256'],
    [{ cmd: -1 }, RangeError, 'cmd must be an integer from 0 to 255, not -1'],
    [{ cmd: Infinity }, RangeError, 'cmd must be an integer from 0 to 255, not Infinity'],
    [{ cmd: true }, TypeError, 'cmd must be a number, not true'],
    [{ lun: 4 }, RangeError, 'lun must be an integer from 0 to 3, not 4'],
    [{ lun: null }, TypeError, 'lun must be a number, not null'],
    [{ data: [1, 2] }, TypeError, 'data must be a Uint8Array, not an array'],
    [{ data: 'ff' }, TypeError, 'data must be a Uint8Array, not a string'],
    [{ data: 1234 }, TypeError, 'data must be a Uint8Array, not a number'],
    [{ data: true }, TypeError, 'data must be a Uint8Array, not a boolean'],
    [{ data: Symbol('pw') }, TypeError, 'data must be a Uint8Array, not a symbol'],
    [{ data: null }, TypeError, 'data must be a Uint8Array, not null'],
    [{ data: new Uint16Array(1) }, TypeError, 'data must be a Uint8Array, not a Uint16Array'],
    [{ netfn: 6 }, TypeError, 'a request has no field "netfn"; did you mean netFn?'],
    [{ payload: [1] }, TypeError, 'a request has no field "payload"; it has netFn, cmd, lun, data'],
  ])('refuses %j', (fields, kind, message) => {
    const error = thrownBy(() => checkRequest(loose(fields)));

    expect(error).toBeInstanceOf(kind);
    expect(error).toHaveProperty('message', message);
  });

  test.each([null, undefined, 6])('refuses %s as a request', (input) => {
    const error = thrownBy(() => checkRequest(input as unknown as RequestInput));

    expect(error).toBeInstanceOf(TypeError);
    const text = 'request() takes an object such as { netFn: 0x06, cmd: 0x01 }';
    expect(error).toHaveProperty('message', `${text}, not ${String(input)}`);
  });

  test('refuses data that no frame can carry, before anything is sent', () => {
    const error = thrownBy(() => checkRequest(loose({ data: new Uint8Array(253) })));

    expect(error).toBeInstanceOf(IpmiError);
    expect(error).toMatchObject({
      code: 'REQUEST_TOO_LONG',
      outcome: 'not-sent',
      message: 'REQUEST_TOO_LONG: 253 data bytes; a BT frame takes at most 252',
    });
  });
});

describe('checkRequestOptions()', () => {
  test('says what retries may be', () => {
    const options = { retries: 'always' } as unknown as RequestOptions;
    expect(() => checkRequestOptions(options)).toThrow(
      'retries must be safe or a number, not "always"',
    );
  });

  test.each<RequestOptions>([
    {},
    { retries: 'safe' },
    { retries: 0 },
    { retries: 3 },
    { timeoutMs: 0.5 },
    { timeoutMs: 0x7fffffff },
  ])('takes %j', (options) => {
    expect(() => {
      checkRequestOptions(options);
    }).not.toThrow();
  });

  test.each([
    [{ retries: -1 }, RangeError],
    [{ retries: 1.5 }, RangeError],
    [{ retries: Infinity }, RangeError],
    [{ retries: NaN }, RangeError],
    [{ retries: 'always' }, TypeError],
    [{ retries: null }, TypeError],
    [{ timeoutMs: 0 }, RangeError],
    [{ timeoutMs: -1 }, RangeError],
    [{ timeoutMs: NaN }, RangeError],
    [{ timeoutMs: 0x80000000 }, RangeError],
    [{ timeoutMs: Infinity }, RangeError],
    [{ timeoutMs: '1000' }, TypeError],
    [{ timeoutMs: null }, TypeError],
  ])('refuses %j', (options, kind) => {
    const error = thrownBy(() => {
      checkRequestOptions(options as RequestOptions);
    });

    expect(error).toBeInstanceOf(kind);
  });
});

test('an integer in its range is handed on, both ends included', () => {
  const range = { least: 1, most: 9 };

  expect(checkInteger('base', 1, range)).toBe(1);
  expect(checkInteger('base', 9, range)).toBe(9);
  expect(() => checkInteger('base', 0, range)).toThrow(
    new RangeError('base must be an integer from 1 to 9, not 0'),
  );
  expect(() => checkInteger('base', 10, range)).toThrow(RangeError);
});

test('a refused time is named with its limits', () => {
  expect(() => {
    checkTimeout('lockTimeoutMs', 0);
  }).toThrow(new RangeError('lockTimeoutMs must be above 0 and at most 2147483647 ms, not 0'));
  expect(() => {
    checkTimeout('lockTimeoutMs', '1');
  }).toThrow(new TypeError('lockTimeoutMs must be a number of milliseconds, not "1"'));
});
