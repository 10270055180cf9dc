/** The options of `ipmi-bt smoke`: the plan that they make, and what is refused in which words. */

import { describe, expect, test } from 'vitest';

import type { GLOBAL_OPTIONS } from '../../../src/cli/globals.ts';
import type { Values } from '../../../src/cli/spec.ts';
import { readSmoke } from '../../../src/cli/commands/smoke-options.ts';
import type { SmokePlan } from '../../../src/cli/commands/smoke-options.ts';
import type { SmokeValues } from '../../../src/cli/commands/smoke-spec.ts';
import { readLine } from '../../../src/cli/parser.ts';
import { PROGRAM } from '../../../src/cli/whole-run.ts';
import { CATALOG } from '../../../src/smoke/catalog.ts';
import { offenders } from '../../support/lists.ts';
import { thrownBy } from '../../support/thrown-by.ts';

/** Reads a command line that begins with `ipmi-bt smoke`. */
function planOf(text: string): SmokePlan {
  const words = text.split(' ').filter(Boolean);
  const line = readLine(PROGRAM, ['smoke', ...words]);
  if (line.kind !== 'command') throw new Error(`no command: ${text}`);
  return readSmoke(
    line.options as SmokeValues,
    line.globals as Values<typeof GLOBAL_OPTIONS>,
    CATALOG,
  );
}

function idsOf(text: string): readonly string[] {
  return planOf(text).checks.map(({ id }) => id);
}

const ALL = CATALOG.map(({ id }) => id);

describe('the plan', () => {
  test('is to run all checks that only read, once, with their own limits', () => {
    const { checks, choices, ...rest } = planOf('');

    expect(checks).toEqual(CATALOG.filter(({ risk }) => risk === 'read-only'));
    expect(choices).toEqual({ numa: false, reset: undefined, takeover: false });
    expect(rest).toEqual({
      ...{
        allowedSkips: new Set(),
        isQuick: false,
        isFatal: false,
        retests: 0,
        totalMs: 0,
        budgetMs: Infinity,
      },
      ...{ limitMs: undefined, seed: undefined, format: 'text' },
    });
  });

  test.each<[string, Partial<SmokePlan>]>([
    ['--quick', { isQuick: true, format: 'line' }],
    ['--fatal', { isFatal: true }],
    ['--retest-on-failure 128', { retests: 128 }],
    ['--total-time 90s', { totalMs: 90_000 }],
    ['--total-time 30m', { totalMs: 1_800_000 }],
    ['--total-time 8h', { totalMs: 28_800_000 }],
    ['--total-time forever', { totalMs: Infinity }],
    ['--timeout 0.5', { limitMs: 500 }],
    ['--seed 0xffffffff', { seed: 0xffff_ffff }],
    ['--allow-skip interrupt,share', { allowedSkips: new Set(['interrupt', 'share']) }],
    ['--numa', { choices: { numa: true, reset: undefined, takeover: false } }],
    ['--reset cold --yes', { choices: { numa: false, reset: 'cold', takeover: false } }],
    ['--takeover', { choices: { numa: false, reset: undefined, takeover: true } }],
    ['--takeover --force', { choices: { numa: false, reset: undefined, takeover: 'force' } }],
    ['--json', { format: 'json' }],
    ['--json --quick', { format: 'json' }],
    ['--nagios', { format: 'nagios' }],
    ['--lava', { format: 'lava' }],
    ['--tap', { format: 'tap' }],
  ])('of %s', (text, part) => {
    expect(planOf(text)).toMatchObject(part);
  });
});

describe('the checks of a run', () => {
  test('are in the order of the catalog, however they are named', () => {
    expect(idsOf('--only latency,host,latency')).toEqual(['host', 'latency']);
  });

  test('are those of --only without those of --skip', () => {
    expect(idsOf('--only latency,host --skip host')).toEqual(['latency']);
    expect(idsOf('--skip host')).toEqual(idsOf('').slice(1));
  });

  test('change something only when that is asked for', () => {
    const writes = ['enables', 'platform-event', 'sel-entry', 'torn-frame'];

    expect(offenders(ALL, (id) => !idsOf('').includes(id))).toEqual([...writes, 'reset']);
    expect(offenders(ALL, (id) => !idsOf('--write').includes(id))).toEqual(['reset']);
    expect(offenders(ALL, (id) => !idsOf('--reset warm --yes').includes(id))).toEqual(writes);
  });

  test('are all when they are proved, or those that are named', () => {
    expect(idsOf('--prove')).toEqual(ALL);
    expect(idsOf('--prove --only sel-entry,reset')).toEqual(['sel-entry', 'reset']);
    expect(idsOf('--prove --skip host')).toEqual(ALL.slice(1));
  });

  test('are listed with --reset without --yes, because nothing is reset', () => {
    expect(idsOf('--list --reset cold')).toContain('reset');
  });
});

describe('is refused:', () => {
  test.each([
    ['--only nothing', '--only has a name that is no check; the checks are: host, owner, '],
    ['--skip ,', '--skip has a name that is no check; the checks are: host, '],
    ['--allow-skip a', '--allow-skip has a name that is no check; the checks are: host, '],
    ['--only baseline', '--only has a name that is no check'],
    ['--only latncy', '--only has a name that is no check; did you mean latency?; the checks are'],
    ['--skip host,bt-pace', '--skip has bt-pace, which is a finding of pace: give the name of'],
    [
      '--only bt-left-behind',
      '--only has bt-left-behind, which is a finding of teardown and owner',
    ],
    ['--only bt-wedged', '--only has bt-wedged, which is a finding of any check: the report names'],
    ['--only host --skip host', '--skip leaves no check to run'],
    ['--only sel-entry', '--only sel-entry needs --write: Adds one entry to the SEL, '],
    ['--only reset', '--only reset needs --reset and --yes: '],
    ['--reset warm', '--reset warm resets the BMC, once; say --yes as well to do it'],
    ['--reset interface', '--reset interface resets the BT interface of the BMC, once; say '],
    ['--yes', '--yes needs --reset'],
    ['--strict', '--strict needs --baseline'],
    ['--nagios --json', '--json and --nagios exclude each other'],
    ['--nagios --lava --tap', '--nagios and --lava and --tap exclude each other'],
    ['--total-time 0s', '--total-time is not a time such as 90s, 30m or 8h, nor forever'],
    ['--total-time 90', '--total-time is not a time such as 90s'],
    ['--total-time 1d', '--total-time is not a time such as 90s'],
    ['--total-time 8767h', '--total-time is not a time such as 90s'],
    ['--timeout 0', '--timeout is not a number of seconds above 0, to 86400'],
    ['--retest-on-failure 129', '--retest-on-failure is not a number from 0 to 128 (0x80)'],
    ['--retest-on-failure -1', '--retest-on-failure is not a number from 0 to 128 (0x80)'],
    ['--seed 4294967296', '--seed is not a number from 0 to 4294967295 (0xffffffff)'],
    ['--seed', "option '--seed <n>' argument missing"],
    ['--reset hard --yes', "option '--reset <kind>' takes one of: warm, cold, interface"],
    ['host', 'too many arguments: smoke takes no arguments'],
  ])('%s', (text, message) => {
    expect(String(thrownBy(() => planOf(text)))).toContain(`UsageError: ${message}`);
  });

  test.each([
    ...['--takeover', '--base 0xce4', '--save a', '--baseline a', '--write'],
    ...['--record a', '--reset cold --yes'],
  ])('--prove with %s', (text) => {
    const [flag = ''] = text.split(' ');

    expect(String(thrownBy(() => planOf(`--prove ${text}`)))).toBe(
      `UsageError: ${flag} does not go with --prove: simulated BMCs are tested`,
    );
  });

  test.each(['--trace', '--trace-payload', '--trace-payload=all'])(
    '%s, which has one device',
    (text) => {
      expect(String(thrownBy(() => planOf(text)))).toMatch(
        /^UsageError: --[a-z-]+ does not go with smoke: its findings have their last register/,
      );
    },
  );

  test('--trace-payload says what --record records, and is taken with it', () => {
    expect(planOf('--record a --trace-payload').checks).not.toEqual([]);
  });

  test.each([
    ['--sim-recording a', 'its checks send more than a recording has answers to'],
    ['--sim-events 10', 'events would come between the register accesses of its checks'],
  ])('%s, for a reason of its own', (text, reason) => {
    const [flag = ''] = text.split(' ');

    expect(String(thrownBy(() => planOf(`--sim ${text}`)))).toBe(
      `UsageError: ${flag} does not go with smoke: ${reason}`,
    );
  });
});
