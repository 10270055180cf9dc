/** What a kernel's log tells: the race of 2018 to the microsecond, and logs of other shapes. */

import { describe, expect, test } from 'vitest';

import { kernelStory } from '../../src/trace/kernel-story.ts';
import { raceLog, storyOf } from '../support/kernel-logs.ts';

const OWN = [
  ...['0 BT: IDLE [ ]', '1 BT: CAP_BEGIN [ ]', '2 BT: XACTION [ ]', '3 BT: WR_BYTES [ ]'],
  ...['4 BT: WR_CONSUME [ H2B ]'],
];

describe('the log of 2018', () => {
  const story = kernelStory(raceLog());

  test('has Get Device GUID begun in WR_CONSUME, and Get Device ID in RD_WAIT', () => {
    const onWire = {
      ...{ origin: 'own', command: { netFn: 6, cmd: 0x36 }, fromUs: 120_376_646 },
      ...{ writtenUs: 120_376_995, takenUs: 120_377_061, seenUs: undefined },
    };
    expect(story.clashes).toMatchObject([
      {
        ...{ atUs: 120_377_028, command: { netFn: 6, cmd: 8 }, state: 'WR_CONSUME', onWire },
        forged: { atUs: 120_377_140, completionCode: 0xd5 },
      },
      {
        ...{ atUs: 120_377_164, command: { netFn: 6, cmd: 1 }, state: 'RD_WAIT', onWire },
        forged: { atUs: 120_377_237, completionCode: 0xd5 },
      },
    ]);
  });

  test('has seven answers before it, the last of them by interrupt', () => {
    const latencies = story.transactions.map(
      ({ writtenUs = 0, seenUs = 0, isByInterrupt }) =>
        `${((seenUs - writtenUs) / 1000).toFixed(2)}${isByInterrupt ? ' irq' : ''}`,
    );

    expect(latencies.slice(0, 7)).toEqual([
      ...['1040.74', '13.44', '11.48', '24.94', '45.78', '122.20', '9.95 irq'],
    ]);
    expect(story.transactions).toHaveLength(8);
  });

  test('has what the drivers said of it', () => {
    expect(story.after.map(({ atUs }) => atUs)).toEqual([
      ...[120_377_242, 120_377_252, 120_377_252, 120_569_865],
    ]);
  });
});

test('a request that is begun while the machine is idle is the next on the wire', () => {
  const { transactions, clashes } = storyOf(
    ...['0 BT: IDLE [ ]', '1 Send: 18 01', '1.1 **Start2: 1.1', '2 BT: XACTION [ ]'],
    ...['3 BT: WR_CONSUME [ H2B ]', '4 BT: RD_WAIT [ ]', '9 BT: RD_WAIT [ B2H ]'],
    ...['10 BT: RD_BYTES [ H_BUSY ]', '11 Recv:: 1c 01 d5'],
  );

  expect(clashes).toEqual([]);
  expect(transactions).toMatchObject([
    {
      ...{ origin: 'request', command: { netFn: 6, cmd: 1 }, fromUs: 2000, writtenUs: 3000 },
      ...{ takenUs: 4000, seenUs: 9000, readUs: 10_000, restarts: 0 },
    },
  ]);
});

test('without the stamps of ipmi_si the forged answer gives the request away', () => {
  const { clashes } = storyOf(...OWN, '5 Send: 18 01', '6 Recv:: 1c 01 d5');

  expect(clashes).toMatchObject([
    { atUs: 5000, state: 'WR_CONSUME', onWire: { origin: 'own' }, forged: { atUs: 6000 } },
  ]);
});

test('a BMC that is busy for long makes the machine answer 0xC0', () => {
  const { clashes } = storyOf(
    ...['1 BT: LONG_BUSY [ B_BUSY ]', '2 Send: 18 01', '2.1 **Start2: 1.1', '3 Recv:: 1c 01 c0'],
  );

  expect(clashes).toMatchObject([{ state: 'LONG_BUSY', forged: { completionCode: 0xc0 } }]);
});

test('0xD5 of the BMC itself is not forged', () => {
  const { clashes } = storyOf(
    ...['0 BT: IDLE [ ]', '1 Send: 18 01', '2 BT: XACTION [ ]', '3 BT: WR_CONSUME [ ]'],
    ...['4 BT: RD_BYTES [ H_BUSY ]', '5 Recv:: 1c 01 d5'],
  );

  expect(clashes).toEqual([]);
});

test.each([
  ['to another command', '6 Recv:: 1c 02 d5'],
  ['with another code', '6 Recv:: 1c 01 c1'],
  ['with data', '6 Recv:: 1c 01 d5 00'],
])('a reply %s is not the forged one', (_, reply) => {
  const { clashes } = storyOf(...OWN, '5 Send: 18 01', '5.1 **Start2: 1.1', reply);

  expect(clashes).toMatchObject([{ state: 'WR_CONSUME', forged: undefined }]);
});

test('a frame that was printed names its request, and a restart is counted', () => {
  const { transactions } = storyOf(
    ...['0 BT: XACTION [ ]', '1 BT: write 4 bytes seq=0x01 03 18 00 37', '2 BT: RD_WAIT [ ]'],
    ...['3 BT: RESTART [ ]', '4 BT: XACTION [ ]', '5 BT: RD_WAIT [ B2H ]', '6 BT: IDLE [ ]'],
  );

  expect(transactions).toMatchObject([
    { origin: 'request', command: { netFn: 6, cmd: 0x37 }, writtenUs: 1000, restarts: 1 },
  ]);
});

test('a request that was begun in a state that the log does not show is no clash', () => {
  const { clashes } = storyOf('0 Send: 18 01', '1 **Start2: 1.1', '2 BT: XACTION [ ]');

  expect(clashes).toEqual([]);
});
