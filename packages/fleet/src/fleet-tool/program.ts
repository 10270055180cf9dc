/** One run of `ipmi-bt-fleet`: the hosts, the question, the results, the exit code. */

import { EXIT_ABSENT, EXIT_DENIED, EXIT_USAGE } from '../exit-codes.ts';
import { exitCodeFor, worstOf } from '../fleet/exit-code.ts';
import { DEFAULT_FANOUT, agentTimeoutMs, newRequestId } from '../fleet/fleet.ts';
import type { Fleet } from '../fleet/fleet.ts';
import type { GatherPlan, Gathered } from '../fleet/gather.ts';
import { HostsError, foldHosts, readHosts } from '../fleet/host-names.ts';
import type { HostsTrouble, Nodeset } from '../fleet/host-names.ts';
import { openRunState } from '../fleet/run-state.ts';
import type { RunState } from '../fleet/run-state.ts';
import type { Question } from '../fleet/transport.ts';
import { orAborted } from '../or-aborted.ts';
import { isChanging } from './changing.ts';
import type { ToolOptions } from './options.ts';
import { gatherPrinter, jsonPrinter, linePrinter } from './printer.ts';
import type { Printer, Printing } from './printer.ts';
import { startProgress } from './progress.ts';
import type { Progress, ProgressStream } from './progress.ts';

/** Everything that a run needs besides its options. */
export interface ProgramParts {
  readonly connect: (options: ToolOptions) => Promise<Fleet>;
  readonly nodeset: Nodeset;
  readonly out: (text: string) => void;
  readonly stderr: ProgressStream;
  /** Aborts when the program is to end. */
  readonly signal: AbortSignal;
}

/** Hosts of a command that changes something, at a time: as many as `clush` has. */
const CHANGING_FANOUT = 64;

const MS_PER_S = 1000;
const ALL_PERCENT = 100;

const EXITS_OF_HOSTS: Readonly<Record<HostsTrouble, number>> = {
  wrong: EXIT_USAGE,
  absent: EXIT_ABSENT,
  refused: EXIT_DENIED,
};

/** Runs, and returns the exit code. Rejects with the error that makes it impossible. */
export async function runFleet(options: ToolOptions, parts: ProgramParts): Promise<number> {
  const named =
    options.hosts === undefined
      ? undefined
      : await readHosts(options.hosts, parts.nodeset, parts.signal);
  const fleet = await connected(options, parts);
  try {
    const hosts = options.all ? await allHosts(fleet, options, parts.signal) : named;
    return await ask({ fleet, hosts, options, parts });
  } finally {
    await fleet.close();
  }
}

/** The fleet, unless the program is to end before there is one. */
async function connected(options: ToolOptions, { connect, signal }: ProgramParts): Promise<Fleet> {
  return await orAborted(connect(options), signal, {
    reason: 'ended by a signal while it connected: nothing was sent',
    onLate: (fleet) => fleet.close(),
  });
}

interface Run {
  readonly fleet: Fleet;
  readonly hosts: readonly string[] | undefined;
  readonly options: ToolOptions;
  readonly parts: ProgramParts;
}

async function allHosts(fleet: Fleet, { discoverS, resume }: ToolOptions, signal: AbortSignal) {
  const hosts = await fleet.hosts(discoverS * MS_PER_S, signal);
  // Those of the file count, where there is one: a host that is away now is still missing.
  if (hosts.length > 0 || resume !== undefined) return hosts;
  throw new HostsError('no agent answers: see the server, the user and the prefix', 'absent');
}

async function ask({ fleet, hosts, options, parts }: Run): Promise<number> {
  const changes = isChanging(options.question);
  const state = await stateOf(options, hosts);
  const id = changes ? (state?.id ?? options.id ?? newRequestId()) : undefined;
  const asked = state?.missing ?? hosts ?? [];
  const progress = await startProgress(options.quiet ? QUIET : parts.stderr, asked.length);
  const printer = printerOf(options, printingOf(parts, progress), id);
  const tell = teller(options, parts, progress);
  // Before anything is sent, so that the command can be repeated whatever happens.
  if (id !== undefined) tell(`request id ${id}`);
  const plan = planOf(options, asked, id);
  const gathering = fleet.gather({
    ...{ ...plan, signal: parts.signal },
    onResult: (result) => {
      printer.add(result);
      progress.step();
      // It throws where the file cannot be written, after which no further host is asked.
      state?.record(result);
    },
  });
  const gathered = await gathering.finally(async () => {
    progress.stop();
    await printer.end();
  });
  await state?.flush();
  tell(asked.length === 0 ? NOTHING_LEFT : summaryOf(gathered));
  const now = gathered.results.map(({ delivery }) => exitCodeFor(delivery));
  return worstOf([...now, ...(state?.exitCodes ?? [])]);
}

const NOTHING_LEFT = 'nothing to ask: all hosts of this run have answered before';

/** A stream on which nothing is shown. */
const QUIET = { isTTY: false } as ProgressStream;

async function stateOf(
  { resume, question, all, id }: ToolOptions,
  hosts: readonly string[] | undefined,
): Promise<RunState | undefined> {
  if (resume === undefined) return undefined;
  const ids = { id: id ?? newRequestId(), isIdGiven: id !== undefined };
  return await openRunState(resume, { question, hosts, isAll: all, ...ids });
}

function planOf(options: ToolOptions, hosts: readonly string[], id: string | undefined) {
  const { canary, timeoutS, deadlineS, maxFailures } = options;
  const waitMs = timeoutS * MS_PER_S;
  const fanout = options.fanout ?? (id === undefined ? DEFAULT_FANOUT : CHANGING_FANOUT);
  const plan: Omit<GatherPlan, 'signal' | 'onSend' | 'onResult'> = {
    ...{ hosts, fanout, waitMs, canaries: canary },
    question: withTimes(options.question, waitMs, id),
    // All turns, and one more for the canaries.
    deadlineMs: (deadlineS ?? timeoutS * (Math.ceil(hosts.length / fanout) + 2)) * MS_PER_S,
    maxFailuresPercent: maxFailures ?? (canary > 0 ? 0 : ALL_PERCENT),
  };
  return plan;
}

function withTimes({ endpoint, body }: Question, waitMs: number, id: string | undefined): Question {
  const named = id === undefined ? body : { id, ...body };
  return { endpoint, body: { ...named, timeoutMs: agentTimeoutMs(waitMs) } };
}

function printerOf({ json, gather }: ToolOptions, to: Printing, id: string | undefined): Printer {
  if (json) return jsonPrinter(to, id);
  return gather ? gatherPrinter(to) : linePrinter(to);
}

/** The bar makes room for each text. */
function printingOf({ out, stderr, nodeset }: ProgramParts, progress: Progress): Printing {
  return {
    out: (text) => {
      progress.clear();
      out(text);
    },
    err: (text) => {
      progress.clear();
      stderr.write(text);
    },
    fold: (hosts) => foldHosts(hosts, nodeset),
  };
}

function teller({ quiet }: ToolOptions, { stderr }: ProgramParts, progress: Progress) {
  return (text: string): void => {
    if (quiet) return;
    progress.clear();
    stderr.write(`ipmi-bt-fleet: ${text}\n`);
  };
}

/** The number of hosts with each outcome, and the reason for which some were not asked. */
function summaryOf({ results, stopped }: Gathered): string {
  const counts = { answered: 0, 'not-sent': 0, unknown: 0 };
  for (const { delivery } of results) {
    counts[delivery.kind === 'answer' ? 'answered' : delivery.outcome] += 1;
  }
  const parts = Object.entries(counts).map(([outcome, count]) => `${count} ${outcome}`);
  const why = stopped === undefined ? '' : `; ${stopped}`;
  return `${results.length === 1 ? '1 host' : `${results.length} hosts`}: ${parts.join(', ')}${why}`;
}

/** The exit code of an error that ends a run before any host was asked. */
export function exitCodeOfHosts({ trouble }: HostsError): number {
  return EXITS_OF_HOSTS[trouble];
}
