/** `ipmitool sdr fill`: both programs erase the repository, and add the same records. */

import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import type { RequestInput } from '../../../src/ipmi/requester.ts';
import { directBmc } from '../../support/direct-bmc.ts';
import { ipmitoolBmc } from '../../support/ipmitool-bmc.ts';
import { compareWithIpmitool } from '../../support/ipmitool-comparison.ts';
import { IPMITOOL_RECORDS } from '../../support/ipmitool-records.ts';
import { runOurs } from '../../support/ipmitool-ours.ts';

const FOLDER = mkdtempSync(join(tmpdir(), 'ipmi-bt-sdr-fill-'));

function fileOf(name: string, bytes: readonly number[]): string {
  const path = join(FOLDER, name);
  writeFileSync(path, Uint8Array.from(bytes));
  return path;
}

const SOME = IPMITOOL_RECORDS.slice(0, 3);
const WHOLE = fileOf('whole', IPMITOOL_RECORDS.flat());
const FEW = fileOf('few', SOME.flat());
const CUT = fileOf('cut', SOME.flat().slice(0, -1));
const EMPTY = fileOf('empty', []);

const [STORAGE, PARTIAL_ADD, CLEAR] = [0x0a, 0x25, 0x27];

/** The number that each record gets. */
const RECORD_ID = 0x17;

/** Answers of a repository that can be filled; `others` are looked at first. */
function filling(others: Readonly<Record<number, readonly number[]>> = {}) {
  return ({ netFn, cmd }: RequestInput): readonly number[] | undefined => {
    if (netFn !== STORAGE) return undefined;
    const other = others[cmd];
    if (other !== undefined) return other;
    if (cmd === CLEAR) return [0, 0x01];
    return cmd === PARTIAL_ADD ? [0, RECORD_ID, 0x00] : undefined;
  };
}

/** The BMC erases during one look, or some. */
function erasing(looks: number) {
  let left = looks;
  return (input: RequestInput): readonly number[] | undefined => {
    const isLook = input.netFn === STORAGE && input.cmd === CLEAR;
    if (isLook && left > 0) {
      left -= 1;
      return [0, 0x00];
    }
    return filling()(input);
  };
}

const bmc = { ...ipmitoolBmc(), deviceSdrs: SOME };

compareWithIpmitool(
  {
    title: 'sdr fill',
    bmc: () => ({ ...bmc, answer: filling() }),
    lines: `
    sdr fill nosat
    -v sdr fill nosat
    sdr fill range 0xb1
    sdr fill range 0xb1,0xb3
    sdr fill range 0xb1-0xb3
    sdr fill range 0xb0,0xb2,0xb4
    sdr fill range b0
    sdr fill range 0xB0-b2
    sdr fill range ,0xb0
    sdr fill range ''
    sdr fill range 0xzz
    `,
  },
  {
    title: 'sdr fill of a BMC that needs time',
    bmc: () => ({ ...bmc, answer: erasing(1) }),
    lines: 'sdr fill nosat',
  },
  {
    title: 'sdr fill of a BMC that cannot be erased',
    bmc: () => ({ ...bmc, answer: filling({ [CLEAR]: [0xc1] }) }),
    lines: `
    sdr fill file ${FEW}
    sdr fill nosat
    sdr fill range 0xb1
    `,
  },
  {
    title: 'sdr fill of a BMC without reservations',
    bmc: () => ({ ...bmc, answer: filling({ 0x22: [0xc1] }) }),
    lines: `
    sdr fill file ${FEW}
    `,
  },
  {
    title: 'sdr fill of a BMC that takes no record',
    bmc: () => ({ ...bmc, answer: filling({ [PARTIAL_ADD]: [0xd5] }) }),
    lines: `
    sdr fill nosat
    sdr fill range 0xb1
    `,
  },
  {
    title: 'sdr fill of a BMC that takes a part of a record',
    bmc: () => ({
      ...bmc,
      answer: (input) =>
        input.netFn === STORAGE && input.cmd === PARTIAL_ADD && (input.data?.[4] ?? 0) > 20
          ? [0xc9]
          : filling()(input),
    }),
    lines: 'sdr fill nosat',
  },
);

/** The records that a BMC was given, each whole; a part of another record is one of its own. */
function added(sim: ReturnType<typeof directBmc>): readonly (readonly number[])[] {
  const all: number[][] = [];
  for (const { netFn, cmd, data = new Uint8Array() } of sim.requests()) {
    if (netFn !== STORAGE || cmd !== PARTIAL_ADD) continue;
    const [, , idLow, , offset, , ...bytes] = data;
    if (offset === 0 || idLow !== RECORD_ID) all.push([]);
    all.at(-1)?.push(...bytes);
  }
  return all;
}

// ipmitool writes the same, and crashes at its end.
test.each([
  ['all records', WHOLE, IPMITOOL_RECORDS],
  ['some', FEW, SOME],
])('%s of a file are written', async (_, path, records) => {
  const sim = directBmc({ ...bmc, answer: filling() });

  const done = await runOurs(['sdr', 'fill', 'file', path], sim);

  expect(done).toEqual({ stdout: 'SDRR successfully erased\n', stderr: '', exit: 0 });
  expect(added(sim)).toEqual(records);
});

test('a range adds the records of its controllers to those of the BMC', async () => {
  const sim = directBmc({ ...bmc, answer: filling() });

  const done = await runOurs(['sdr', 'fill', 'range', '0xb0,0xb4-0xb6'], sim);

  const lines = [
    'Load SDRs from 0x20',
    ...['b0', 'b4', 'b6'].map((at) => `Load SDRs from 0x${at}`),
  ];
  expect(done.stdout).toContain('List to scan: (Built-in) b0 b4 b6 \nClearing SDR Repository\n');
  expect(done.stdout.match(/Load SDRs from \S+/g)).toEqual(lines);
  const own = IPMITOOL_RECORDS;
  expect(added(sim)).toEqual([...SOME, ...own, ...own, ...own]);
});

test('sensors asks each place of a chassis', async () => {
  const sim = directBmc({ ...bmc, answer: filling() });

  const done = await runOurs(['sdr', 'fill', 'sensors'], sim);

  const places = done.stdout.match(/0x[b-d].$/gm) ?? [];
  expect(places).toHaveLength(21);
  expect(places).not.toContain('0xc2');
  expect([places[0], places.at(-1)]).toEqual(['0xb0', '0xda']);
});

test.each([
  ['a file that is not there', ['file', join(FOLDER, 'none')]],
  ['a file that ends within a record', ['file', CUT]],
  ['a file without a record', ['file', EMPTY]],
  ['controllers without records', ['nosat']],
  ['a range of them', ['range', '0xb0']],
  ['a range that does not go up', ['range', '0xb4-0xb0']],
])('%s is no reason to erase the repository', async (_, words) => {
  const answer = (input: RequestInput) => (input.netFn === 0x04 ? [0xc1] : filling()(input));
  const sim = directBmc({ deviceSdrs: [], sdrs: { records: [] }, answer });

  const done = await runOurs(['sdr', 'fill', ...words], sim);

  expect(done).toMatchObject({ exit: 1, stderr: expect.stringMatching(/./) as string });
  expect(sim.commandsSent()).not.toContain(CLEAR);
});
