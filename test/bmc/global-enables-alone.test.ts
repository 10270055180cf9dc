/** Bits of the BMC Global Enables: when they are asked for, set and put back. */

import { expect, test } from 'vitest';

import type { Asker } from '../../src/bmc/ask.ts';
import { GlobalEnables } from '../../src/bmc/global-enables.ts';
import { sectionsOf } from '../../src/bmc/section.ts';
import { ownSettings } from '../../src/share/settings.ts';

const [SET, GET] = [0x2e, 0x2f];

/** The event message buffer; the others are for interrupts. */
const EVENTS = 0x04;

/** A BMC with these enables, and what it was asked: command, then data. */
function bench(enables: number) {
  const bmc = { enables, getCode: 0x00, setCode: 0x00, hasData: true };
  const asked: (readonly number[])[] = [];
  const asker: Asker = {
    request: ({ cmd, data = [] }) => {
      asked.push([cmd, ...data]);
      const completionCode = cmd === GET ? bmc.getCode : bmc.setCode;
      if (cmd === SET && completionCode === 0) bmc.enables = data[0] ?? 0;
      const bytes = cmd === GET && bmc.hasData ? [bmc.enables] : [];
      return Promise.resolve({ completionCode, data: Uint8Array.from(bytes) });
    },
  };
  const idle = { doubt: () => undefined, trust: () => undefined };
  const section = sectionsOf(idle, { keep: () => undefined });
  const globalEnables = new GlobalEnables({ asker, section, settings: ownSettings() });
  return { bmc, asked, globalEnables };
}

test('is set beside the others, and put back', async () => {
  const { bmc, asked, globalEnables } = bench(0xa9);

  expect(await globalEnables.set(EVENTS)).toBe(true);
  expect(bmc.enables).toBe(0xad);
  expect(await globalEnables.putBack(EVENTS)).toBe(true);

  expect(asked).toEqual([[GET], [SET, 0xad], [GET], [SET, 0xa9]]);
});

test('that is set already is neither set nor cleared', async () => {
  const { asked, globalEnables } = bench(0x0c);

  expect(await globalEnables.set(EVENTS)).toBe(true);
  expect(await globalEnables.putBack(EVENTS)).toBe(true);

  expect(asked).toEqual([[GET], [GET]]);
});

test('that was never asked for is not put back, and what was put back is not put back again', async () => {
  const { asked, globalEnables } = bench(0x08);
  expect(await globalEnables.putBack(EVENTS)).toBe(true);
  expect(asked).toEqual([]);
  await globalEnables.set(EVENTS);
  await globalEnables.putBack(EVENTS);
  asked.length = 0;

  expect(await globalEnables.putBack(EVENTS)).toBe(true);

  expect(asked).toEqual([]);
});

test('is put back as it was found first, though the BMC has restarted since', async () => {
  const { bmc, asked, globalEnables } = bench(0x0c);
  await globalEnables.set(EVENTS);
  bmc.enables = 0x08;
  await globalEnables.set(EVENTS);
  expect(bmc.enables).toBe(0x0c);
  asked.length = 0;

  expect(await globalEnables.putBack(EVENTS)).toBe(true);

  expect([asked, bmc.enables]).toEqual([[[GET]], 0x0c]);
});

test('is put back as it was found first, though another user has left since', async () => {
  const { bmc, globalEnables } = bench(0x0c);
  await globalEnables.set(EVENTS);
  await globalEnables.set(0x03);
  bmc.enables = 0x08;
  await globalEnables.set(EVENTS);
  await globalEnables.putBack(0x03);

  await globalEnables.putBack(EVENTS);

  expect(bmc.enables & EVENTS).toBe(EVENTS);
});

test('is found anew by the next listener', async () => {
  const { bmc, globalEnables } = bench(0x0c);
  await globalEnables.set(EVENTS);
  await globalEnables.putBack(EVENTS);
  bmc.enables = 0x08;

  await globalEnables.set(EVENTS);
  await globalEnables.putBack(EVENTS);

  expect(bmc.enables).toBe(0x08);
});

test.each([
  ['would not say', { getCode: 0xc1, hasData: false }, 0xc1],
  ['would not say, and sends something', { getCode: 0xc1 }, 0xc1],
  ['says nothing', { hasData: false }, 0x00],
])('is not set where the BMC %s', async (_, how, completionCode) => {
  const { bmc, asked, globalEnables } = bench(0x08);
  Object.assign(bmc, how);

  expect(await globalEnables.set(EVENTS)).toEqual({ cmd: GET, completionCode });
  expect(await globalEnables.putBack(EVENTS)).toBe(true);

  expect(asked).toEqual([[GET]]);
});

test('may have been set where the BMC did not say so, and is put back', async () => {
  const { bmc, asked, globalEnables } = bench(0x08);
  const refused = { cmd: SET, completionCode: 0xce };
  bmc.setCode = 0xce;

  expect(await globalEnables.set(EVENTS)).toEqual(refused);
  bmc.enables = 0x0c;
  expect(await globalEnables.putBack(EVENTS)).toEqual(refused);

  expect(asked).toEqual([[GET], [SET, 0x0c], [GET], [SET, 0x08]]);
});

test('that could not be put back is put back by the next listener', async () => {
  const { bmc, globalEnables } = bench(0x08);
  await globalEnables.set(EVENTS);
  bmc.getCode = 0xc0;
  expect(await globalEnables.putBack(EVENTS)).toEqual({ cmd: GET, completionCode: 0xc0 });
  bmc.getCode = 0;

  await globalEnables.set(EVENTS);
  await globalEnables.putBack(EVENTS);

  expect(bmc.enables).toBe(0x08);
});

test('what a caller has set meanwhile stays, but for the bit that is put back', async () => {
  const { bmc, globalEnables } = bench(0x08);
  await globalEnables.set(EVENTS);
  bmc.enables = 0x24;

  await globalEnables.putBack(EVENTS);

  expect(bmc.enables).toBe(0x20);
});

test('those of two users are set and put back apart, one after the other', async () => {
  const { bmc, asked, globalEnables } = bench(0x08);

  const both = [globalEnables.set(EVENTS), globalEnables.set(0x03)];
  expect(await Promise.all(both)).toEqual([true, true]);
  expect(asked).toEqual([[GET], [SET, 0x0c], [GET], [SET, 0x0f]]);

  expect(await globalEnables.putBack(0x03)).toBe(true);
  expect(bmc.enables).toBe(0x0c);
  expect(await globalEnables.putBack(EVENTS)).toBe(true);
  expect(bmc.enables).toBe(0x08);
});

test('a BMC that fails one user fails not the next', async () => {
  const { bmc, globalEnables } = bench(0x08);
  bmc.getCode = 0xc1;
  expect(await globalEnables.set(0x03)).toMatchObject({ completionCode: 0xc1 });
  bmc.getCode = 0;

  expect(await globalEnables.set(EVENTS)).toBe(true);
  expect(bmc.enables).toBe(0x0c);
});

test('those of two users are put back together in the end', async () => {
  const { bmc, asked, globalEnables } = bench(0x08);
  await globalEnables.set(EVENTS);
  await globalEnables.set(0x03);
  asked.length = 0;

  globalEnables.end();
  expect(await Promise.all([0x03, EVENTS].map((bits) => globalEnables.putBack(bits)))).toEqual([
    true,
    true,
  ]);

  expect([asked, bmc.enables]).toEqual([[[GET], [SET, 0x08]], 0x08]);
});
