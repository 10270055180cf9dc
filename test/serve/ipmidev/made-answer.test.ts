/** The completion code for each way in which a request can fail. */

import { expect, test } from 'vitest';

import { EXIT_CODES, IpmiError } from '../../../src/errors.ts';
import type { IpmiErrorCode } from '../../../src/errors.ts';
import { answerTo } from '../../../src/serve/ipmidev/made-answer.ts';

const NOT_FF: Partial<Record<IpmiErrorCode, number>> = {
  ...{ REQUEST_TIMEOUT: 0xc3, BMC_UNRESPONSIVE: 0xc3, QUEUE_FULL: 0xc0 },
  ...{ COMMAND_DENIED: 0xd4, REQUEST_TOO_LONG: 0xc8 },
};

test.each(Object.keys(EXIT_CODES) as IpmiErrorCode[])('%s', (code) => {
  expect(answerTo(new IpmiError(code, 'text'))).toEqual({
    ...{ completionCode: NOT_FF[code] ?? 0xff, by: 'server' },
  });
});

test('a code that the BMC gave itself is passed on as its', () => {
  const error = new IpmiError('COMMAND_FAILED', 'NAK', { completionCode: 0x83 });

  expect(answerTo(error)).toEqual({ completionCode: 0x83, by: 'bmc' });
});

test('a bug is an unspecified error', () => {
  expect(answerTo(new TypeError('bug'))).toEqual({ completionCode: 0xff, by: 'server' });
});
