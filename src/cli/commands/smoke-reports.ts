/** The reports of a smoke run: one on standard output, the others into files at the end. */

import {
  closeSync,
  fstatSync,
  ftruncateSync,
  openSync,
  realpathSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { release } from 'node:os';
import { pathToFileURL } from 'node:url';

import type { Emit, RunEnd, SmokeEvent } from '../../smoke/events.ts';
import { baselineOf, baselineText } from '../../smoke/baseline-file.ts';
import type { Baseline } from '../../smoke/baseline-file.ts';
import { RunRecorder } from '../../smoke/record.ts';
import type { RunRecord } from '../../smoke/record.ts';
import { htmlReport } from '../../smoke/report/html.ts';
import { LavaReport } from '../../smoke/report/lava.ts';
import { nagiosStatus } from '../../smoke/report/nagios.ts';
import { TapReport, junitXml } from '../../smoke/report/node-reports.ts';
import { OcptvReport } from '../../smoke/report/ocptv.ts';
import type { ReportFile } from '../../smoke/report/ocptv.ts';
import { TextReport } from '../../smoke/report/text.ts';
import { oneLine } from '../../smoke/report/words.ts';
import { reasonOf, shownName } from '../../shown.ts';
import { writeWhole } from '../../whole-file.ts';
import { UsageError } from '../args.ts';
import { checkFileName } from '../new-file.ts';
import { EXIT_STREAM } from '../exit-codes.ts';
import type { Output } from '../output.ts';
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
  readonly path: string;
  readonly fd: number;
  readonly text: (events: readonly SmokeEvent[], record: RunRecord) => Promise<string>;
}

/** The owner and the mode of a file. */
interface Owned {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/** A folder that may not be written, another user's file, or one that is mounted by itself. */
const IN_PLACE_ONLY: readonly string[] = ['EACCES', 'EPERM', 'EROFS', 'EBUSY'];

/** Permission bits of a file. */
const MODE_BITS = 0o7777;

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
  readonly before: Baseline | undefined;
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

  /** Opens all files, so that one that cannot be written is told before anything runs. */
  constructor(values: SmokeValues, format: Format, { output, tell, before }: ReportParts) {
    const options = (Object.keys(FILES) as FileOption[]).filter(
      (option) => values[option] !== undefined,
    );
    const named = options.map((option): [FileOption, string] => [option, values[option] ?? '']);
    this.#targets = named.map(([option, path]) => targetOf(option, path, before));
    refuseOneFile(this.#targets);
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
        const trouble = writeTo(target, await target.text(this.#events, record));
        if (trouble !== undefined) this.#tell(trouble);
        isLost ||= trouble !== undefined;
      } else {
        this.#tell(`no baseline is saved, because the run did not come to its end`);
        discard(target);
      }
    }
    // Nagios knows four exit codes only.
    return isLost && this.#format !== 'nagios' ? EXIT_STREAM : exit;
  }
}

/** Writes a file, whole or not at all; returns a sentence when it could not be. */
function writeTo(target: Target, text: string): string | undefined {
  const { path, fd } = target;
  const stats = fstatSync(fd);
  try {
    if (!stats.isFile() || !isReplaced(path, text, stats)) {
      if (stats.isFile()) ftruncateSync(fd);
      writeFileSync(fd, text);
    }
  } catch (error) {
    discard(target);
    const was = stats.isFile() ? 'is not written' : 'is not complete';
    return `${shownName(path)} ${was}: ${reasonOf(error)}`;
  }
  closeSync(fd);
  return undefined;
}

/** Puts a new file in place of the old one; false where only the old one may be written. */
function isReplaced(path: string, text: string, owned: Owned): boolean {
  const { mode, uid, gid } = owned;
  try {
    // A link stays, and the file behind it is replaced.
    writeWhole(realpathSync(path), text, { mode: mode & MODE_BITS, owner: { uid, gid } });
    return true;
  } catch (error) {
    if (IN_PLACE_ONLY.includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  }
}

/** Leaves a file as it was before it was opened. */
function discard({ path, fd }: Target): void {
  const stats = fstatSync(fd);
  const isOurs = stats.isFile() && stats.size === 0;
  closeSync(fd);
  if (isOurs) unlinkSync(path);
}

/** One report would overwrite the other. */
function refuseOneFile(targets: readonly Target[]): void {
  const seen = new Map<string, Target>();
  for (const target of targets) {
    const { dev, ino } = fstatSync(target.fd);
    if (!fstatSync(target.fd).isFile()) continue;
    const other = seen.get(`${dev} ${ino}`);
    if (other !== undefined) {
      throw new UsageError(`--${other.option} and --${target.option} name the same file`);
    }
    seen.set(`${dev} ${ino}`, target);
  }
}

function targetOf(option: FileOption, path: string, before: Baseline | undefined): Target {
  const texts: Readonly<Record<FileOption, Target['text']>> = {
    junit: (events) => junitXml(events),
    html: (events) => htmlReport(events, before),
    save: (events, record) => Promise.resolve(baselineText(baselineOf(record, seriesOf(events)))),
  };
  checkFileName(path, `--${option}`);
  try {
    // What is in the file stays until there is something to replace it.
    return { option, path, fd: openSync(path, 'a'), text: texts[option] };
  } catch (error) {
    throw new UsageError(`--${option}: ${shownName(path)} cannot be written: ${reasonOf(error)}`);
  }
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
  const verdict = (end?.result ?? 'interrupted').toUpperCase();
  return oneLine(`${verdict}: smoke test${sim}: ${end?.text ?? ''}${first}`);
}
