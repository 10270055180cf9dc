/**
 * Rounds of a command that changes something, and the judge of them: what the BMCs have executed,
 * by their own record, beside what the fleet reports of each host.
 */

import type { HostResult } from '../../src/fleet/gather.ts';
import type { Crowd } from './crowd.ts';
import { IDENTIFY } from './simulated-host.ts';
import { until } from './wait.ts';

/** A number of hosts for each outcome. */
export interface Outcomes {
  readonly answered: number;
  readonly 'not-sent': number;
  readonly unknown: number;
}

/** A round after which everything is known. */
export interface Verdict {
  /** The reports of the first time that the hosts were asked, and of the last. */
  readonly first: Outcomes;
  readonly last: Outcomes;
  /** Executions at the end, of all BMCs. */
  readonly executed: number;
  /** A line for each host whose reports its BMC contradicts; empty in a world that is right. */
  readonly lies: readonly string[];
}

/** Choices of a {@link Round}. */
export interface Choice {
  readonly hosts?: readonly string[];
  /** Time for the answer of one host. */
  readonly waitMs?: number;
  /** The agents refuse what comes later: milliseconds since 1970. */
  readonly deadlineMs?: number;
}

type Reports = ReadonlyMap<string, keyof Outcomes>;

/** Longer than anything takes; a round ends by what happens, and not by this time. */
const LONG_MS = 600_000;

/** So much of the time of the fleet is left to the agent. */
const AGENT_SHARE = 0.8;

/** Round numbers are the byte that the command carries. */
const ROUNDS_MAX = 255;

let rounds = 0;

/** One command to many hosts, with one request id however often it is sent. */
export class Round {
  readonly number = nextNumber();
  readonly id = `round-${this.number}`;
  readonly #crowd: Crowd;
  readonly #hosts: readonly string[];
  readonly #waitMs: number;
  readonly #deadline: { readonly deadlineMs?: number };
  readonly #reports: Reports[] = [];
  readonly #lies: string[] = [];

  constructor(crowd: Crowd, { hosts = crowd.hosts, waitMs = LONG_MS, deadlineMs }: Choice = {}) {
    this.#crowd = crowd;
    this.#hosts = hosts;
    this.#waitMs = waitMs;
    this.#deadline = deadlineMs === undefined ? {} : { deadlineMs };
  }

  /** Asks all hosts; `meanwhile` is called at once, and ends the asking with its signal. */
  async ask(
    meanwhile: (asking: Asking) => Promise<void> = () => Promise.resolve(),
  ): Promise<Outcomes> {
    const abort = new AbortController();
    const results: HostResult[] = [];
    const gathering = this.#crowd.fleet.gather({
      ...{ hosts: this.#hosts, question: this.question, waitMs: this.#waitMs },
      ...{ fanout: this.#hosts.length, deadlineMs: 2 * LONG_MS, signal: abort.signal },
      onResult: (result) => results.push(result),
    });
    await meanwhile({ results, end: () => abort.abort() });
    await gathering;
    const reports = new Map(results.map(({ host, delivery }) => [host, outcomeOf(delivery)]));
    this.#reports.push(reports);
    return outcomesOf(reports);
  }

  get question() {
    const body = { ...IDENTIFY, data: this.number.toString(16).padStart(2, '0') };
    const times = { timeoutMs: this.#waitMs * AGENT_SHARE, ...this.#deadline };
    return { endpoint: 'raw', body: { ...body, id: this.id, ...times } } as const;
  }

  /** Resolves when the BMCs of the hosts, or of all, have executed the command. */
  async untilExecuted(hosts = this.#hosts): Promise<void> {
    await until(`round ${this.number} is executed`, () => {
      const counts = this.#crowd.executions(this.number);
      return hosts.every((host) => counts.has(host));
    });
  }

  /** Holds the last reports to what was executed, for good: it is never the time to look again. */
  judge(): void {
    const counts = this.#crowd.executions(this.number);
    const isFirst = this.#reports.length === 1;
    for (const [host, outcome] of this.#reports.at(-1) ?? []) {
      const count = counts.get(host) ?? 0;
      const isLie =
        count > 1 ||
        (outcome === 'answered' && count !== 1) ||
        // Later `not-sent` says it of one more delivery, and not of the command.
        (outcome === 'not-sent' && isFirst && count !== 0);
      if (isLie) this.#lies.push(`round ${this.number}: ${host} ${outcome}, ${count} executions`);
    }
  }

  /** Everything about the round, after the last reports. */
  verdict(): Verdict {
    this.judge();
    const counts = [...this.#crowd.executions(this.number).values()];
    return {
      first: outcomesOf(this.#reports[0] ?? new Map()),
      last: outcomesOf(this.#reports.at(-1) ?? new Map()),
      executed: counts.reduce((all, one) => all + one, 0),
      lies: this.#lies,
    };
  }
}

/** A question that is under way. */
export interface Asking {
  /** Those that are known so far. */
  readonly results: readonly HostResult[];
  /** Nothing more is awaited. */
  readonly end: () => void;
}

/** Resolves when so many hosts have a result. */
export async function untilResults({ results }: Asking, count: number): Promise<void> {
  await until(`${count} hosts have a result`, () => results.length >= count);
}

function outcomeOf(delivery: HostResult['delivery']): keyof Outcomes {
  return delivery.kind === 'answer' ? 'answered' : delivery.outcome;
}

function outcomesOf(reports: Reports): Outcomes {
  const counts = { answered: 0, 'not-sent': 0, unknown: 0 };
  for (const outcome of reports.values()) counts[outcome] += 1;
  return counts;
}

function nextNumber(): number {
  rounds += 1;
  if (rounds > ROUNDS_MAX) throw new Error(`bug: more than ${ROUNDS_MAX} rounds`);
  return rounds;
}
