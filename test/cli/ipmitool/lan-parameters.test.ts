/** Settings of a LAN that do not become as they were set: each takes half a minute and more. */

import { describe, expect, test } from 'vitest';

import { runCommand } from '../../../src/cli/ipmitool/families.ts';
import { directBmc } from '../../support/direct-bmc.ts';
import { answering } from '../../support/ipmitool-answers.ts';

const TRANSPORT = 0x0c;
const SET = 0x01;
const GET = 0x02;

/** The texts, the times and the counts are those of ipmitool 1.8.19. */
const SLOW = [
  {
    title: 'reads as another address',
    bmc: answering(TRANSPORT, GET, [
      [
        [1, 3],
        [0, 0x11, 1, 2, 3, 4],
      ],
    ]),
    ...{ sets: 1, reads: 11, seconds: 33 },
    stderr: 'LAN Parameter Data does not match!  Write may have failed.\n',
  },
  {
    title: 'reads as less',
    bmc: answering(TRANSPORT, GET, [
      [
        [1, 3],
        [0, 0x11, 1, 2, 3],
      ],
    ]),
    ...{ sets: 1, reads: 11, seconds: 33 },
    stderr: 'Mismatched data lengths: 3 != 4\n',
  },
  {
    title: 'has no such parameter to read',
    bmc: answering(TRANSPORT, GET, [[[1, 3], [0x80]]]),
    ...{ sets: 1, reads: 11, seconds: 33 },
    stderr: 'Mismatched data lengths: 0 != 4\n',
  },
  {
    title: 'does not read it',
    bmc: answering(TRANSPORT, GET, [[[1, 3], [0xc1]]]),
    ...{ sets: 1, reads: 11, seconds: 33 },
    stderr: '',
  },
  {
    title: 'refuses for now, and for ever',
    bmc: answering(TRANSPORT, SET, [[[1, 3], [0xcc]]]),
    ...{ sets: 11, reads: 11, seconds: 63 },
    stderr: 'LAN Parameter Data does not match!  Write may have failed.\n',
  },
  {
    title: 'fails without a reason',
    bmc: answering(TRANSPORT, SET, [[[1, 3], [0xff]]]),
    ...{ sets: 1, reads: 11, seconds: 33 },
    stderr: 'LAN Parameter Data does not match!  Write may have failed.\n',
  },
];

/** Options of the BMC itself. */
const WAY = { target: 0x20, channel: 0, own: 0x20, hasOwn: false, asked: 0, longestRequest: 0 };

describe('gives up as ipmitool does, on a BMC that', () => {
  test.each(SLOW)('$title', async ({ bmc, sets, reads, seconds, stderr }) => {
    const { requester, requests, clock } = directBmc(bmc());
    const choices = { ...{ verbose: 0, logs: 0, csv: false, lun: 0 }, ...WAY };
    let [printed, complained] = ['', ''];
    const memory = { isExtended: false, running: new Set<string>() };
    const session = {
      ...{ requester, clock, choices, memory, input: inputOf(''), signal: undefined },
      ask: () => undefined,
      print: (text: string) => void (printed += text),
      complain: (text: string) => void (complained += `${text}\n`),
    };
    const words = ['lan', 'set', '1', 'ipaddr', '10.1.2.3'];
    const exit = await clock.until(runCommand(session, words));

    expect({ exit, printed, complained }).toEqual({
      exit: 1,
      printed: 'Setting LAN IP Address to 10.1.2.3\n',
      complained: stderr,
    });
    const asked = requests().filter(({ netFn, data }) => netFn === TRANSPORT && data?.[1] === 3);
    expect(asked.filter(({ cmd }) => cmd === SET)).toHaveLength(sets);
    expect(asked.filter(({ cmd }) => cmd === GET)).toHaveLength(reads);
    expect(clock.now()).toBe(seconds * 1000);
  });
});
import { inputOf } from '../../support/ipmitool-ours.ts';
