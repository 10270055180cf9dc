/**
 * The report for machines: JSON Lines after the Test and Validation output specification 2.0 of the
 * Open Compute Project, one artifact a line, written as the events come. A check is a test step. A
 * run that was killed leaves valid lines; without `testRunEnd` they count as an error.
 */

import type { IpmiErrorCode } from '../../errors.ts';
import type {
  CheckEnd,
  CheckId,
  Fact,
  Finding,
  Matrix,
  Measurement,
  RunEnd,
  RunStart,
  Series,
  SmokeEvent,
  Span,
} from '../events.ts';
import { END_OF_RUN, END_OF_STEP, measurementOf, symptomOf } from './ocptv-values.ts';
import { dutInfoOf, hardwareOf, SOFTWARE_ID } from './ocptv-dut.ts';
import type { Known } from './ocptv-dut.ts';

/** A file that the run leaves beside its report. */
export interface ReportFile {
  readonly displayName: string;
  /** `file:///...` for a file of this host. */
  readonly uri: string;
  readonly description: string;
  readonly contentType: string;
}

/** All that the report says besides the events. */
export interface OcptvOptions {
  readonly known?: Known;
  readonly files?: readonly ReportFile[];
}

/** A check that has started. */
interface Step {
  readonly stepId: string;
  /** Slugs for which a failure has been written. */
  readonly failed: Set<string>;
}

type Body = Readonly<Record<string, unknown>>;

/** Writes the report as the events come. */
export class OcptvReport {
  readonly #write: (text: string) => void;
  readonly #options: OcptvOptions;
  readonly #steps = new Map<CheckId, Step>();
  #sequenceNumber = 0;
  #stepCount = 0;
  #seriesCount = 0;
  #at = '';
  /** Code of the first error: the run could not be done because of it. */
  #code: IpmiErrorCode | undefined;

  constructor(write: (text: string) => void, options: OcptvOptions = {}) {
    this.#write = write;
    this.#options = options;
  }

  readonly emit = (event: SmokeEvent): void => {
    this.#at = event.at;
    switch (event.kind) {
      case 'run-start':
        this.#start(event);
        return;
      case 'check-start':
        this.#startStep(event.id, event.changes);
        return;
      case 'check-end':
        this.#endStep(event);
        return;
      case 'run-end':
        this.#end(event);
        return;
      case 'fact':
      case 'measurement':
      case 'series':
      case 'matrix':
      case 'span':
      case 'finding':
        this.#observe(event);
        return;
    }
  };

  #start({ info }: RunStart): void {
    this.#line({ schemaVersion: { major: 2, minor: 0 } });
    this.#run('testRunStart', {
      ...{ name: 'ipmi-bt smoke', version: info.version, commandLine: info.commandLine },
      parameters: { ...info.parameters, seed: info.seed },
      dutInfo: dutInfoOf(info, this.#options.known ?? {}),
    });
  }

  #startStep(id: CheckId, changes?: string): Step {
    const step: Step = { stepId: String(this.#stepCount), failed: new Set() };
    this.#stepCount += 1;
    this.#steps.set(id, step);
    this.#step(step, 'testStepStart', { name: id });
    if (changes !== undefined) this.#log(step, 'INFO', `changes something: ${changes}`);
    return step;
  }

  #observe(event: Fact | Measurement | Series | Matrix | Span | Finding): void {
    const step = this.#steps.get(event.id) ?? this.#startStep(event.id);
    switch (event.kind) {
      case 'fact':
        this.#step(step, 'measurement', { name: event.name, value: event.value });
        return;
      case 'measurement':
        this.#step(step, 'measurement', { ...measurementOf(event), ...hardwareOf(event.id) });
        return;
      case 'series':
        this.#series(step, event);
        return;
      case 'matrix':
        this.#step(step, 'extension', {
          name: 'firmware-matrix',
          content: { columns: event.columns, rows: event.rows },
        });
        return;
      case 'span':
        this.#step(step, 'extension', {
          name: 'span',
          content: {
            ...{ name: event.name, fromMs: event.fromMs, toMs: event.toMs },
            isFailed: event.isFailed,
          },
        });
        return;
      case 'finding':
        this.#finding(step, event);
        return;
    }
  }

  #series(step: Step, { id, name, unit, values }: Series): void {
    const measurementSeriesId = String(this.#seriesCount);
    this.#seriesCount += 1;
    const numbers = values.filter((value) => Number.isFinite(value));
    this.#step(step, 'measurementSeriesStart', {
      ...{ measurementSeriesId, name, unit },
      ...hardwareOf(id),
    });
    for (const [index, value] of numbers.entries()) {
      const timestamp = this.#at;
      this.#step(step, 'measurementSeriesElement', {
        ...{ measurementSeriesId, index, value, timestamp },
      });
    }
    this.#step(step, 'measurementSeriesEnd', { measurementSeriesId, totalCount: numbers.length });
  }

  #finding(step: Step, { id, severity, slug, text, evidence }: Finding): void {
    if (severity === 'fail') step.failed.add(slug);
    const type = severity === 'fail' ? 'FAIL' : 'UNKNOWN';
    this.#step(step, 'diagnosis', { verdict: slug, type, message: text, ...hardwareOf(id) });
    if (evidence.length > 0) this.#log(step, 'INFO', evidence.join('\n'));
  }

  #endStep(end: CheckEnd): void {
    const step = this.#steps.get(end.id) ?? this.#startStep(end.id);
    if (end.retested !== undefined) {
      const { failures, tries } = end.retested;
      this.#log(step, 'WARNING', `failed ${failures} of ${tries} tries`);
    }
    switch (end.result) {
      case 'pass':
        this.#step(step, 'diagnosis', {
          ...{ verdict: `${end.id}-pass`, type: 'PASS' },
          ...hardwareOf(end.id),
        });
        break;
      case 'fail':
        this.#failStep(step, end);
        break;
      case 'skip':
        this.#log(step, 'INFO', `skipped${end.isAllowed ? ' (allowed)' : ''}: ${end.reason}`);
        break;
      case 'interrupted':
        this.#log(step, 'WARNING', `interrupted: ${end.reason}`);
        break;
      case 'error':
        this.#code ??= end.code;
        this.#step(step, 'error', errorOf(end.reason, end.code));
        break;
    }
    this.#closeStep(end.id, step, END_OF_STEP[end.result]);
  }

  /** Each slug of the end is a diagnosis, once. */
  #failStep(step: Step, { id, slugs, reason }: CheckEnd): void {
    const missing = slugs.filter((slug) => !step.failed.has(slug));
    const isBare = slugs.length === 0 && step.failed.size === 0;
    for (const verdict of isBare ? [`${id}-fail`] : missing) {
      const message = reason;
      this.#step(step, 'diagnosis', { verdict, type: 'FAIL', message, ...hardwareOf(id) });
    }
  }

  #end(end: RunEnd): void {
    for (const [id, step] of this.#steps) {
      this.#log(step, 'WARNING', 'the run ended before this check did');
      this.#closeStep(id, step, 'SKIP');
    }
    this.#files();
    if (end.result === 'error') this.#run('error', errorOf(end.text, this.#code));
    else this.#run('log', { severity: 'INFO', message: end.text });
    this.#run('testRunEnd', END_OF_RUN[end.result]);
  }

  /** Only a test step can have files. */
  #files(): void {
    const files = this.#options.files ?? [];
    if (files.length === 0) return;
    const step = { stepId: String(this.#stepCount), failed: new Set<string>() };
    this.#step(step, 'testStepStart', { name: 'reports' });
    for (const file of files) this.#step(step, 'file', { ...file, isSnapshot: false });
    this.#step(step, 'testStepEnd', { status: 'COMPLETE' });
  }

  #closeStep(id: CheckId, step: Step, status: string): void {
    this.#step(step, 'testStepEnd', { status });
    this.#steps.delete(id);
  }

  #log(step: Step, severity: 'INFO' | 'WARNING', message: string): void {
    this.#step(step, 'log', { severity, message });
  }

  #step({ stepId }: Step, name: string, body: Body): void {
    this.#line({ testStepArtifact: { testStepId: stepId, [name]: body } });
  }

  #run(name: string, body: Body): void {
    this.#line({ testRunArtifact: { [name]: body } });
  }

  #line(artifact: Body): void {
    const sequenceNumber = this.#sequenceNumber;
    this.#sequenceNumber += 1;
    const whole = { ...artifact, sequenceNumber, timestamp: this.#at };
    this.#write(`${JSON.stringify(whole, wellFormed)}\n`);
  }
}

/** Half of a pair of UTF-16 is what some parsers of JSON refuse. */
function wellFormed(_: string, value: unknown): unknown {
  return typeof value === 'string' ? value.replace(/\p{Cs}/gu, '\ufffd') : value;
}

function errorOf(message: string, code: IpmiErrorCode | undefined): Body {
  return { symptom: symptomOf(code), message, softwareInfoIds: [SOFTWARE_ID] };
}
