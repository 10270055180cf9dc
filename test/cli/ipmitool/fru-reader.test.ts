/** Reads of a FRU over an interface whose answers end before the bytes that they announce. */

import { expect, test } from 'vitest';

import { FruReader } from '../../../src/cli/ipmitool/fru-reader.ts';
import type { Session } from '../../../src/cli/ipmitool/session.ts';
import type { Requester } from '../../../src/ipmi/requester.ts';
import { VirtualClock } from '../../../src/sim/virtual-clock.ts';
import { inputOf } from '../../support/ipmitool-ours.ts';

const SIZE = 200;
const BYTES = Uint8Array.from({ length: SIZE }, (_, at) => (at * 7) & 0xff);

/** A FRU whose answers have `most` bytes of data at most, whatever number they begin with. */
function readerOf(most: number) {
  const asked: (readonly [offset: number, count: number])[] = [];
  const [printed, complained]: [string[], string[]] = [[], []];
  const requester: Requester = {
    request: ({ data = new Uint8Array() }) => {
      const [, low = 0, high = 0, count = 0] = data;
      const offset = low + (high << 8);
      asked.push([offset, count]);
      const bytes = BYTES.slice(offset, offset + count);
      const reply = Uint8Array.of(bytes.length, ...bytes).slice(0, most);
      return Promise.resolve({ completionCode: 0, data: reply });
    },
  };
  const choices = { ...{ verbose: 0, logs: 0, csv: false, lun: 0, target: 0x20, channel: 0 } };
  const session: Session = {
    ...{
      requester,
      choices: { ...choices, own: 0x20, hasOwn: false, asked: 0, longestRequest: 0 },
    },
    ...{ memory: { isExtended: false, running: new Set() }, input: inputOf('') },
    ...{ signal: undefined, clock: new VirtualClock(), ask: () => undefined },
    print: (text) => void printed.push(text),
    complain: (text) => void complained.push(text),
  };
  const reader = new FruReader({ session, requester, id: 0 }, SIZE, false);
  return { reader, asked, printed, complained };
}

test('an answer that is cut is asked for again in small parts, and all bytes are read', async () => {
  const { reader, asked, printed, complained } = readerOf(40);

  const part = await reader.part(0, SIZE);

  expect(part).toEqual({ isRead: true, bytes: BYTES });
  // Not the bytes that the cut answer had: ipmitool takes none of them.
  expect(asked.slice(0, 2)).toEqual([
    [0, SIZE],
    [0, 32],
  ]);
  expect(asked.slice(1).map(([, count]) => count)).toEqual([32, 32, 32, 32, 32, 32, 8]);
  expect([printed, complained]).toEqual([[], []]);
});

test('bytes that were read ahead count as far as they came', async () => {
  const { reader, asked } = readerOf(40);

  expect(await reader.part(0, 20)).toEqual({ isRead: true, bytes: BYTES.slice(0, 20) });
  expect(await reader.part(20, 30)).toEqual({ isRead: true, bytes: BYTES.slice(20, 50) });
  // The first answer had 39 bytes, so that the second part begins with known ones.
  expect(asked[0]).toEqual([0, SIZE]);
  expect(asked[1]?.[0]).toBe(39);
});

test('an answer that is cut below 32 bytes ends the part', async () => {
  const { reader, printed } = readerOf(9);

  expect(await reader.part(0, SIZE)).toEqual({ isRead: false });
  expect(printed).toEqual([' Not enough buffer size']);
});

test('an answer without a byte ends the part', async () => {
  const { reader, asked, printed } = readerOf(0);

  expect(await reader.part(0, SIZE)).toEqual({ isRead: false });
  expect(printed).toEqual([' Not enough buffer size']);
  expect(asked.map(([, count]) => count)).toEqual([SIZE, 32]);
});
