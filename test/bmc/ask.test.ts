/** Whether the BMC was silent, where what is asked of it is not worth an error. */

import { expect, test } from 'vitest';

import { unlessSilent } from '../../src/bmc/ask.ts';
import { IpmiError } from '../../src/errors.ts';
import type { IpmiErrorCode } from '../../src/errors.ts';

/** What comes of work that ends with this error, and how often silence was told. */
async function ends(error: Error) {
  let silences = 0;
  const work = unlessSilent(
    () => Promise.reject(error),
    () => {
      silences += 1;
    },
  );
  return { isDone: await work, silences };
}

test.each<IpmiErrorCode>(['REQUEST_TIMEOUT', 'BMC_UNRESPONSIVE', 'RESPONSE_MALFORMED'])(
  '%s is silence of the BMC, and is told',
  async (code) => {
    expect(await ends(new IpmiError(code, 'no answer'))).toEqual({ isDone: false, silences: 1 });
  },
);

test.each<IpmiErrorCode>(['DEVICE_CLOSED', 'DEVICE_LOCKED'])(
  '%s is trouble of ours, and says nothing of the BMC',
  async (code) => {
    expect(await ends(new IpmiError(code, 'not asked'))).toEqual({ isDone: false, silences: 0 });
  },
);

test('an error that is none of ours is not hidden', async () => {
  await expect(ends(new TypeError('no function'))).rejects.toThrow(TypeError);
});

test('what the BMC has done, or has not, is handed on', async () => {
  const ignore = (): void => undefined;

  expect(await unlessSilent(() => Promise.resolve(true), ignore)).toBe(true);
  expect(await unlessSilent(() => Promise.resolve(false), ignore)).toBe(false);
});
