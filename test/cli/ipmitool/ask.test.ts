/** A BMC that gives no answer, and other trouble, as the drop-in ipmitool tells of them. */

import { expect, test } from 'vitest';

import { IpmiError } from '../../../src/errors.ts';
import type { IpmiErrorCode } from '../../../src/errors.ts';
import { VirtualClock } from '../../../src/sim/virtual-clock.ts';
import { runOurs } from '../../support/ipmitool-ours.ts';

/** Runs a line on a BMC whose every request fails so. */
async function run(line: string, code: IpmiErrorCode, completionCode?: number) {
  const answered = completionCode === undefined ? {} : { completionCode };
  const request = () => Promise.reject(new IpmiError(code, 'away', answered));
  return await runOurs(line.split(' '), { requester: { request }, clock: new VirtualClock() });
}

const RAW = 'Unable to send RAW command (channel=0x0 netfn=0x6 lun=0x0 cmd=0x4';

test.each(['REQUEST_TIMEOUT', 'BMC_UNRESPONSIVE', 'RESPONSE_MALFORMED'] as const)(
  'an answer is missing, in the words of each command, after %s',
  async (code) => {
    expect(await run('raw 6 4', code)).toEqual({ stdout: '', stderr: `${RAW})\n`, exit: 1 });
    expect(await run('mc info', code)).toMatchObject({
      ...{ stdout: '', exit: 1 },
      stderr: 'Get Device ID command failed\n',
    });
  },
);

test.each([
  [0x83, 'rsp=0xc3): Timeout'],
  [0xc0, 'rsp=0xff): Unspecified error'],
])('a message that the BMC could not hand on, with %i, is answered so', async (code, end) => {
  const { stderr, exit } = await run('-t 0x2c raw 6 4', 'COMMAND_FAILED', code);

  expect([stderr, exit]).toEqual([`${RAW} ${end}\n`, 1]);
});

test.each(['PORT_DENIED', 'DEVICE_CLOSED', 'COMMAND_DENIED', 'REQUEST_ABORTED'] as const)(
  'a BMC is not silent that fails by %s',
  async (code) => {
    await expect(run('raw 6 4', code)).rejects.toMatchObject({ code });
  },
);
