/** `ipmitool fru write`, `edit` and `internaluse write`: a FRU on which both write the same. */

import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import type { RequestInput } from '../../../src/ipmi/requester.ts';
import { directBmc } from '../../support/direct-bmc.ts';
import { ipmitoolBmc } from '../../support/ipmitool-bmc.ts';
import { compareWithIpmitool } from '../../support/ipmitool-comparison.ts';
import { IPMITOOL_FRU } from '../../support/ipmitool-entries.ts';
import { runOurs } from '../../support/ipmitool-ours.ts';

const FOLDER = mkdtempSync(join(tmpdir(), 'ipmi-bt-fru-write-'));

/** A file of so many bytes. */
function fileOf(name: string, bytes: Uint8Array): string {
  const path = join(FOLDER, name);
  writeFileSync(path, bytes);
  return path;
}

const WHOLE = fileOf(
  'whole',
  IPMITOOL_FRU.map((byte) => byte ^ 0x55),
);
const SHORT = fileOf('short', IPMITOOL_FRU.subarray(0, 51));
const LONG = fileOf('long', new Uint8Array(IPMITOOL_FRU.length + 9).fill(7));
const EMPTY = fileOf('empty', new Uint8Array());
const INTERNAL = fileOf(
  'internal',
  Uint8Array.from({ length: 16 }, (_, at) => at),
);

/** ipmitool crashes at it: the text has the form of bytes. */
const CRASHES = `fru edit 0 field c 3 'Sixteen letters.'`;

const EDITS = ['c', 'b', 'p']
  .flatMap((area) =>
    ['0', '1', '2', '3', '4', '5', '6', '9', 'x'].flatMap((index) =>
      ['Serial 0815', 'Sixteen letters.', 'A text of some length'].map(
        (text) => `fru edit 0 field ${area} ${index} '${text}'`,
      ),
    ),
  )
  .filter((line) => line !== CRASHES);

/** Refuses to write before an offset. */
function protectedUpTo(end: number): (input: RequestInput) => readonly number[] | undefined {
  return ({ netFn, cmd, data }) =>
    netFn === 0x0a && cmd === 0x12 && (data?.[1] ?? 0) < end ? [0x80] : undefined;
}

/** Answers every write with this code. */
function refusing(code: number): (input: RequestInput) => readonly number[] | undefined {
  return ({ netFn, cmd }) => (netFn === 0x0a && cmd === 0x12 ? [code] : undefined);
}

const WRITES = `
    fru write 0 ${WHOLE}
    fru write 0 ${SHORT}
    -v fru write 0 ${SHORT}
    fru edit 0 field b 1 'A text of some length'
    `;

compareWithIpmitool(
  {
    title: 'fru',
    over: 'open',
    bmc: ipmitoolBmc,
    lines: `
    ${WRITES}
    ${EDITS.join('\n')}
    -z 100 fru write 0 ${WHOLE}
    -z 33 fru write 0 ${WHOLE}
    -z 20 fru write 0 ${SHORT}
    -z 4 fru write 0 ${SHORT}
    -z 65535 fru write 0 ${SHORT}
    fru write 0 ${LONG}
    fru write 0 ${EMPTY}
    fru write 0 ${FOLDER}/none
    fru write 1 ${WHOLE}
    fru write 0 ''
    fru internaluse 0 write ${INTERNAL}
    fru internaluse 0 write ${SHORT}
    fru internaluse 0 write ${FOLDER}/none
    fru internaluse 1 write ${INTERNAL}
    fru edit 0
    fru edit 1
    fru edit 0 oem
    fru edit 0 oem 15000 3 0 name 0 a b c d
    -v fru edit 0 field b 0 AB C
    fru edit 0 field b
    fru edit 0 field q 0 Text
    fru edit 0 field '' 0 Text
    fru edit 0 field b '' Text
    fru edit 0 field b 0 ''
    fru edit 1 field b 0 Text
    `,
  },
  {
    title: 'fru that is protected in part',
    over: 'open',
    bmc: () => ({ ...ipmitoolBmc(), answer: protectedUpTo(24) }),
    lines: WRITES,
  },
  {
    title: 'fru that is protected',
    over: 'open',
    bmc: () => ({ ...ipmitoolBmc(), answer: refusing(0x80) }),
    lines: WRITES,
  },
  {
    title: 'fru by words',
    over: 'open',
    bmc: () => ({ ...ipmitoolBmc(), fru: { bytes: IPMITOOL_FRU, isByWords: true } }),
    lines: `
    fru write 0 ${WHOLE}
    fru write 0 ${SHORT}
    `,
  },
  {
    title: 'fru without areas',
    over: 'open',
    bmc: () => ({
      ...ipmitoolBmc(),
      fru: { bytes: IPMITOOL_FRU.map((byte, at) => (at > 0 && at < 6 ? 0 : byte)) },
    }),
    lines: `
    ${WRITES}
    fru internaluse 0 write ${INTERNAL}
    `,
  },
);

test('a write that is too long for a BMC is shorter the next time', async () => {
  const sent: number[] = [];
  const answer = ({ netFn, cmd, data = new Uint8Array() }: RequestInput) => {
    if (netFn !== 0x0a || cmd !== 0x12) return undefined;
    sent.push(data.length);
    return data.length > 30 ? [0xc7] : undefined;
  };
  const headless = IPMITOOL_FRU.map((byte, at) => (at === 0 ? 2 : byte));
  const bmc = directBmc({ ...ipmitoolBmc(), fru: { bytes: headless }, answer });

  const done = await runOurs(['fru', 'write', '0', SHORT], bmc);

  expect(done.exit).toBe(0);
  expect(sent).toEqual([38, 30, 27]);
  expect([...bmc.bmc.parts.fru.bytes.subarray(0, 51)]).toEqual([...IPMITOOL_FRU.subarray(0, 51)]);
});

test('areas that move to the front leave zeros at the end', async () => {
  const bmc = directBmc(ipmitoolBmc());

  await runOurs(['fru', 'edit', '0', 'field', 'c', '1', 'A'], bmc);

  const { bytes } = bmc.bmc.parts.fru;
  const moved = bytes.subarray(64);
  expect([...moved]).toEqual([...IPMITOOL_FRU.subarray(72), ...new Uint8Array(8)]);
});

test('a text at which ipmitool crashes is not written', async () => {
  const bmc = directBmc(ipmitoolBmc());

  const done = await runOurs(['fru', 'edit', '0', 'field', 'c', '3', 'Sixteen letters.'], bmc);

  expect(done).toMatchObject({ exit: 1, stderr: 'The text does not fit: the area has 48 bytes\n' });
  expect(bmc.commandsSent()).not.toContain(0x12);
});

test('a FRU that cannot be read whole is not written', async () => {
  const answer = ({ netFn, cmd, data }: RequestInput) =>
    netFn === 0x0a && cmd === 0x11 && (data?.[1] ?? 0) > 200 ? [0xff] : undefined;
  const bmc = directBmc({
    ...ipmitoolBmc(),
    fru: { bytes: IPMITOOL_FRU, readBytesMax: 16 },
    answer,
  });

  const done = await runOurs(['fru', 'edit', '0', 'field', 'b', '0', 'Longer than it was'], bmc);

  expect(done).toMatchObject({ exit: 1, stdout: expect.stringContaining('Fru Size') as string });
  expect(bmc.commandsSent()).not.toContain(0x12);
});
