/**
 * A line of `exec` that is no raw command. It is begun with all others, before anything is sent,
 * and goes on until it needs the device: by then it has read its words and files, and a mistake in
 * them is known. Then it waits for its turn.
 */

import { UsageError, inCommand } from '../args.ts';
import { checkBridge } from '../bridge-option.ts';
import type { GlobalValues } from '../globals.ts';
import type { OptionSpecs, Running, Values } from '../spec.ts';
import type { Means } from '../turn.ts';
import type { OtherLine } from './exec-lines.ts';

/** The part of a line's input that all lines of a script have in common. */
export interface Shared {
  readonly globals: GlobalValues;
  readonly program: Running<GlobalValues>;
  /** Confirms the changes of all lines. */
  readonly yes: boolean;
  /** True where the lines come from standard input, and no line can read that. */
  readonly isStream: boolean;
}

/** A line that waits for its turn. */
export interface Begun {
  /** Lets it run; resolves to its exit code. */
  readonly go: (means: Means) => Promise<number>;
  /** Lets it end without its turn; resolves when it has. */
  readonly giveUp: () => Promise<void>;
}

/** The script has ended before the turn of a line. */
class NoTurn extends Error {
  override readonly name = 'NoTurn';
}

/** Begins a line; rejects with a `UsageError` for a mistake in it. */
export async function begin(line: OtherLine, shared: Shared): Promise<Begun> {
  try {
    return await beginOf(line, shared);
  } catch (error) {
    throw inCommand(error, line.command.name);
  }
}

async function beginOf(line: OtherLine, shared: Shared): Promise<Begun> {
  const { globals, program, isStream } = shared;
  const { command, words } = line;
  if (isStream && words.includes('-')) {
    throw new UsageError(`${command.name}: standard input has the lines, and no file`);
  }
  checkBridge(command, globals.bridge);
  const given = { words, options: confirmed(line, shared), program };
  if (command.device === 'none') {
    const go = (): Promise<number> => command.run({ ...given, globals });
    return { go, giveUp: () => Promise.resolve() };
  }
  const turn = deferred<Means>();
  const waiting = deferred<'waiting'>();
  const wait = (): Promise<Means> => {
    waiting.resolve('waiting');
    return turn.promise;
  };
  const end = command.run({ ...given, globals: { ...globals, turn: wait } });
  // It is awaited when its turn has come; until then a failure is no unhandled one.
  end.catch(() => undefined);
  await Promise.race([waiting.promise, end]);
  return {
    go: async (means) => {
      turn.resolve(means);
      return await end;
    },
    giveUp: async () => {
      turn.reject(new NoTurn());
      await end.catch(() => undefined);
    },
  };
}

function confirmed({ command, options }: OtherLine, { yes }: Shared): Values<OptionSpecs> {
  return yes && command.options?.['yes'] !== undefined ? { ...options, yes: true } : options;
}

/** A promise and what settles it. */
interface Deferred<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (error: Error) => void;
}

function deferred<T>(): Deferred<T> {
  let resolve: Deferred<T>['resolve'] = () => undefined;
  let reject: Deferred<T>['reject'] = () => undefined;
  const promise = new Promise<T>((settle, fail) => {
    resolve = settle;
    reject = fail;
  });
  promise.catch(() => undefined);
  return { promise, resolve, reject };
}
