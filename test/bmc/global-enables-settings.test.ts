/** What becomes of the settings that processes share when enables are put back. */

import { expect, test } from 'vitest';

import { GlobalEnables } from '../../src/bmc/global-enables.ts';
import { sectionsOf } from '../../src/bmc/section.ts';
import { ownSettings } from '../../src/share/settings.ts';
import type { Released, Setting } from '../../src/share/settings.ts';

const [SET, GET] = [0x2e, 0x2f];
const EVENTS = 0x04;

/** A setting that writes down its calls, and is released like this. */
class Recorded implements Setting {
  readonly calls: string[] = [];
  readonly #released: Released;
  isNeeded = false;

  constructor(released: Released) {
    this.#released = released;
  }

  need(isOn: boolean): void {
    this.isNeeded = true;
    this.calls.push(`need ${isOn}`);
  }

  release(): Released {
    const released = this.isNeeded ? this.#released : 'needed';
    this.isNeeded = false;
    this.calls.push(`release ${released}`);
    return released;
  }

  settle(isOff: boolean): void {
    this.calls.push(`settle ${isOff}`);
  }

  close(): void {
    this.calls.push('close');
  }
}

/** Sets a bit, and puts it back at a BMC that answers then as `answer` does. */
async function putBack(released: Released, answer: (cmd: number) => number) {
  const setting = new Recorded(released);
  let isBack = false;
  const globalEnables = new GlobalEnables({
    asker: {
      request: ({ cmd }) => {
        const completionCode = isBack ? answer(cmd) : 0;
        const data = Uint8Array.from(cmd === GET ? [isBack ? 0x0c : 0x08] : []);
        return Promise.resolve({ completionCode, data });
      },
    },
    section: sectionsOf(
      { doubt: () => undefined, trust: () => undefined },
      { keep: () => undefined },
    ),
    settings: { ...ownSettings(), enable2: setting },
  });
  await globalEnables.set(EVENTS);
  setting.calls.length = 0;
  isBack = true;
  const result = await globalEnables.putBack(EVENTS).catch(String);
  return { result, calls: setting.calls };
}

test('it was ours: it is settled as the BMC has cleared it', async () => {
  const { result, calls } = await putBack('ours', () => 0);

  expect(result).toBe(true);
  expect(calls).toEqual(['release ours', 'settle true', 'release needed']);
});

test.each(['found', 'needed'] as const)(
  'it was %s: there is nothing to settle',
  async (released) => {
    const { result, calls } = await putBack(released, () => 0);

    expect(result).toBe(true);
    expect(calls).toEqual([`release ${released}`, 'release needed']);
  },
);

test('the BMC would not clear it: it is settled as on', async () => {
  const { result, calls } = await putBack('ours', (cmd) => (cmd === SET ? 0xce : 0));

  expect(result).toEqual({ cmd: SET, completionCode: 0xce });
  expect(calls).toEqual(['release ours', 'settle false', 'release needed']);
});

test('the BMC did not answer: it is settled as on', async () => {
  const { result, calls } = await putBack('ours', (cmd) => {
    if (cmd === SET) throw new Error('silent');
    return 0;
  });

  expect(result).toBe('Error: silent');
  expect(calls).toEqual(['release ours', 'settle false', 'release needed']);
});

test.each([
  ['ours', ['release ours', 'settle false']],
  ['found', ['release found']],
  ['needed', ['release needed']],
] as const)('the BMC would not say its enables: released as %s', async (released, expected) => {
  const { result, calls } = await putBack(released, () => 0xc1);

  expect(result).toEqual({ cmd: GET, completionCode: 0xc1 });
  expect(calls).toEqual(expected);
});
