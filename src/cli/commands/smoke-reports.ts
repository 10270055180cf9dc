/** The reports of a smoke run: one on standard output, the others into files at the end. */

import { release } from 'node:os';
import { pathToFileURL } from 'node:url';

import type { Emit, RunEnd, SmokeEvent } from '../../smoke/events.ts';
import { baselineOf, baselineText } from '../../smoke/baseline-file.ts';
import { RunRecorder } from '../../smoke/record.ts';
import type { RunRecord } from '../../smoke/record.ts';
import { htmlReport } from '../../smoke/report/html.ts';
import { LavaReport } from '../../smoke/report/lava.ts';
import { nagiosStatus } from '../../smoke/report/nagios.ts';
import { TapReport, junitXml } from '../../smoke/report/node-reports.ts';
import { OcptvReport } from '../../smoke/report/ocptv.ts';
import type { ReportFile } from '../../smoke/report/ocptv.ts';
import { TextReport } from '../../smoke/report/text.ts';
import { VERDICTS, oneLine } from '../../smoke/report/words.ts';
import { EXIT_STREAM } from '../exit-codes.ts';
import type { Output } from '../output.ts';
import { outputFile, refuseOneFile, writeWhole } from './smoke-files.ts';
import type { OutputFile, ReadBaseline } from './smoke-files.ts';
import type { Format } from './smoke-options.ts';
import type { SmokeValues } from './smoke-spec.ts';

/** A report on standard output. */
interface Report {
  readonly emit: Emit;
  /** Resolves to the exit code of the command, when the report has one of its own. */
  readonly finish: (record: RunRecord) => Promise<number | undefined>;
}

/** A file that is written at the end. */
interface Target {
  readonly option: FileOption;
  readonly file: OutputFile;
  readonly text: (events: readonly SmokeEvent[], record: RunRecord) => Promise<string>;
}

/** Values of a series that a baseline keeps. */
const SERIES_MAX = 2000;

/** Media types of the files, by the option that names them. */
const FILES = {
  junit: ['JUnit report', 'application/xml'],
  html: ['HTML report', 'text/html'],
  save: ['baseline', 'application/json'],
} as const;

type FileOption = keyof typeof FILES;

/** Everything that reports are written to, and compared with. */
export interface ReportParts {
  readonly output: Output;
  /** Says something that is in no report. */
  readonly tell: (text: string) => void;
  readonly before: ReadBaseline | undefined;
  /** The file of `--record`, which is there already. */
  readonly recording?: string | undefined;
}

/** Writes the reports of one run. */
export class SmokeReports {
  readonly #recorder = new RunRecorder();
  /** A run may be repeated for ever, and then only a file needs all of them. */
  readonly #events: SmokeEvent[] = [];
  readonly #report: Report;
  readonly #format: Format;
  readonly #tell: ReportParts['tell'];
  readonly #targets: readonly Target[];

  /** A file that cannot be written is told before anything runs, and none is changed yet. */
  constructor(values: SmokeValues, format: Format, parts: ReportParts) {
    const { output, tell, before, recording } = parts;
    const options = (Object.keys(FILES) as FileOption[]).filter(
      (option) => values[option] !== undefined,
    );
    const named = options.map((option): [FileOption, string] => [option, values[option] ?? '']);
    this.#targets = named.map(([option, path]) => targetOf(option, path, before));
    const recorded = recording === undefined ? [] : [outputFile('record', recording)];
    refuseOneFile([...recorded, ...this.#targets.map(({ file }) => file)], before);
    this.#format = format;
    this.#tell = tell;
    this.#report = reportOf(format, output, named.map(reportFile));
  }

  readonly emit: Emit = (event) => {
    this.#recorder.emit(event);
    if (this.#targets.length > 0) this.#events.push(event);
    this.#report.emit(event);
  };

  /** The run so far. */
  get record(): RunRecord {
    return this.#recorder.record();
  }

  /** Writes the files; resolves to the exit code. One that cannot be written is told. */
  async finish(end: RunEnd): Promise<number> {
    const { record } = this;
    const exit = (await this.#report.finish(record)) ?? end.exit;
    const isWhole = end.result === 'pass' || end.result === 'fail';
    let isLost = false;
    for (const target of this.#targets) {
      if (target.option !== 'save' || isWhole) {
        const trouble = writeWhole(target.file, await target.text(this.#events, record));
        if (trouble !== undefined) this.#tell(trouble);
        isLost ||= trouble !== undefined;
      } else {
        this.#tell(`no baseline is saved, because the run did not come to its end`);
      }
    }
    // Nagios knows four exit codes only.
    return isLost && this.#format !== 'nagios' ? EXIT_STREAM : exit;
  }
}

function targetOf(option: FileOption, path: string, before: ReadBaseline | undefined): Target {
  const baseline = before?.baseline;
  const texts: Readonly<Record<FileOption, Target['text']>> = {
    junit: (events) => junitXml(events),
    html: (events) => htmlReport(events, baseline),
    save: (events, record) => Promise.resolve(baselineText(baselineOf(record, seriesOf(events)))),
  };
  return { option, file: outputFile(option, path), text: texts[option] };
}

/** The last series of each name. */
function seriesOf(events: readonly SmokeEvent[]): ReadonlyMap<string, readonly number[]> {
  const all = events.flatMap((event) => (event.kind === 'series' ? [event] : []));
  return new Map(all.map(({ name, values }) => [name, values.slice(0, SERIES_MAX)]));
}

function reportFile([option, path]: [FileOption, string]): ReportFile {
  const [description, contentType] = FILES[option];
  return { displayName: path, uri: pathToFileURL(path).href, description, contentType };
}

function reportOf(format: Format, output: Output, files: readonly ReportFile[]): Report {
  const write = (text: string): void => {
    output.write(text);
  };
  const nothing = (): Promise<undefined> => Promise.resolve(undefined);
  switch (format) {
    case 'json': {
      const known = { kernel: release(), node: process.version };
      return { emit: new OcptvReport(write, { known, files }).emit, finish: nothing };
    }
    case 'lava':
      return { emit: new LavaReport(write).emit, finish: nothing };
    case 'tap': {
      const tap = new TapReport(write);
      return { emit: tap.emit, finish: () => tap.finish().then(() => undefined) };
    }
    case 'nagios':
      return {
        emit: () => undefined,
        finish: (record) => {
          const { line, exit } = nagiosStatus(record);
          write(line);
          return Promise.resolve(exit);
        },
      };
    case 'line':
      return {
        emit: () => undefined,
        finish: (record) => {
          write(`${lineOf(record)}\n`);
          return Promise.resolve(undefined);
        },
      };
    case 'text':
      return { emit: new TextReport(write).emit, finish: nothing };
  }
}

/** One line for the health check of a scheduler: the verdict, and the first failure in words. */
function lineOf({ info, end, checks }: RunRecord): string {
  const findings = checks.flatMap((check) => check.findings);
  const failure = findings.find(({ severity }) => severity === 'fail');
  const first = failure === undefined ? '' : `; ${failure.id}: ${failure.text}`;
  const sim = info?.isSimulated === true ? ' of the simulated BMC' : '';
  const verdict = VERDICTS[end?.result ?? 'interrupted'];
  return oneLine(`${verdict}: smoke test${sim}: ${end?.text ?? ''}${first}`);
}
