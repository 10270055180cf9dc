/**
 * `ipmi-bt trace show|replay|kernel-log`: reads what `--record` has made, or a log of the Linux
 * kernel. The code for it is loaded when the command runs, because no other command needs it.
 */

import { nearest } from '../../option-table.ts';
import { shownName } from '../../shown.ts';
import { UsageError } from '../args.ts';
import { jsonLine } from '../format.ts';
import { command, readGlobals, refuseRecord } from '../globals.ts';
import { readLines } from '../input.ts';
import { checkFileName, makeFile } from '../new-file.ts';
import { stdout } from '../output.ts';
import { readRecordingFile } from '../recording-file.ts';

/** The actions, in the order of the help. */
const TRACE_ACTIONS = ['show', 'replay', 'kernel-log'] as const;

type TraceAction = (typeof TRACE_ACTIONS)[number];

export const TRACE_COMMAND = command({
  name: 'trace',
  device: 'none',
  help: 'show or replay a recording made with --record, or explain a log of the Linux kernel',
  words: [
    { name: '<action>', help: 'show, replay or kernel-log', names: TRACE_ACTIONS },
    { name: '<file>', help: 'the recording, or the log; - reads standard input' },
  ],
  options: {
    html: { value: 'file', help: 'show: write a page with the timeline to a new file' },
    registers: { help: 'show: print every register access, in place of the requests' },
  },
  notes: `--record makes a recording of any command that opens an interface. show prints
its requests, attempts and states, and the time that each deadline left. replay
sends the requests to a simulated BMC that answers from the recording, and
compares. kernel-log finds the requests that Linux began while another one was
on the wire, and the answers that it made up for them.`,
  examples: [
    { line: 'trace show info.jsonl', help: 'show the recording of that name' },
    { line: 'trace show info.jsonl --html info.html', help: 'make a page of it' },
    { line: 'trace replay info.jsonl', help: 'check which requests can be replayed' },
    { line: 'trace kernel-log dmesg.txt', help: 'explain a log with the lines of bt_debug=7' },
  ],
  exitCodes: {
    0: 'the file was read; replay: all replies were as recorded',
    1: 'replay: a reply was not as recorded, or none can be replayed',
    64: 'the file cannot be read, or is none of that kind',
  },
  run: ({ words: [action, file = ''], options, globals: values }) => {
    refuseRecord(values, 'trace');
    const globals = readGlobals(values);
    if (globals.sim) throw new UsageError('trace reads a file, and cannot be used with --sim');
    return trace(parseAction(action), { ...options, file, json: globals.json });
  },
});

/** The file that is read, and how. */
interface TraceOptions {
  readonly file: string;
  readonly json: boolean;
  readonly html: string | undefined;
  readonly registers: boolean;
}

/** A reply was not as recorded. */
const EXIT_DIFFERENT = 1;

function parseAction(word: string | undefined): TraceAction {
  const action = TRACE_ACTIONS.find((one) => one === word);
  if (action !== undefined) return action;
  const near = nearest(word ?? '', TRACE_ACTIONS);
  const meant = near === undefined ? '' : `; did you mean ${near}?`;
  const known = `the actions are ${TRACE_ACTIONS.join(', ')}, each with a file`;
  // The word is not told: it may be a file's name, or a secret that slipped.
  throw new UsageError(`trace has no such action${meant} (${known})`);
}

/** Runs one of them; resolves to the exit code. */
async function trace(action: TraceAction, options: TraceOptions): Promise<number> {
  const { html, registers, json } = options;
  checkFileName(html, '--html');
  checkFileName(options.file, `trace ${action}`);
  if (action !== 'show' && (html !== undefined || registers)) {
    throw new UsageError(`${html === undefined ? '--registers' : '--html'} works only with show`);
  }
  if (registers && (json || html !== undefined)) {
    throw new UsageError('--registers is text, and excludes --json and --html');
  }
  switch (action) {
    case 'show':
      return await show(options);
    case 'replay':
      return await replay(options);
    case 'kernel-log':
      return await kernelLog(options);
  }
}

async function show({ file, json, html, registers }: TraceOptions): Promise<number> {
  const recording = await readRecordingFile(file);
  const { registerText, timelineFields, timelineText } =
    await import('../../trace/timeline-text.ts');
  if (registers) {
    stdout.write(registerText(recording));
    return 0;
  }
  const { timelineOf } = await import('../../trace/timeline.ts');
  const timeline = timelineOf(recording);
  if (html !== undefined) {
    const { timelineHtml } = await import('../../trace/timeline-html.ts');
    makeFile(html, '--html', timelineHtml(recording, timeline));
  }
  if (json) stdout.write(jsonLine('trace-show', timelineFields(recording, timeline)));
  else if (html === undefined) stdout.write(timelineText(recording, timeline));
  return 0;
}

async function replay({ file, json }: TraceOptions): Promise<number> {
  const { isFaithful, replayAll, replayFields, replayText } = await import('./trace-replay.ts');
  const replayed = await replayAll(await readRecordingFile(file));
  stdout.write(json ? jsonLine('trace-replay', replayFields(replayed)) : replayText(replayed));
  return isFaithful(replayed) ? 0 : EXIT_DIFFERENT;
}

async function kernelLog({ file, json }: TraceOptions): Promise<number> {
  const { KernelLogError, KernelLogReader, LOG_LINE_MAX } =
    await import('../../trace/kernel-log.ts');
  const { kernelStory } = await import('../../trace/kernel-story.ts');
  const { kernelFields, kernelText } = await import('../../trace/kernel-text.ts');
  const reader = new KernelLogReader();
  const take = (line: string): void => {
    reader.take(line);
  };
  try {
    const rest = await readLines(file, { lineMax: LOG_LINE_MAX, take });
    if (rest !== '') take(rest);
    const log = reader.end();
    const story = kernelStory(log);
    stdout.write(
      json ? jsonLine('trace-kernel-log', kernelFields(log, story)) : kernelText(log, story),
    );
    return 0;
  } catch (error) {
    if (!(error instanceof KernelLogError)) throw error;
    throw new UsageError(`${file === '-' ? 'standard input' : shownName(file)}: ${error.message}`);
  }
}
