/** Runs of made-up checks: their order, their ends, their limits, and the end of the run. */

import { describe, expect, test } from 'vitest';

import { sleep } from '../../src/clock.ts';
import { IpmiError } from '../../src/errors.ts';
import { Skipped } from '../../src/smoke/check.ts';
import type { Check, Means } from '../../src/smoke/check.ts';
import type { CheckId } from '../../src/smoke/events.ts';
import { runSmoke, smokeBench } from '../support/smoke-runner-bench.ts';

const GET_DEVICE_ID = { netFn: 6, cmd: 1 };

function check(id: Check['id'], run: Check['run'], more: Partial<Check> = {}): Check {
  const rest = { risk: 'read-only', needs: [], limitSeconds: 5 } as const;
  return { id, question: `Is ${id} sound?`, ...rest, run, ...more };
}

const nothing = (): Promise<void> => Promise.resolve();
const fails = ({ report }: Means): Promise<void> => {
  report.fail('bt-registers', 'a bit is stuck');
  return nothing();
};

test('a sound run emits its events in order and ends with exit code 0', async () => {
  const run = await runSmoke(smokeBench(), [
    check('host', ({ report }) => {
      report.fact('kernel', '6.1');
      report.measure({ name: 'cost', value: 3, unit: 'us', bounds: { most: 3 } });
      return nothing();
    }),
    check('bring-up', async ({ subject }) => {
      const device = await subject.open();
      await device.request(GET_DEVICE_ID);
      await device.close();
    }),
  ]);

  expect(run.events.map(({ kind }) => kind)).toEqual([
    ...['run-start', 'check-start', 'fact', 'measurement', 'check-end'],
    ...['check-start', 'check-end', 'run-end'],
  ]);
  expect(run.end).toMatchObject({ result: 'pass', exit: 0, text: '2 of 2 checks passed' });
  expect(run.endOf('bring-up').durationMs).toBeGreaterThan(30);
});

test('a check behind one that failed is skipped because of it, and those behind it too', async () => {
  const run = await runSmoke(smokeBench(), [
    check('registers', fails),
    check('bring-up', nothing, { needs: ['registers'] }),
    check('latency', nothing, { needs: ['bring-up'] }),
    check('host', nothing),
  ]);

  expect(run.results).toEqual(['registers: fail', 'bring-up: skip', 'latency: skip', 'host: pass']);
  expect(run.endOf('latency').reason).toBe('because of bring-up');
  expect(run.end).toMatchObject({ result: 'fail', exit: 1 });
  expect(run.end.text).toBe('1 of 4 checks passed; failed: registers (bt-registers)');
});

test('a check that throws before it has a promise is one with a bug, and the run goes on', async () => {
  const throws = (): Promise<void> => {
    throw new TypeError('no promise');
  };

  const run = await runSmoke(smokeBench(), [check('host', throws), check('bring-up', nothing)]);

  expect(run.results).toEqual(['host: error', 'bring-up: pass']);
  expect(run.end.exit).toBe(70);
});

test('a check that was not selected hinders none that needs it', async () => {
  const run = await runSmoke(smokeBench(), [check('latency', nothing, { needs: ['bring-up'] })]);

  expect(run.results).toEqual(['latency: pass']);
});

describe('a check that is not over in time', () => {
  const endless = ({ subject, signal }: Means): Promise<void> =>
    sleep(subject.clock, 3_600_000, signal);

  test('fails when its own limit is over, and is told to end', async () => {
    const run = await runSmoke(smokeBench(), [check('pace', endless), check('host', nothing)]);

    expect(run.results).toEqual(['pace: fail', 'host: pass']);
    expect(run.findings[0]).toMatchObject({
      ...{ slug: 'check-time-out', text: 'pace is not over after 5 s' },
    });
    expect(run.endOf('pace').durationMs).toBeCloseTo(5000, 0);
  });

  test('has the limit of the run where that is given', async () => {
    const run = await runSmoke(smokeBench(), [check('pace', endless)], { limitMs: 250 });

    expect(run.findings[0]?.text).toBe('pace is not over after 0.25 s');
  });

  test('ends the run when it does not end even then', async () => {
    const deaf = ({ subject }: Means): Promise<void> => sleep(subject.clock, 3_600_000);
    const run = await runSmoke(smokeBench(), [check('pace', deaf), check('host', nothing)]);

    expect(run.results).toEqual(['pace: fail', 'host: skip']);
    expect(run.endOf('host').reason).toBe('because pace does not end');
  });

  test('tells nothing once it is over', async () => {
    const late = async ({ subject, report }: Means): Promise<void> => {
      await sleep(subject.clock, 8000);
      report.fail('bt-late', 'too late');
    };
    const wait = ({ subject }: Means): Promise<void> => sleep(subject.clock, 3000);
    const run = await runSmoke(smokeBench(), [check('pace', late), check('host', wait)], {
      limitMs: 6000,
    });

    expect(run.slugs).toEqual(['check-time-out', 'bt-late']);
    expect(run.endOf('pace').slugs).toEqual(['check-time-out', 'bt-late']);
  });
});

test('the time of a run is the limit of its checks, and those behind it are skipped', async () => {
  const wait = ({ subject, signal }: Means): Promise<void> => sleep(subject.clock, 3000, signal);
  const checks = (['pace', 'share', 'host'] as const).map((id) => check(id, wait));
  const run = await runSmoke(smokeBench(), checks, { budgetMs: 4000 });

  expect(run.results).toEqual(['pace: pass', 'share: fail', 'host: skip']);
  expect(run.findings[0]?.text).toBe(
    'share is not over after 1 s, when the time of the run was over: the BMC is slow; ' +
      'run it without --quick',
  );
  expect(run.endOf('host').reason).toBe('because the time of the run is over');
  expect(run.end).toMatchObject({ exit: 1, durationMs: 4000 });
});

describe('the error that a check lets out', () => {
  const throws = (error: Error): Check['run'] => {
    return () => Promise.reject(error);
  };

  test('is a finding about the BMC, or a refusal, or a bug of the check', async () => {
    const run = await runSmoke(smokeBench(), [
      check('bring-up', throws(new IpmiError('BMC_UNRESPONSIVE', 'no answer'))),
      check('owner', throws(new IpmiError('PORT_CLAIMED', 'ipmi_si has it'))),
      check('host', throws(new TypeError('undefined is not a function'))),
    ]);

    expect(run.results).toEqual(['bring-up: fail', 'owner: error', 'host: error']);
    expect(run.endOf('bring-up').slugs).toEqual(['bt-wedged']);
    expect(run.endOf('owner').exit).toBe(75);
    expect(run.endOf('host')).toMatchObject({ exit: 70 });
    expect(run.endOf('host').reason).toContain('the check itself has a bug: TypeError');
  });

  test('skips it when it does not apply; the run passes only if the skip is allowed', async () => {
    const checks = [
      check('interrupt', throws(new Skipped('no interrupt line', true))),
      check('frames', throws(new Skipped('no FRU'))),
    ];
    const sound = check('host', nothing);
    const strict = await runSmoke(smokeBench(), checks);
    const options = { allowedSkips: new Set<CheckId>(['frames']) };
    const lenient = await runSmoke(smokeBench(), [sound, ...checks], options);
    const empty = await runSmoke(smokeBench(), checks, options);

    expect(strict.results).toEqual(['interrupt: skip', 'frames: skip']);
    expect(strict.end).toMatchObject({ result: 'fail', exit: 1 });
    expect(strict.end.text).toContain('--allow-skip frames');
    expect(strict.end.text).not.toContain('--allow-skip interrupt');
    expect(lenient.end).toMatchObject({ result: 'pass', exit: 0 });
    expect(empty.end).toMatchObject({ result: 'skip', exit: 69 });
  });

  test('does not take back what the check has found before it', async () => {
    const errors = [new Skipped('no FRU', true), new IpmiError('PORT_DENIED', 'no right')];
    const checks = errors.map((error, at) =>
      check(at === 0 ? 'frames' : 'owner', async (means) => {
        await fails(means);
        throw error;
      }),
    );

    const { results, end } = await runSmoke(smokeBench(), [check('host', nothing), ...checks]);

    expect(results).toEqual(['host: pass', 'frames: fail', 'owner: fail']);
    expect(end).toMatchObject({ result: 'fail', exit: 1 });
  });

  test('is an absent interface: a failure where firmware lists one, else no BT here', async () => {
    const absent = throws(new IpmiError('DEVICE_ABSENT', 'all bits read 1'));
    const listed = await runSmoke(smokeBench(), [check('registers', absent)]);
    const { clock, subject } = smokeBench();
    const discovery = { ...subject.discovery(), candidates: [] };
    const none = Object.assign(subject, { discovery: () => discovery });
    const unlisted = await runSmoke({ clock, subject: none }, [check('registers', absent)]);

    expect(listed.endOf('registers')).toMatchObject({ result: 'fail', slugs: ['bt-absent'] });
    expect(unlisted.end).toMatchObject({ result: 'skip', exit: 69 });
  });
});

describe('a check that failed is tried again', () => {
  const failsFirst = (times: number): Check['run'] => {
    const tries = { left: times };
    return ({ report }) => {
      tries.left -= 1;
      if (tries.left >= 0) report.fail('bt-late', 'late');
      return nothing();
    };
  };

  test('as often as allowed, and stays failed when a later try passes', async () => {
    const run = await runSmoke(smokeBench(), [check('latency', failsFirst(2))], { retests: 5 });

    expect(run.endOf('latency')).toMatchObject({
      result: 'fail',
      retested: { failures: 2, tries: 3 },
    });
    expect(run.end.exit).toBe(1);
  });

  test('and not once more than that', async () => {
    const run = await runSmoke(smokeBench(), [check('latency', failsFirst(9))], { retests: 2 });

    expect(run.endOf('latency').retested).toEqual({ failures: 3, tries: 3 });
  });

  test('but one that passed is not', async () => {
    const run = await runSmoke(smokeBench(), [check('latency', nothing)], { retests: 2 });

    expect(run.endOf('latency').retested).toBeUndefined();
  });
});

test('--fatal: nothing runs after the first failure', async () => {
  const checks = [check('registers', fails), check('host', nothing)];
  const run = await runSmoke(smokeBench(), checks, { isFatal: true });

  expect(run.results).toEqual(['registers: fail', 'host: skip']);
  expect(run.endOf('host').reason).toBe('--fatal, because of registers');
});

describe('an interrupted run', () => {
  test('ends with a report of what was done', async () => {
    const bench = smokeBench();
    const user = new AbortController();
    const run = await runSmoke(
      bench,
      [
        check('host', nothing),
        check('pace', ({ subject, signal }) => {
          subject.clock.timer(
            10,
            () => {
              user.abort();
            },
            true,
          );
          return sleep(subject.clock, 1000, signal);
        }),
        check('share', nothing),
      ],
      { signal: user.signal },
    );

    expect(run.results).toEqual(['host: pass', 'pace: interrupted', 'share: interrupted']);
    expect(run.end).toMatchObject({ result: 'interrupted', exit: 130 });
    expect(run.end.text).toBe('interrupted after 1 of 3 checks; 1 of 3 checks passed');
    expect(bench.clock.now()).toBeLessThan(100);
  });

  test('still has failed when a check had', async () => {
    const user = new AbortController();
    const stop: Check['run'] = () => {
      user.abort();
      return nothing();
    };
    const checks = [check('registers', fails), check('host', stop)];
    const run = await runSmoke(smokeBench(), checks, { signal: user.signal });

    expect(run.end).toMatchObject({ result: 'fail', exit: 130 });
  });
});

test('checks are repeated until the total time is over', async () => {
  const wait = ({ subject }: Means): Promise<void> => sleep(subject.clock, 1000);
  const run = await runSmoke(smokeBench(), [check('pace', wait)], { totalMs: 3500 });

  expect(run.results).toEqual(Array(4).fill('pace: pass'));
  expect(run.end.text).toBe('4 of 4 checks passed');
});

test('the chance of a check comes from the seed, its name and its try', async () => {
  const drawn: number[] = [];
  const draw = ({ random }: Means): Promise<void> => {
    drawn.push(random.integer(0, 1_000_000_000));
    return nothing();
  };
  const checks = [check('pace', draw), check('share', draw)];
  await runSmoke(smokeBench(), checks);
  await runSmoke(smokeBench(), [check('share', draw)]);
  await runSmoke(smokeBench(), checks, { totalMs: 0 });

  const [pace, share, again, ...third] = drawn;
  expect(again).toBe(share);
  expect(third).toEqual([pace, share]);
  expect(pace).not.toBe(share);
});

test('a quick run has smaller amounts', async () => {
  const amounts: number[] = [];
  const run: Check['run'] = ({ amount }) => {
    amounts.push(amount(100, 5));
    return nothing();
  };
  await runSmoke(smokeBench(), [check('bring-up', run)]);
  await runSmoke(smokeBench(), [check('bring-up', run)], { isQuick: true });

  expect(amounts).toEqual([100, 5]);
});

test('an interface that cannot be given back is a failure, whatever ran', async () => {
  const { clock, subject } = smokeBench();
  const stuck = Object.assign(subject, {
    giveBack: () => Promise.reject(new IpmiError('BMC_UNRESPONSIVE', 'it stays unbound')),
  });
  const run = await runSmoke({ clock, subject: stuck }, [check('host', nothing)]);

  expect(run.results).toEqual(['host: pass', 'teardown: fail']);
  expect(run.endOf('teardown').slugs).toEqual(['bt-left-behind']);
  expect(run.end.exit).toBe(1);
});

test('the progress of a check is told while it runs', async () => {
  const told: unknown[] = [];
  const run: Check['run'] = ({ report }) => {
    for (const done of [-1, 0.5, 2]) report.progress(done);
    return nothing();
  };
  const onProgress = (...words: unknown[]): void => void told.push(words);
  await runSmoke(smokeBench(), [check('pace', run)], { onProgress });

  expect(told).toEqual([
    ['pace', 0],
    ['pace', 0.5],
    ['pace', 1],
  ]);
});
