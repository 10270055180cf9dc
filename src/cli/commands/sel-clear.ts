/** `ipmi-bt sel drain` and `ipmi-bt sel clear`: what erases the system event log. */

import type { Commands, SelDrained } from '../../commands/index.ts';
import { shownName } from '../../shown.ts';
import { AppendFile } from '../append-file.ts';
import { UsageError } from '../args.ts';
import { runChange } from '../change.ts';
import { YES_OPTION, confirm } from '../confirm.ts';
import { command } from '../globals.ts';
import { checkFileName } from '../new-file.ts';
import { runOperation } from '../operation.ts';
import type { Operation } from '../operation.ts';
import { OutputError, isStdoutNull, stdoutTaken, tellUser } from '../output.ts';
import type { Session } from '../session.ts';
import { SEL_CLEAR_SCHEMA } from '../schemas/sel.ts';
import { schemaLine } from '../schemas/schema.ts';
import { selJson } from '../sel-lines.ts';

export const DRAIN = command({
  name: 'sel drain',
  canBridge: true,
  help: 'save the entries of the system event log as JSON Lines, and clear it; none is lost',
  words: [{ name: '[file]', help: 'file to append to; standard output by default' }],
  options: { yes: YES_OPTION },
  examples: [
    { line: '--sim sel drain --yes', help: 'print the entries of the simulated BMC, and clear it' },
    {
      line: 'sel drain sel.jsonl --yes',
      help: 'append them to a file, and clear the log',
    },
  ],
  exitCodes: {
    0: 'the entries were saved and erased, or nothing was to be done',
    1: 'the BMC refused a command or an entry: nothing was erased',
    74: 'the entries could not be written: nothing was erased',
  },
  run: async ({ globals, options, words }) => {
    const question = 'sel drain will save the system event log, and erase it then';
    const [path] = words;
    checkFileName(path, 'sel drain');
    if (path === undefined && isStdoutNull()) throw lost('standard output is closed, or /dev/null');
    if (!(await confirm(question, { yes: options.yes, globals }))) return 0;
    if (path === undefined) return await runOperation(globals, toOutput);
    const file = new AppendFile(path);
    try {
      if (file.isNull) throw lost(`${shownName(path)} keeps nothing`);
      return await runOperation(globals, toFile(file));
    } finally {
      file.close();
    }
  },
});

export const CLEAR = command({
  name: 'sel clear',
  canBridge: true,
  help: 'erase the system event log, read or not, and wait until that is done',
  options: { yes: YES_OPTION },
  examples: [{ line: '--sim sel clear --yes', help: 'erase the log of the simulated BMC' }],
  exitCodes: {
    0: 'the log is erased, or nothing was to be done',
    1: 'the BMC refused the command',
  },
  run: ({ globals, options }) => {
    const question =
      'sel clear will erase all entries of the system event log; sel drain saves them';
    return runChange(globals, { question, yes: options.yes }, clear);
  },
});

/** Entries that are saved nowhere and erased are lost. */
function lost(reason: string): UsageError {
  const remedy = 'name a file; sel clear erases without saving';
  return new UsageError(`${reason}: ${remedy}; nothing was sent`);
}

const clear: Operation = async ({ sel }, { globals, stdout }) => {
  await sel.clear();
  const line = schemaLine(SEL_CLEAR_SCHEMA, { cleared: true });
  stdout.write(globals.json ? line : 'The system event log is erased\n');
  return 0;
};

/** The place where entries go, and the moment before they are erased. */
interface Sink {
  readonly write: (line: string) => void;
  readonly settle: () => void | Promise<void>;
}

const toOutput: Operation = (bmc, session) =>
  drain(bmc, session, {
    write: (line) => {
      session.stdout.write(line);
    },
    settle: async () => {
      await stdoutTaken(session.signal);
      const { failure, isClosed } = session.stdout;
      if (failure !== undefined) throw failure;
      if (isClosed) throw new OutputError('the reader of standard output has gone');
    },
  });

function toFile(file: AppendFile): Operation {
  return (bmc, session) =>
    drain(bmc, session, {
      write: (line) => {
        file.write(line);
      },
      settle: () => {
        file.sync();
      },
    });
}

async function drain({ sel }: Commands, session: Session, sink: Sink): Promise<number> {
  const { signal } = session;
  const style = { isLocal: false, utcOffsetMinutes: await sel.utcOffset() };
  const items = sel.drain({ signal, beforeClear: sink.settle });
  for (;;) {
    const step = await items.next();
    if (step.done === true) {
      tellUser(drainedText(step.value));
      return 0;
    }
    sink.write(selJson(step.value, style));
  }
}

function drainedText({ entries, attempts }: SelDrained): string {
  const tries = attempts > 1 ? `, at attempt ${attempts}, because entries came meanwhile` : '';
  return `${entries} entries were saved, and erased from the system event log${tries}`;
}
