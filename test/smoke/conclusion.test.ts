/** The conclusion from each error that a check can let out. */

import { expect, test } from 'vitest';

import { ConfigError } from '../../src/config-file.ts';
import { EXIT_CODES, IpmiError } from '../../src/errors.ts';
import type { IpmiErrorCode } from '../../src/errors.ts';
import { BaselineError } from '../../src/smoke/baseline-file.ts';
import { concludeFrom } from '../../src/smoke/conclusion.ts';

const CONCLUSIONS: Readonly<Record<IpmiErrorCode, string | number>> = {
  PORT_DENIED: 77,
  PORT_LOCKED_DOWN: 77,
  PORT_UNSUPPORTED: 77,
  PORT_CLAIMED: 75,
  DEVICE_ABSENT: 'bt-absent',
  DEVICE_LOCKED: 75,
  DEVICE_CLOSED: 75,
  QUEUE_FULL: 75,
  REQUEST_TOO_LONG: 64,
  REQUEST_TIMEOUT: 'bt-drops-requests',
  REQUEST_ABORTED: 75,
  RESPONSE_MALFORMED: 'bt-malformed',
  COMMAND_FAILED: 1,
  COMMAND_DENIED: 77,
  BMC_UNRESPONSIVE: 'bt-wedged',
};

test.each(Object.keys(EXIT_CODES) as IpmiErrorCode[])('%s is concluded from', (code) => {
  const conclusion = concludeFrom(new IpmiError(code, 'text'), true);
  const expected = CONCLUSIONS[code];

  expect(conclusion).toEqual(
    typeof expected === 'number'
      ? { kind: 'error', text: `${code}: text`, exit: expected, code }
      : { kind: 'fail', text: `${code}: text`, slug: expected },
  );
});

test('an absent interface that nothing lists is no failure', () => {
  const conclusion = concludeFrom(new IpmiError('DEVICE_ABSENT', 'text'), false);

  expect(conclusion).toEqual({
    kind: 'error',
    text: 'DEVICE_ABSENT: text',
    exit: 69,
    code: 'DEVICE_ABSENT',
  });
});

test('a wrong config file is one of the operator', () => {
  const conclusion = concludeFrom(new ConfigError('the file is wrong'), true);

  expect(conclusion).toEqual({
    kind: 'error',
    text: 'the file is wrong',
    exit: 78,
    code: undefined,
  });
});

test('a baseline of another machine is a wrong command line', () => {
  const conclusion = concludeFrom(new BaselineError('of another machine'), true);

  expect(conclusion).toEqual({
    kind: 'error',
    text: 'of another machine',
    exit: 64,
    code: undefined,
  });
});

test('anything else is a bug of the check', () => {
  expect(concludeFrom('thrown', true)).toEqual({
    kind: 'error',
    text: 'the check itself has a bug: thrown',
    exit: 70,
    code: undefined,
  });
});
