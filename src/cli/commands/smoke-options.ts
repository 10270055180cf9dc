/** The options of `ipmi-bt smoke`, read and checked before anything is touched. */

import type { Check, Choices } from '../../smoke/check.ts';
import { SLUGS } from '../../smoke/events.ts';
import type { CheckId } from '../../smoke/events.ts';
import { SLUG_CHECKS } from '../../smoke/slug-checks.ts';
import { UsageError, parseNumber, parseSeconds, parseTime } from '../args.ts';
import type { GlobalValues } from '../globals.ts';
import { suggested } from '../parser.ts';
import { didYouMean } from '../usage-errors.ts';
import type { SmokeValues } from './smoke-spec.ts';

/** Most times that a failed check is tried again. */
const RETESTS_MAX = 128;

const SEED_MAX = 0xffff_ffff;

/** A quick run is over within 30 s, with the time to start, and to tell a check to end. */
const QUICK_MS = 24_000;

/** The form of the results on standard output. */
export type Format = 'text' | 'line' | 'json' | 'nagios' | 'lava' | 'tap';

/** The options of a run, as `runChecks` needs them. */
export interface SmokePlan {
  readonly checks: readonly Check[];
  readonly allowedSkips: ReadonlySet<CheckId>;
  readonly isQuick: boolean;
  readonly isFatal: boolean;
  readonly retests: number;
  readonly totalMs: number;
  /** Time for the whole run, milliseconds. */
  readonly budgetMs: number;
  /** Limit of each check, milliseconds; that of the check itself when undefined. */
  readonly limitMs: number | undefined;
  /** Undefined: drawn for this run. */
  readonly seed: number | undefined;
  readonly choices: Choices;
  readonly format: Format;
}

/** Reads the options; throws a `UsageError` for what is wrong or contradicts. */
export function readSmoke(
  values: SmokeValues,
  globals: GlobalValues,
  catalog: readonly Check[],
): SmokePlan {
  checkTogether(values, globals);
  const { quick, fatal, numa, retestOnFailure: retests, seed, reset, totalTime } = values;
  const takeover = globals.takeover && (globals.force ? 'force' : true);
  return {
    checks: chosen(values, catalog),
    allowedSkips: new Set(idsOf('--allow-skip', values.allowSkip, catalog)),
    isQuick: quick,
    isFatal: fatal,
    retests: retests === undefined ? 0 : parseNumber(retests, '--retest-on-failure', RETESTS_MAX),
    totalMs: totalTime === undefined ? 0 : parseTotal(totalTime),
    budgetMs: quick && totalTime === undefined ? QUICK_MS : Infinity,
    limitMs: globals.timeout === undefined ? undefined : parseSeconds(globals.timeout, '--timeout'),
    seed: seed === undefined ? undefined : parseNumber(seed, '--seed', SEED_MAX),
    choices: { numa, reset, takeover },
    format: formatOf(values, globals),
  };
}

function checkTogether(values: SmokeValues, globals: GlobalValues): void {
  const { reset, yes, strict, baseline, nagios, lava, tap, list } = values;
  if (reset !== undefined && !yes && !list) {
    const what = reset === 'interface' ? 'the BT interface of the BMC' : 'the BMC';
    throw new UsageError(`--reset ${reset} resets ${what}, once; say --yes as well to do it`);
  }
  if (yes && reset === undefined) throw new UsageError('--yes needs --reset');
  if (strict && baseline === undefined) throw new UsageError('--strict needs --baseline');
  const formats = { '--json': globals.json, '--nagios': nagios, '--lava': lava, '--tap': tap };
  const given = Object.entries(formats).flatMap(([name, isGiven]) => (isGiven ? [name] : []));
  if (given.length > 1) throw new UsageError(`${given.join(' and ')} exclude each other`);
  if (values.prove) refuseFor('--prove', 'simulated BMCs are tested', besideProve(values, globals));
  const { simRecording, simEvents } = globals;
  refuseFor('smoke', 'its findings have their last register accesses', untraced(globals));
  refuseFor('smoke', 'its checks send more than a recording has answers to', {
    '--sim-recording': simRecording,
  });
  refuseFor('smoke', 'events would come between the register accesses of its checks', {
    '--sim-events': simEvents,
  });
}

/** Options that would say something of the machine, or of what may be changed on it. */
function besideProve(values: SmokeValues, { takeover, base, record }: GlobalValues): Given {
  const { write, reset, save, baseline } = values;
  const changes = { '--takeover': takeover, '--write': write, '--reset': reset };
  const files = { '--save': save, '--baseline': baseline, '--record': record };
  return { ...changes, '--base': base, ...files };
}

/** Options of one device of one process: a smoke run has many of both. */
function untraced(globals: GlobalValues): Given {
  const { trace, tracePayload, record } = globals;
  const payload = tracePayload || globals['tracePayload=all'];
  // With --record it says what is recorded.
  return { '--trace': trace, '--trace-payload': record === undefined && payload };
}

/** Options by their flags. */
type Given = Readonly<Record<string, string | boolean | undefined>>;

function refuseFor(what: string, why: string, options: Given): void {
  const given = Object.entries(options).find(([, value]) => value !== undefined && value !== false);
  if (given === undefined) return;
  throw new UsageError(`${given[0]} does not go with ${what}: ${why}`);
}

function formatOf({ nagios, lava, tap, quick }: SmokeValues, { json }: GlobalValues): Format {
  if (json) return 'json';
  if (nagios) return 'nagios';
  if (lava) return 'lava';
  if (tap) return 'tap';
  return quick ? 'line' : 'text';
}

/** The checks of the run, in the order of the catalog. */
function chosen(values: SmokeValues, catalog: readonly Check[]): readonly Check[] {
  const { only, skip, write, reset, prove } = values;
  const wanted = idsOf('--only', only, catalog);
  const unwanted = idsOf('--skip', skip, catalog);
  // A proof changes simulated BMCs only.
  const isAllowed = ({ risk }: Check): boolean =>
    prove || risk === 'read-only' || (risk === 'write' ? write : reset !== undefined);
  const refused = catalog.find((check) => wanted.includes(check.id) && !isAllowed(check));
  if (refused !== undefined) {
    const option = refused.risk === 'write' ? '--write' : '--reset and --yes';
    throw new UsageError(`--only ${refused.id} needs ${option}: ${refused.changes ?? ''}`);
  }
  const checks = catalog.filter(
    (check) =>
      isAllowed(check) &&
      (only === undefined || wanted.includes(check.id)) &&
      !unwanted.includes(check.id),
  );
  if (checks.length === 0) throw new UsageError('--skip leaves no check to run');
  return checks;
}

/** Reads names of checks that are separated by commas. */
function idsOf(
  option: string,
  text: string | undefined,
  catalog: readonly Check[],
): readonly CheckId[] {
  if (text === undefined) return [];
  return text.split(',').map((word) => {
    const check = catalog.find(({ id }) => id === word.trim());
    if (check !== undefined) return check.id;
    throw new UsageError(`${option} ${unknownText(word.trim(), catalog)}`);
  });
}

/** The mistake in a name, which is shown only as far as the program knows it. */
function unknownText(word: string, catalog: readonly Check[]): string {
  const ids = catalog.map(({ id }) => id);
  const slug = SLUGS.find((one) => one === word);
  if (slug === undefined) {
    const meant = didYouMean(suggested(word, ids));
    return `has a name that is no check${meant}; the checks are: ${ids.join(', ')}`;
  }
  const makers = SLUG_CHECKS[slug].filter((id) => ids.includes(id));
  const which =
    makers.length === 0
      ? `${slug}, which is a finding of any check: the report names the check`
      : `${slug}, which is a finding of ${makers.join(' and ')}: give the name of the check`;
  return `has ${which}`;
}

/** Reads `90s`, `30m`, `8h` or `forever`; returns milliseconds. */
function parseTotal(text: string): number {
  return text === 'forever' ? Infinity : parseTime(text, '--total-time', ', nor forever');
}
