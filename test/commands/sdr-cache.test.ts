/** The cache of an SDR repository. */

import { describe, expect, test } from 'vitest';

import { cacheText, recordsIn } from '../../src/commands/sdr-cache.ts';
import { compactRecord, fullRecord } from '../support/sdr-bytes.ts';
import { memory, sdrRig } from '../support/sdr-rig.ts';

const GUID = '00112233-4455-6677-8899-aabbccddeeff';
const RECORDS = [fullRecord(1, { number: 1 }), compactRecord(2, { number: 2 })];
const COLD = ['system-guid', 'info', 'sdr 0 0+255', 'sdr 2 0+255', 'info'];
const WARM = ['system-guid', 'info'];

test('cold takes records + 3 transactions, and warm 2, with the same items', async () => {
  const { read, log } = await sdrRig({ records: RECORDS }, GUID);
  const cache = memory();

  const cold = await read({ cache });
  expect(log()).toEqual(COLD);
  const warm = await read({ cache });
  expect(log()).toEqual(WARM);

  expect(warm).toEqual(cold);
  expect([...cache.texts.keys()]).toEqual([`sdr-${GUID}`]);
});

test('a repository that was changed is read again', async () => {
  const { sim, read, log } = await sdrRig({ records: RECORDS }, GUID);
  const cache = memory();
  await read({ cache });
  sim.sdrs.replace(RECORDS.slice(0, 1));

  expect(await read({ cache })).toHaveLength(1);

  expect(log()).toEqual(['system-guid', 'info', 'sdr 0 0+255', 'info']);
  await read({ cache });
  expect(log()).toEqual(WARM);
});

const CHANGED_S = 1_600_000_000;

test.each([
  ['addition', [CHANGED_S + 1, CHANGED_S]],
  ['erasure', [CHANGED_S, CHANGED_S + 1]],
] as const)('a text of before the last %s is not used, however alike', async (_, changedAt) => {
  const cache = memory();
  const before = await sdrRig({ records: RECORDS, changedAt: [CHANGED_S, CHANGED_S] }, GUID);
  await before.read({ cache });
  const changed = [fullRecord(1, { number: 9 }), compactRecord(2, { number: 2 })];
  const { read, log } = await sdrRig({ records: changed, changedAt }, GUID);

  const items = await read({ cache });

  expect(log()).toEqual(COLD);
  expect(items.map(({ bytes }) => [...(bytes ?? [])])).toEqual(changed);
});

describe('a text that is', () => {
  test.each<[string, (text: string) => string]>([
    ['empty', () => ''],
    ['cut', (text) => text.slice(0, 100)],
    ['no JSON', () => '{'],
    ['another JSON', () => '[1, 2]'],
    ['null', () => 'null'],
    ['changed in one digit', (text) => text.replace('"5', '"6').replace('"0100', '"0101')],
    ['of another version', (text) => text.replace('"version":1', '"version":2')],
    ['of another form', (text) => text.replace('ipmi-bt/', 'other/')],
    ['without records', (text) => text.replace(/"records":.*/, '"records":5}')],
  ])('%s does no harm', async (_, spoil) => {
    const { read, log } = await sdrRig({ records: RECORDS }, GUID);
    const cache = memory();
    const cold = await read({ cache });
    const key = `sdr-${GUID}`;
    const text = cache.texts.get(key) ?? '';
    expect(spoil(text)).not.toBe(text);
    cache.texts.set(key, spoil(text));

    expect(await read({ cache })).toEqual(cold);

    expect(log()).toEqual(COLD);
    expect(cache.texts.get(key)).toBe(text);
  });
});

describe('nothing is kept', () => {
  test.each([
    ['of a BMC without times', [0, 0]],
    ['of one whose times are unspecified', [0xffffffff, 0]],
  ] as const)('%s', async (_, changedAt) => {
    const { read } = await sdrRig({ records: RECORDS, changedAt }, GUID);
    const cache = memory();

    await read({ cache });

    expect(cache.texts.size).toBe(0);
  });

  test('when a record could not be read', async () => {
    const refuse = ({ recordId }: { recordId: number }) => (recordId === 2 ? 0xce : undefined);
    const { read } = await sdrRig({ records: RECORDS, refuse }, GUID);
    const cache = memory();

    await read({ cache });

    expect(cache.texts.size).toBe(0);
  });

  test('when it was not read to its end', async () => {
    const { read, sim } = await sdrRig({ records: RECORDS }, GUID);
    const cache = memory();
    sim.fail('code', { code: 0xd4, skip: 3 });

    await expect(read({ cache })).rejects.toMatchObject({ completionCode: 0xd4 });

    expect(cache.texts.size).toBe(0);
  });
});

test('a BMC without a system GUID is known by its own, and one without any is not', async () => {
  const nil = '00000000-0000-0000-0000-000000000000';
  const { read, log } = await sdrRig({ records: RECORDS }, nil);
  const cache = memory();

  await read({ cache });

  expect(log().slice(0, 3)).toEqual(['system-guid', 'device-guid', 'info']);
  expect(cache.texts.size).toBe(0);
});

test('a text is of one state only', () => {
  const text = cacheText('a', [Uint8Array.of(1, 2)]);

  expect(recordsIn(text, 'a')).toEqual([Uint8Array.of(1, 2)]);
  expect(recordsIn(text, 'b')).toBeUndefined();
});
