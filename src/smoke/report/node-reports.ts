/**
 * JUnit XML and TAP, written by the reporters of `node:test`. They were made for the events of
 * Node's own tests and escape less than the formats ask for, so every text that they are given is
 * cleaned here first.
 */

import type { CheckEnd, CheckId, Finding, Result, RunEnd, SmokeEvent } from '../events.ts';
import { linesOf, oneLine } from './words.ts';

/** GitLab shows a case as `name@classname`, and ignores the suite. */
const CLASS = 'ipmi-bt.smoke';

/** The case that fails when the run did not pass although no check failed. */
const VERDICT = 'verdict';

/** Node's reporters print an error by this method of it. */
const INSPECT = Symbol.for('nodejs.util.inspect.custom');

/** Results that JUnit and TAP count as failures. */
const NOT_OK: readonly Result[] = ['fail', 'error', 'interrupted'];

type Reporter = (source: AsyncIterable<NodeEvent>) => AsyncIterable<string>;

type Format = 'tap' | 'junit';

/** An event of `node:test`, as far as its reporters read it. */
interface NodeEvent {
  readonly type: 'test:start' | 'test:pass' | 'test:fail' | 'test:plan' | 'test:diagnostic';
  readonly data: Readonly<Record<string, unknown>>;
}

/** One line of TAP, or one case of JUnit. */
interface Case {
  readonly name: string;
  readonly durationMs: number;
  readonly skip?: string;
  readonly error?: Error;
}

/** Gathers the cases of a run. */
class Cases {
  readonly #rounds = new Map<CheckId, number>();
  readonly #findings = new Map<CheckId, Finding[]>();
  #failures = 0;

  /** The cases that an event concludes. */
  of(event: SmokeEvent): readonly Case[] {
    switch (event.kind) {
      case 'finding':
        this.#findings.set(event.id, [...(this.#findings.get(event.id) ?? []), event]);
        return [];
      case 'check-end':
        return [this.#check(event)];
      case 'run-end':
        return this.#verdict(event);
      case 'run-start':
      case 'check-start':
      case 'fact':
      case 'measurement':
      case 'series':
      case 'matrix':
      case 'span':
        return [];
    }
  }

  #check(end: CheckEnd): Case {
    const findings = this.#findings.get(end.id) ?? [];
    this.#findings.delete(end.id);
    const round = (this.#rounds.get(end.id) ?? 0) + 1;
    this.#rounds.set(end.id, round);
    // GitLab drops all but one of the cases with one name.
    const name = round === 1 ? end.id : `${end.id} (round ${round})`;
    const { durationMs } = end;
    if (NOT_OK.includes(end.result)) {
      this.#failures += 1;
      return { name, durationMs, error: checkError(end, findings) };
    }
    return end.result === 'skip'
      ? { name, durationMs, skip: clean(end.reason) }
      : { name, durationMs };
  }

  #verdict({ result, text }: RunEnd): readonly Case[] {
    if (result === 'pass' || this.#failures > 0) return [];
    return [{ name: VERDICT, durationMs: 0, error: errorOf(result, text, [text]) }];
  }
}

/** Writes TAP 13 as the events come. */
export class TapReport {
  readonly #cases = new Cases();
  readonly #pipe: Pipe;
  #count = 0;

  constructor(write: (text: string) => void) {
    this.#pipe = new Pipe(write, 'tap');
  }

  readonly emit = (event: SmokeEvent): void => {
    if (event.kind === 'finding' && event.severity === 'warning') {
      const message = clean(`warning: ${event.id} ${event.slug}: ${event.text}`);
      this.#pipe.push({ type: 'test:diagnostic', data: { nesting: 0, message } });
    }
    for (const one of this.#cases.of(event)) {
      this.#count += 1;
      this.#pipe.push(eventOf(one, this.#count, 0));
    }
    if (event.kind !== 'run-end') return;
    this.#pipe.push({ type: 'test:plan', data: { nesting: 0, count: this.#count } });
    this.#pipe.end();
  };

  /** Resolves when everything is written; a run that has no end has no plan. */
  async finish(): Promise<void> {
    await this.#pipe.finish();
  }
}

/** The whole of a JUnit file, from all events of a run. */
export async function junitXml(events: Iterable<SmokeEvent>): Promise<string> {
  let text = '';
  const pipe = new Pipe((part) => (text += part), 'junit');
  const cases = new Cases();
  let [count, failures, durationMs] = [0, 0, 0];
  pipe.push({ type: 'test:start', data: { name: CLASS, nesting: 0 } });
  for (const event of events) {
    if (event.kind === 'run-end') ({ durationMs } = event);
    for (const one of cases.of(event)) {
      count += 1;
      if (one.error !== undefined) failures += 1;
      pipe.push({ type: 'test:start', data: { name: one.name, nesting: 1 } });
      pipe.push(eventOf(one, count, 1));
    }
  }
  pipe.push({ type: 'test:plan', data: { nesting: 1, count } });
  pipe.push({
    type: failures > 0 ? 'test:fail' : 'test:pass',
    data: {
      ...{ name: CLASS, nesting: 0, testNumber: 1, classname: CLASS },
      details: { duration_ms: durationMs, type: 'suite' },
    },
  });
  await pipe.finish();
  return text;
}

/** Hands events to a reporter, which asks for them, and writes all that it makes of them. */
class Pipe {
  readonly #waiting: NodeEvent[] = [];
  readonly #done: Promise<void>;
  #wake: () => void = () => undefined;
  #isEnded = false;

  constructor(write: (text: string) => void, format: Format) {
    this.#done = this.#drain(write, format);
  }

  push(event: NodeEvent): void {
    this.#waiting.push(event);
    this.#wake();
  }

  end(): void {
    this.#isEnded = true;
    this.#wake();
  }

  async finish(): Promise<void> {
    this.end();
    await this.#done;
  }

  async #drain(write: (text: string) => void, format: Format): Promise<void> {
    // Loaded when it is needed, which is seldom.
    const reporters = (await import('node:test/reporters')) as unknown as Record<Format, Reporter>;
    for await (const part of reporters[format](this.#events())) write(part);
  }

  async *#events(): AsyncGenerator<NodeEvent> {
    for (;;) {
      yield* this.#waiting.splice(0);
      if (this.#waiting.length > 0) continue;
      if (this.#isEnded) return;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}

/** Without `type` and `classname` the reporters write `undefined` and `test`. */
function eventOf(
  { name, durationMs, skip, error }: Case,
  testNumber: number,
  nesting: 0 | 1,
): NodeEvent {
  const details = {
    duration_ms: durationMs,
    type: 'test',
    ...(error === undefined ? {} : { error }),
  };
  return {
    type: error === undefined ? 'test:pass' : 'test:fail',
    data: {
      ...{ name, nesting, testNumber, classname: CLASS, details },
      ...(skip === undefined ? {} : { skip }),
    },
  };
}

function checkError(end: CheckEnd, findings: readonly Finding[]): Error {
  const failures = findings.filter(({ severity }) => severity === 'fail');
  const [kind = end.result] = end.slugs;
  const texts = failures.map(({ slug, text }) => `${slug}: ${text}`);
  const lines = findings.flatMap(({ severity, slug, text, evidence }) => [
    `${severity === 'warning' ? 'warning, ' : ''}${slug}: ${text}`,
    ...evidence.map((line) => `| ${line}`),
  ]);
  const message = texts.length > 0 ? texts.join('; ') : `${end.result}: ${end.reason}`;
  return errorOf(end.result === 'fail' ? kind : end.result, message, [end.reason, ...lines]);
}

/** An error without stack, which Perl's parser of TAP cannot read. */
function errorOf(failureType: string, message: string, lines: readonly string[]): Error {
  const error = new Error(clean(message));
  delete error.stack;
  const text = lines.flatMap((line) => linesOf(line)).map((line) => clean(line));
  const shown = text.filter((line) => line !== '').join('\n');
  const code = { value: failureType, enumerable: true };
  return Object.defineProperties(error, { failureType: code, [INSPECT]: { value: () => shown } });
}

/**
 * One line that is safe in both. In an attribute the XML would hold `"` escaped twice, in text
 * `]]>` not at all; and with `"` and `'` in one text the YAML of the TAP would be none.
 */
function clean(text: string): string {
  return oneLine(text).replaceAll('"', "'").replaceAll(']]>', ']] >');
}
