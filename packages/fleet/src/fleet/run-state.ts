/**
 * The state of a run in a file: the command with its request id, and the hosts with what is known
 * of each. A run that was ended, by whatever, goes on from there with the same request id, by which
 * an agent knows a command that it has executed.
 */

import * as v from 'valibot';
import writeFileAtomic from 'write-file-atomic';

import { ENDPOINTS } from '../nats/subjects.ts';
import { readSmallFile } from '../small-file.ts';
import { exitCodeFor } from './exit-code.ts';
import type { HostResult } from './gather.ts';
import { HOSTS_MAX, checkHostName } from './host-names.ts';
import type { Question } from './transport.ts';

/** A file is no state, or that of another command. */
export class RunStateError extends Error {
  override readonly name = 'RunStateError';
}

/** The file of a run cannot be written: what is known of its hosts would be lost. */
export class RunWriteError extends Error {
  override readonly name = 'RunWriteError';
}

/** A run as its caller asks for it. */
export interface RunWish {
  /** The question without request id and times. */
  readonly question: Question;
  /** Undefined: those of the file. */
  readonly hosts: readonly string[] | undefined;
  /** True: where there is a file, the hosts are those of the file. */
  readonly isAll: boolean;
  /** The request id of a run that begins. */
  readonly id: string;
  /** True: a run that goes on must have it, too. */
  readonly isIdGiven: boolean;
}

const SCHEMA = 'ipmi-bt/fleet-state';

/** Longest file: room for HOSTS_MAX hosts of the longest names. */
const FILE_BYTES_MAX = 64 * 1024 * 1024;

/** The data of a command may be a secret. */
const MODE = 0o600;

const known = v.object({
  outcome: v.picklist(['not-sent', 'unknown', 'answered']),
  exitCode: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(255)),
});

const content = v.object({
  schema: v.literal(SCHEMA),
  version: v.literal(1),
  id: v.pipe(v.string(), v.regex(/^[\w-]{1,64}$/)),
  question: v.object({
    endpoint: v.picklist(ENDPOINTS),
    body: v.record(v.string(), v.unknown()),
  }),
  /** Null: nothing is known of the host. */
  hosts: v.record(v.string(), v.nullable(known)),
});

type Content = v.InferOutput<typeof content>;

/** Goes on with the run of a file, or begins one if there is no file; then the file is written. */
export async function openRunState(path: string, wish: RunWish): Promise<RunState> {
  const text = readIfThere(path);
  const state = new RunState(path, text === undefined ? begun(wish) : resumed(text, path, wish));
  state.touch();
  await state.flush();
  return state;
}

/** The state of one run. */
export class RunState {
  readonly #path: string;
  readonly #content: Content;
  #isDirty = false;
  #writing: Promise<void> | undefined;
  /** The file could not be written; it is not tried again. */
  #failed: { readonly error: unknown } | undefined;

  constructor(path: string, start: Content) {
    this.#path = path;
    this.#content = start;
  }

  /** The request id of the run, the same when it goes on. */
  get id(): string {
    return this.#content.id;
  }

  /** Hosts whose BMC has not answered, as far as is known. */
  get missing(): readonly string[] {
    const { hosts } = this.#content;
    return Object.keys(hosts).filter((host) => hosts[host]?.outcome !== 'answered');
  }

  /** The exit codes of all hosts whose BMC has answered. */
  get exitCodes(): readonly number[] {
    const all = Object.values(this.#content.hosts);
    return all.flatMap((host) => (host?.outcome === 'answered' ? [host.exitCode] : []));
  }

  /**
   * Keeps a result; it is written soon. Throws when the last one could not be written: what is not
   * in the file must not go on for long.
   */
  record({ host, delivery }: HostResult): void {
    if (this.#failed !== undefined) throw this.#failed.error;
    const outcome = delivery.kind === 'answer' ? 'answered' : delivery.outcome;
    const before = this.#content.hosts[host]?.outcome;
    // That the command may have been executed is still true when it is not sent once more.
    const isLess = outcome === 'not-sent' && before === 'unknown';
    this.#content.hosts[host] = {
      outcome: isLess ? 'unknown' : outcome,
      exitCode: exitCodeFor(delivery),
    };
    this.touch();
  }

  /** Has the file written, without waiting for it. */
  touch(): void {
    this.#isDirty = true;
    this.#writing ??= this.#write();
    // The error is that of record() and of flush().
    this.#writing.catch((error: unknown) => {
      this.#failed ??= { error };
    });
  }

  /** Resolves when the file has everything; rejects when it cannot be written. */
  async flush(): Promise<void> {
    await this.#writing;
  }

  async #write(): Promise<void> {
    while (this.#isDirty) {
      this.#isDirty = false;
      const text = `${JSON.stringify(this.#content, undefined, 1)}\n`;
      await writeFileAtomic(this.#path, text, { mode: MODE }).catch((error: unknown) => {
        throw writeError(this.#path, error as NodeJS.ErrnoException);
      });
    }
    this.#writing = undefined;
  }
}

function begun({ question, hosts, id }: RunWish): Content {
  if (hosts === undefined || hosts.length === 0)
    throw new RunStateError('a run that begins needs hosts');
  const unknown = Object.fromEntries(hosts.map((host) => [host, null]));
  return { schema: SCHEMA, version: 1, id, question, hosts: unknown };
}

function resumed(text: string, path: string, wish: RunWish): Content {
  const { question, hosts, isAll, id, isIdGiven } = wish;
  const found = parse(text, path);
  if (isIdGiven && found.id !== id) throw new RunStateError(`${path} is of another request id`);
  if (!isSame(found.question, question)) throw new RunStateError(`${path} is of another command`);
  const names = Object.keys(found.hosts);
  if (!isAll && hosts !== undefined && !isSame(names.sort(), [...hosts].sort())) {
    throw new RunStateError(`${path} is of other hosts`);
  }
  return found;
}

function parse(text: string, path: string): Content {
  const result = v.safeParse(content, jsonOf(text));
  const names = result.success ? Object.keys(result.output.hosts) : [];
  for (const name of names) checkHostName(name);
  if (result.success && names.length <= HOSTS_MAX) return result.output;
  throw new RunStateError(`${path} is no state of ipmi-bt-fleet`);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Compares what JSON makes of both. */
function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Without the name of the file that was to be renamed, which no user has given. */
function writeError(path: string, cause: NodeJS.ErrnoException): RunWriteError {
  const reason = cause.message.replace(/, \w+ '.*$/, '');
  const remedy = 'name a file in a folder that is there, and that this user can write';
  return new RunWriteError(`--resume ${path} cannot be written: ${reason}; ${remedy}`, { cause });
}

function readIfThere(path: string): string | undefined {
  try {
    return readSmallFile(path, FILE_BYTES_MAX).content.toString();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw new RunStateError(`--resume ${path} cannot be read: ${message}`, { cause: error });
  }
}
