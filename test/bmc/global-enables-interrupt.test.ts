/** The enables an interrupt takes: when the BMC is told, when it does not answer, and the end. */

import { describe, expect, test } from 'vitest';

import type { Asker } from '../../src/bmc/ask.ts';
import { GlobalEnables, InterruptEnables } from '../../src/bmc/global-enables.ts';
import { sectionsOf } from '../../src/bmc/section.ts';
import { ownSettings } from '../../src/share/settings.ts';
import { IpmiError } from '../../src/errors.ts';
import { silentLog } from '../../src/log.ts';
import { journal } from '../support/journal-line.ts';

const [SET, GET] = [0x2e, 0x2f];

/** BMC Global Enables that others have set, and those for interrupts. */
const [OTHERS, INTERRUPTS] = [0x08, 0x03];

const NOT_SET = ['interrupt enables not set', {}];
const NOT_PUT_BACK = ['interrupt enables not put back', {}];

/** A BMC whose answers can be held back, and the journal of what it was asked and of its line. */
function bench() {
  const { interrupt, done } = journal({ ownsMask: true });
  const bmc = { enables: OTHERS, isSilent: false, code: 0, answersAt: Promise.resolve() };
  const logged: unknown[] = [];
  const silences = { times: 0 };
  const asker: Asker = {
    request: async ({ cmd, data = [] }) => {
      await bmc.answersAt;
      if (bmc.isSilent) throw new IpmiError('REQUEST_TIMEOUT', 'no answer', { outcome: 'unknown' });
      done.push(cmd === GET ? 'get' : `set ${[...data].join()}`);
      if (cmd === SET && bmc.code === 0) bmc.enables = data[0] ?? 0;
      const bytes = cmd === GET ? [bmc.enables] : [];
      return { completionCode: bmc.code, data: Uint8Array.from(bytes) };
    },
  };
  const idle = { doubt: () => undefined, trust: () => undefined };
  const section = sectionsOf(idle, { keep: () => undefined });
  const enables = new GlobalEnables({ asker, section, settings: ownSettings() });
  const interruptEnables = new InterruptEnables({
    interrupt,
    enables,
    log: { ...silentLog, warn: (fields, text) => logged.push([text, fields]) },
    onSilence: () => {
      silences.times += 1;
    },
  });
  /** Whatever is asked from now on is answered when the result is called. */
  const holdBack = (): (() => Promise<void>) => {
    let answer = (): void => undefined;
    bmc.answersAt = new Promise((resolve) => {
      answer = resolve;
    });
    return () => {
      answer();
      return settled();
    };
  };
  return { interrupt, interruptEnables, bmc, done, logged, silences, holdBack };
}

/** All promises that can go on have done so. */
async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

const TOLD = ['get', `set ${String(OTHERS | INTERRUPTS)}`, 'enable'];

describe('enabling', () => {
  test('tells the BMC first, and enables the line when it has answered', async () => {
    const { interruptEnables, done, logged } = bench();
    expect(interruptEnables.isServing).toBe(false);

    interruptEnables.renew();
    await settled();

    expect(done).toEqual(TOLD);
    expect([interruptEnables.isServing, logged]).toEqual([true, []]);
  });

  test('is tried also where the BMC does not do it, which is reported', async () => {
    const { interruptEnables, bmc, done, logged, silences } = bench();
    bmc.code = 0xc1;

    interruptEnables.renew();
    await settled();

    expect(done).toEqual(['get', 'enable']);
    const refusal = { cmd: GET, completionCode: 0xc1 };
    expect([logged, silences.times]).toEqual([[[NOT_SET[0], refusal]], 0]);
  });

  test('is tried also where the BMC is silent, which is looked into', async () => {
    const { interruptEnables, bmc, done, logged, silences } = bench();
    bmc.isSilent = true;

    interruptEnables.renew();
    await settled();

    expect(done).toEqual(['enable']);
    expect([logged, silences.times]).toEqual([[NOT_SET], 1]);
  });

  test('is asked for anew, and so is a BMC that has restarted', async () => {
    const { interruptEnables, bmc, done } = bench();
    interruptEnables.renew();
    await settled();
    bmc.enables = OTHERS;

    interruptEnables.renew();
    await settled();

    expect(done).toEqual([...TOLD, ...TOLD]);
  });

  test('is asked for once more where that was wanted any number of times meanwhile', async () => {
    const { interruptEnables, done, holdBack } = bench();
    const answer = holdBack();
    for (let time = 0; time < 5; time += 1) interruptEnables.renew();

    await answer();

    // The second time there is nothing to set.
    expect(done).toEqual([...TOLD, 'get', 'enable']);
  });
});

describe('without a line', () => {
  test('the BMC is told nothing, and nothing is to be put back', async () => {
    const { interrupt, interruptEnables, done } = bench();
    interrupt.letGo();
    done.length = 0;

    interruptEnables.renew();
    await settled();

    expect([interruptEnables.isServing, done]).toEqual([false, []]);
  });

  test('that is lost while the BMC is told, it is told no more, and all is put back', async () => {
    const { interrupt, interruptEnables, done, holdBack } = bench();
    const answer = holdBack();
    interruptEnables.renew();
    interruptEnables.renew();
    interrupt.letGo();

    await answer();
    expect(done).toEqual(['close', ...TOLD.slice(0, 2)]);
    expect(interruptEnables.isServing).toBe(true);

    await interruptEnables.end();
    expect(done.at(-1)).toBe(`set ${String(OTHERS)}`);
  });
});

describe('the end', () => {
  test('puts back what was changed, once', async () => {
    const { interruptEnables, bmc, done, logged } = bench();
    interruptEnables.renew();
    await settled();
    done.length = 0;

    await interruptEnables.end();
    await interruptEnables.end();

    expect(done).toEqual(['get', `set ${String(OTHERS)}`]);
    expect([bmc.enables, interruptEnables.isServing, logged]).toEqual([OTHERS, false, []]);
  });

  test('asks nothing when nothing was begun', async () => {
    const { interruptEnables, done } = bench();

    await interruptEnables.end();

    expect(done).toEqual([]);
  });

  test('at a BMC that does not answer is no failure, but reported', async () => {
    const { interruptEnables, bmc, logged, silences } = bench();
    interruptEnables.renew();
    await settled();
    bmc.isSilent = true;

    await interruptEnables.end();

    expect([logged, silences.times]).toEqual([[NOT_PUT_BACK], 1]);
  });
});

test('what ends while the BMC answers is not begun again', async () => {
  const { interruptEnables, done, holdBack } = bench();
  const answer = holdBack();
  interruptEnables.renew();
  interruptEnables.renew();
  const ended = interruptEnables.end();
  interruptEnables.renew();

  await answer();
  await ended;
  await settled();

  expect(done.filter((line) => line === 'enable')).toHaveLength(1);
  expect(interruptEnables.isServing).toBe(false);
});
