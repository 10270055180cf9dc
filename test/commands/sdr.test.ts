/** Reading an SDR repository, with the repositories that are hard to read. */

import { describe, expect, test } from 'vitest';

import type { SdrItem } from '../../src/commands/index.ts';
import { Caller } from '../../src/commands/caller.ts';
import { Sdr } from '../../src/commands/sdr.ts';
import { Answering } from '../support/answering.ts';
import { commandsRig } from '../support/commands-rig.ts';
import { nonEmpty } from '../support/lists.ts';
import { compactRecord, fullRecord, record } from '../support/sdr-bytes.ts';
import { listOf, sdrRig } from '../support/sdr-rig.ts';

/** Three records, of 56, 40 and 8 bytes. */
const RECORDS = [
  fullRecord(1, { number: 1, name: 'CPU Temp' }),
  compactRecord(2, { number: 2, name: 'PSU 0 St' }),
  record(7, 0xc0, [1, 2, 3]),
];

function ids(items: readonly SdrItem[]): readonly number[] {
  return items.map(({ recordId }) => recordId);
}

function bytesOf(items: readonly SdrItem[]): readonly (readonly number[])[] {
  return items.map(({ bytes }) => [...(bytes ?? [])]);
}

test('the number of records takes one transaction', async () => {
  const { bmc, count } = await commandsRig();

  expect(await bmc.sdr.info()).toMatchObject({
    version: 0x51,
    records: 5,
    lastErase: { kind: 'since-start', seconds: 0 },
  });
  expect(count()).toBe(1);
});

test('records take one transaction each, and two for the repository', async () => {
  const { read, log } = await sdrRig({ records: RECORDS });

  const items = await read();

  expect(bytesOf(items)).toEqual(RECORDS);
  expect(items.map(({ record: one }) => one?.kind)).toEqual(['full', 'compact', 'oem']);
  expect(log()).toEqual(['info', 'sdr 0 0+255', 'sdr 2 0+255', 'sdr 7 0+255', 'info']);
});

test('an empty repository takes one', async () => {
  const { read, log } = await sdrRig({ records: [] });

  expect(await read()).toEqual([]);
  expect(log()).toEqual(['info']);
});

test('a record without its layout is an item with its bytes and its error, and not the end', async () => {
  const short = record(2, 0x01, [0x20, 0, 1]);
  const { read } = await sdrRig({ records: [RECORDS[0] ?? [], short, RECORDS[2] ?? []] });

  const items = await read();

  expect(ids(items)).toEqual([1, 2, 7]);
  expect(items[1]).toMatchObject({
    bytes: Uint8Array.from(short),
    error: {
      code: 'RESPONSE_MALFORMED',
      message: expect.stringContaining('record 0x2 of the SDR repository: byte') as string,
    },
  });
});

describe('where whole records are refused, they come in parts:', () => {
  test.each([0xca, 0xc8, 0xff, 0xc7])('with code %i', async (code) => {
    const refuse = ({ count }: { count: number }): number | undefined =>
      count > 20 ? code : undefined;
    const { read, log } = await sdrRig({ records: RECORDS, refuse });

    expect(bytesOf(await read())).toEqual(RECORDS);

    const first = ['sdr 0 0+255', 'sdr 0 0+64', 'sdr 0 0+5', 'reserve'];
    expect(log().slice(1, 10)).toEqual([
      ...first,
      ...['sdr 0 5+51', 'sdr 0 5+32', 'sdr 0 5+16', 'sdr 0 21+16', 'sdr 0 37+16'],
    ]);
    // The size is remembered.
    expect(log().slice(11, 14)).toEqual(['sdr 2 0+5', 'sdr 2 5+16', 'sdr 2 21+16']);
  });

  test('with 0xc3 too, which the driver repeats before', async () => {
    const refuse = ({ count }: { count: number }): number | undefined =>
      count > 20 ? 0xc3 : undefined;
    const { read, log } = await sdrRig({ records: RECORDS, refuse });

    expect(bytesOf(await read())).toEqual(RECORDS);
    expect(log().slice(-4, -1)).toEqual(['sdr 2 37+3', 'sdr 7 0+5', 'sdr 7 5+3']);
  });

  test('in one part, where 64 bytes are not too many', async () => {
    const refuse = ({ count }: { count: number }): number | undefined =>
      count > 64 ? 0xca : undefined;
    const { read, log } = await sdrRig({ records: RECORDS, refuse });

    expect(bytesOf(await read())).toEqual(RECORDS);
    expect(log()).toHaveLength(RECORDS.length + 3);
  });

  test('a part that is longer than the record is not asked for again', async () => {
    const lengths = new Map(RECORDS.map((one) => [one[0], one.length]));
    const refuse = (read: { recordId: number; offset: number; count: number }) => {
      const length = lengths.get(read.recordId === 0 ? 1 : read.recordId) ?? 0;
      return read.offset + read.count > length ? 0xca : undefined;
    };
    const { read, log } = await sdrRig({ records: RECORDS, refuse });

    expect(bytesOf(await read())).toEqual(RECORDS);
    expect(log().filter((word) => word.endsWith('0+64'))).toHaveLength(1);
  });
});

test('one record that cannot be read is an item, and the others are read whole', async () => {
  const refuse = ({ recordId, count }: { recordId: number; count: number }) =>
    recordId === 2 && count !== 5 ? 0xff : undefined;
  const { read, log } = await sdrRig({ records: RECORDS, refuse });

  const items = await read();

  expect(ids(items)).toEqual([1, 2, 7]);
  expect(items[1]?.error).toMatchObject({ code: 'COMMAND_FAILED', completionCode: 0xff });
  expect(log().slice(-2)).toEqual(['sdr 7 0+255', 'info']);
});

test('one whose header cannot be read either is passed by its number', async () => {
  const records = [RECORDS[0] ?? [], RECORDS[1] ?? [], record(3, 0xc0, [1, 2, 3])];
  const refuse = ({ recordId }: { recordId: number }) => (recordId === 2 ? 0xce : undefined);
  const { read } = await sdrRig({ records, refuse });

  const items = await read();

  expect(ids(items)).toEqual([1, 2, 3]);
  expect(items[1]?.error?.completionCode).toBe(0xce);
});

test('a code that is about the BMC ends the iteration', async () => {
  const { read } = await sdrRig({ records: RECORDS, refuse: () => 0xd4 });

  await expect(read()).rejects.toMatchObject({ completionCode: 0xd4 });
});

describe('a reservation that is lost is made again', () => {
  const refuse = ({ count }: { count: number }) => (count > 20 ? 0xca : undefined);

  test('and the record is read from its beginning, after a random pause', async () => {
    const { read, log, pauses } = await sdrRig({
      ...{ records: RECORDS, refuse, readsPerReservation: 8 },
    });

    expect(bytesOf(await read())).toEqual(RECORDS);
    expect(log().filter((word) => word === 'reserve')).toHaveLength(2);
    expect(pauses).toEqual([5]);
  });

  test('and no record is half of before and half of after a change', async () => {
    const before = fullRecord(1, { number: 1, name: 'CPU Temp' });
    const after = fullRecord(1, { number: 9, name: 'PSU Temp' });
    const rig = await sdrRig({
      records: [before],
      refuse: (part) => {
        if (part.offset > 10 && rig.sim.sdrs.records[0] === before) rig.sim.sdrs.replace([after]);
        return refuse(part);
      },
    });

    expect(bytesOf(await rig.read())).toEqual([after]);
  });

  test('so many times, with longer pauses', async () => {
    const options = { records: RECORDS.slice(0, 1), refuse, readsPerReservation: 1 };
    const { read, pauses } = await sdrRig(options);

    const [item] = await read();

    expect(item?.error).toMatchObject({ code: 'COMMAND_FAILED', completionCode: 0xc5 });
    expect(pauses.slice(0, 8)).toEqual([5, 10, 20, 40, 80, 160, 320, 320]);
    expect(pauses).toHaveLength(16);
  });
});

test('a BMC of which every reservation is lost is given up after three records', async () => {
  const refuse = ({ count }: { count: number }) => (count > 20 ? 0xca : undefined);
  const numbers = Array.from({ length: 9 }, (_, at) => at + 1);
  const records = numbers.map((number) => fullRecord(number, { number, name: 'CPU Temp' }));
  const { read, log } = await sdrRig({ records, refuse, readsPerReservation: 1 });

  await expect(read()).rejects.toMatchObject({ code: 'COMMAND_FAILED', completionCode: 0xc5 });

  expect(log().filter((word) => word === 'reserve')).toHaveLength(1 + 3 * 16);
});

test('a record of 260 bytes that comes in parts only is an error, and no RangeError', async () => {
  const record = [1, 0, 0x51, 0xc0, 255, ...Array<number>(255).fill(1)];
  const requester = new Answering(({ cmd, data = new Uint8Array() }) => {
    if (cmd === 0x22) return [0, 1, 0];
    if (cmd === 0x20) return [0, 0x51, 1, 0, 0, 0, ...Array<number>(8).fill(1), 2];
    const [, , , , offset = 0, count = 0] = data;
    return count > 64 ? [0xca] : [0, 0xff, 0xff, ...record.slice(offset, offset + count)];
  });

  const [item] = await listOf(new Sdr(new Caller(requester)).records());

  expect(item?.error?.message).toBe(
    'RESPONSE_MALFORMED: record 0x0 of the SDR repository: its bytes from 256 on have no offset, ' +
      'and the BMC does not give it whole',
  );
});

describe('a BMC that ignores how many bytes are wanted', () => {
  const refuse = ({ count }: { count: number }) => (count > 20 ? 0xca : undefined);

  test.each([
    ['gives the whole record', 'whole'],
    ['gives too long a first part', 30],
  ] as const)('and %s is understood', async (_, ignoresCount) => {
    const { read } = await sdrRig({ records: RECORDS, refuse, ignoresCount });

    expect(bytesOf(await read())).toEqual(RECORDS);
  });
});

describe('a loop of the repository is an error in the place of a record:', () => {
  test.each([
    ['a record that follows itself', (id: number, right: number) => (id === 2 ? 2 : right)],
    ['the first one again', (id: number, right: number) => (id === 7 ? 1 : right)],
  ])('%s', async (_, nextId) => {
    const { read, log } = await sdrRig({ records: RECORDS, nextId });

    const items = await read();

    expect(items.at(-1)?.error?.message).toContain('the SDR repository: there is a loop');
    expect(items.length).toBeLessThanOrEqual(RECORDS.length + 1);
    // Each record is read once.
    expect(log().length).toBeLessThanOrEqual(RECORDS.length + 2);
  });
});

describe('a repository that changes while it is read', () => {
  test('is read again, and each record told once', async () => {
    const [first = [], second = []] = RECORDS;
    const rig = await sdrRig({
      records: [first, second],
      refuse: ({ recordId }) => {
        if (recordId === 2) rig.sim.sdrs.replace(changes.shift() ?? rig.sim.sdrs.records);
        return undefined;
      },
      ...{ changedAt: [1_600_000_000, 0] },
    });
    const added = fullRecord(3, { number: 3, name: 'Inlet' });
    const changes = [[first, second, added]];
    rig.sim.sdrs.replace([first, second]);

    const items = await rig.read();

    expect(ids(items)).toEqual([1, 2, 3, 0xffff]);
    expect(items.at(-1)?.error?.message).toContain('have changed 3 times');
  });

  test('a record that is gone is no error when the repository was changed', async () => {
    const [first = [], second = [], third = []] = RECORDS;
    let isOver = false;
    const rig = await sdrRig({
      records: RECORDS,
      refuse: ({ recordId }) => {
        if (recordId === 2 && !isOver) rig.sim.sdrs.replace([first, third]);
        isOver ||= recordId === 2;
        return undefined;
      },
    });

    expect(second.length).toBeGreaterThan(0);
    expect(ids(await rig.read())).toEqual([1, 7]);
  });

  test('a record that is told and is not there is one, when nothing was changed', async () => {
    const nextId = (id: number, right: number): number => (id === 2 ? 99 : right);
    const { read } = await sdrRig({ records: RECORDS, nextId });

    const items = await read();

    expect(ids(items)).toEqual([1, 2, 99]);
    expect(items.at(-1)?.error?.completionCode).toBe(0xcb);
  });
});

test('a signal ends the iteration', async () => {
  const { read } = await sdrRig({ records: RECORDS });
  const aborter = new AbortController();
  aborter.abort();

  await expect(read({ signal: aborter.signal })).rejects.toMatchObject({
    code: 'REQUEST_ABORTED',
  });
});

test('300 records are read', async () => {
  const records = Array.from({ length: 300 }, (_, at) => fullRecord(at + 1, { number: at & 0xff }));
  const { read, log } = await sdrRig({ records });

  expect(nonEmpty(ids(await read()))).toHaveLength(300);
  expect(log()).toHaveLength(302);
});
