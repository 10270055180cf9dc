/**
 * Runs `ipmi-bt smoke`: the interface under test, the reports, and the exit code. This file and all
 * that it needs are loaded only for this command.
 */

import { randomInt } from 'node:crypto';
import { hostname } from 'node:os';
import { isatty } from 'node:tty';

import { systemClock, timestamp } from '../../clock.ts';
import { createLog } from '../../log.ts';
import { SimBmc } from '../../sim/bmc.ts';
import { FIRST_GUID } from '../../sim/guid.ts';
import { Rng } from '../../sim/rng.ts';
import { baselineCheck } from '../../smoke/baseline-check.ts';
import { BaselineError } from '../../smoke/baseline-file.ts';
import type { Baseline } from '../../smoke/baseline-file.ts';
import { refuseOther } from '../../smoke/baseline.ts';
import { CATALOG } from '../../smoke/catalog.ts';
import type { Check } from '../../smoke/check.ts';
import type { RunInfo, SmokeEvent } from '../../smoke/events.ts';
import { hostSubject } from '../../smoke/host-subject.ts';
import { proofChecks } from '../../smoke/prove.ts';
import { nagiosTrouble } from '../../smoke/report/nagios.ts';
import { runChecks } from '../../smoke/runner.ts';
import { simulatedHost } from '../../smoke/simulated-host.ts';
import { simulatedSubject } from '../../smoke/simulated.ts';
import type { Subject } from '../../smoke/subject.ts';
import type { RecordSink } from '../../trace/recorder.ts';
import { UsageError } from '../args.ts';
import { flagOf, inFlags, jsonLine, table } from '../format.ts';
import { readGlobals } from '../globals.ts';
import type { Globals } from '../globals.ts';
import { stderr, stdout, tellUser } from '../output.ts';
import { Progress } from '../progress.ts';
import { openRecord } from '../record-file.ts';
import { SIM_RESETS, listen, namedBlock } from '../session.ts';
import { VERSION } from '../version.ts';
import { baselineAt } from './smoke-files.ts';
import { readSmoke } from './smoke-options.ts';
import type { SmokePlan } from './smoke-options.ts';
import { SmokeReports } from './smoke-reports.ts';
import type { SmokeGiven, SmokeValues } from './smoke-spec.ts';

/** A word that a shell takes as it is. */
const PLAIN_WORD = /^[\w@%+=:,./-]+$/;

/** Runs the command; resolves to its exit code. */
export async function smoke(given: SmokeGiven): Promise<number> {
  try {
    return await planned(given);
  } catch (error) {
    if (!given.options.nagios) throw error;
    const { line, exit } = nagiosTrouble(inFlags(error instanceof Error ? error.message : ''));
    stdout.write(line);
    return exit;
  }
}

async function planned({ options: values, globals: given }: SmokeGiven): Promise<number> {
  const plan = readSmoke(values, given, CATALOG);
  // Its time is the limit of a check here, and not that of the command.
  // An interrupt line is used where there is one, so that it is tested.
  const { irq = given.sim ? undefined : 'auto' } = given;
  const globals = readGlobals({ ...given, irq, timeout: undefined });
  const checks = values.prove ? proofChecks(CATALOG, plan.checks) : plan.checks;
  if (values.list) return list(checks, globals.json);
  const read = values.baseline === undefined ? undefined : baselineAt(values.baseline);
  const before = read?.baseline;
  const interruption = listen(true);
  const recording = globals.record === undefined ? undefined : openRecord(globals.record, globals);
  try {
    const subject = await subjectOf(globals, values.prove, recording?.sink);
    const info = await infoOf(subject, values, plan);
    if (before !== undefined) refuseEarly(before, info);
    const isTerminal = process.stderr.isTTY && plan.format !== 'nagios';
    const columns = isTerminal ? process.stderr.columns : 0;
    const progress = new Progress({ output: stderr, clock: systemClock, isTerminal, columns });
    const parts = { tell: tellUser, before: read, recording: globals.record };
    const output = isatty(1) ? progress.inFrontOf(stdout) : stdout;
    const reports = new SmokeReports(values, plan.format, { output, ...parts });
    const known = { values, plan, interruption, subject, info, checks, before };
    return await run({ ...known, progress, reports });
  } finally {
    // One that nothing was recorded in would be in the way of the next attempt.
    recording?.close();
  }
}

interface Parts {
  readonly values: SmokeValues;
  readonly plan: SmokePlan;
  readonly interruption: ReturnType<typeof listen>;
  readonly subject: Subject;
  readonly info: RunInfo;
  readonly checks: readonly Check[];
  readonly before: Baseline | undefined;
  readonly progress: Progress;
  readonly reports: SmokeReports;
}

async function run({ values, plan, interruption, ...parts }: Parts): Promise<number> {
  const { subject, info, checks, before, progress, reports } = parts;
  const compared =
    before === undefined ? [] : [baselineCheck(before, () => reports.record, values.strict)];
  const end = await runChecks({
    ...plan,
    checks: [...checks, ...compared],
    subject,
    info,
    emit: (event) => {
      reports.emit(inWords(event, interruption.exit));
    },
    randomOf: (seed) => new Rng(seed),
    signal: interruption.signal,
    timestamp,
    onProgress: (id, done) => {
      progress.show(id, done);
    },
  });
  progress.clear();
  const exit = await reports.finish(end);
  return plan.format === 'nagios' ? exit : (interruption.exit ?? exit);
}

/**
 * The library names its options as programs write them, and does not know which signal ended the
 * run: `exit` is the code for that.
 */
function inWords(event: SmokeEvent, exit: number | undefined): SmokeEvent {
  switch (event.kind) {
    case 'finding':
      return { ...event, text: inFlags(event.text) };
    case 'check-end':
      return { ...event, reason: inFlags(event.reason) };
    case 'run-end':
      return { ...event, text: inFlags(event.text), exit: exit ?? event.exit };
    case 'run-start':
    case 'check-start':
    case 'fact':
    case 'measurement':
    case 'series':
    case 'matrix':
    case 'span':
      return event;
  }
}

function list(checks: readonly Check[], isJson: boolean): number {
  const fields = checks.map(({ id, question, risk, needs, changes = null, limitSeconds }) => ({
    ...{ id, question, risk, needs, changes, limit_seconds: limitSeconds },
  }));
  if (isJson) stdout.write(jsonLine('smoke-list', { checks: fields }));
  else stdout.write(table(checks.map(({ id, question, risk }) => [id, riskText(question, risk)])));
  return 0;
}

/** Compares all that is known before the BMC is asked; its GUID is compared in the end. */
function refuseEarly({ machine }: Baseline, { base, isSimulated }: RunInfo): void {
  const unknown = {
    guid: undefined,
    firmware: undefined,
    manufacturer: undefined,
    product: undefined,
  };
  const here = { ...unknown, base, isSimulated };
  usable(() => {
    refuseOther(machine, here);
  });
}

/** A baseline that cannot be used is a mistake on the command line, before anything has run. */
function usable<T>(use: () => T): T {
  try {
    return use();
  } catch (error) {
    if (error instanceof BaselineError) throw new UsageError(`--baseline: ${error.message}`);
    throw error;
  }
}

function riskText(question: string, risk: Check['risk']): string {
  return risk === 'read-only' ? question : `${question} (--${risk})`;
}

async function subjectOf(
  globals: Globals,
  isProof: boolean,
  record: RecordSink | undefined,
): Promise<Subject> {
  const { quirks, pollMs, irq, port, timeoutMs, logLevel, simDelayMs, sim, spacing = 1 } = globals;
  const named = namedBlock(globals);
  if (!sim && !isProof) {
    const writeLog = (text: string): void => {
      stderr.write(text);
    };
    const logger = logLevel === 'silent' ? {} : { logger: await createLog(logLevel, writeLog) };
    return hostSubject({ named, port, irq, timeoutMs, quirks, pollMs, record, ...logger });
  }
  tellUser('simulated BMC (--sim): no hardware is touched');
  const bmc = new SimBmc({
    ...(named === undefined ? {} : { base: named.base }),
    ...{ spacing, clock: systemClock, responseMs: simDelayMs, guid: FIRST_GUID, ...SIM_RESETS },
  });
  return simulatedSubject({ bmc, clock: systemClock, files: simulatedHost(), record });
}

async function infoOf(subject: Subject, values: SmokeValues, plan: SmokePlan): Promise<RunInfo> {
  const given = Object.entries(values).flatMap(([name, value]) =>
    value === undefined || value === false ? [] : [[flagOf(name).slice(2), value] as const],
  );
  const base = await subject.block().then(
    (block) => block.base,
    () => undefined,
  );
  return {
    version: VERSION,
    commandLine: ['ipmi-bt', ...process.argv.slice(2).map(shellWord)].join(' '),
    parameters: Object.fromEntries(given),
    seed: plan.seed ?? randomInt(2 ** 32),
    isSimulated: subject.isSimulated,
    host: hostname(),
    base,
  };
}

/** A word as it can be typed again. */
function shellWord(word: string): string {
  return PLAIN_WORD.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
