/**
 * The hosts that a command line names: a list, a file with one in each line, or bracket ranges,
 * which ClusterShell's `nodeset` expands and folds.
 */

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { ALL_HOSTS, HOST_CHARS_MAX, hostToken } from '../nats/subjects.ts';
import { byName } from './coalesce.ts';
import { textOfFile } from './hosts-file.ts';
import { hasRangesAlone, namesAtMost } from './range-size.ts';

/** Reasons for which there are no hosts to ask. */
export type HostsTrouble =
  | 'wrong'
  /** The choice may be right, but there is no agent, or no program that reads it. */
  | 'absent'
  /** The server of NATS lets this user look for none. */
  | 'refused';

/** A choice of hosts that is wrong, or that cannot be understood by this user on this machine. */
export class HostsError extends Error {
  override readonly name = 'HostsError';
  readonly trouble: HostsTrouble;

  constructor(message: string, trouble: HostsTrouble = 'wrong') {
    super(message);
    this.trouble = trouble;
  }
}

/** More hosts than one run is meant for. */
export const HOSTS_MAX = 100_000;

const NAME = /^[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?$/;

/** All hosts of a run in lines, as `nodeset` prints them, and as a file may have them. */
const LINES_BYTES_MAX = HOSTS_MAX * (HOST_CHARS_MAX + 1);

/** A group of the site's own, whose size nothing bounds, ends `nodeset` by this or by its lines. */
const NODESET_MS_MAX = 30_000;

/** Names that an error shows; a file may have many more. */
const SHOWN_CHARS_MAX = 200;

const run = promisify(execFile);

/** Runs `nodeset` with arguments and standard input, and returns what it prints. */
export type Nodeset = (
  args: readonly string[],
  input: string,
  signal?: AbortSignal,
) => Promise<string>;

/**
 * Runs the program of Debian's package clustershell. Names go through its standard input: Linux
 * passes no argument of more than 128 KiB, and all users see those in the list of processes.
 */
export const nodeset: Nodeset = async (args, input, signal) => {
  const limits = { timeout: NODESET_MS_MAX, maxBuffer: LINES_BYTES_MAX, signal };
  const running = run('nodeset', [...args, '-'], limits);
  const { stdin } = running.child;
  // A program that ends before it has read everything says why by its exit code.
  stdin?.on('error', () => undefined);
  stdin?.end(input);
  return (await running).stdout;
};

/** The choice of hosts, and what ends its reading. */
interface Choice {
  readonly text: string;
  readonly program: Nodeset;
  readonly signal: AbortSignal | undefined;
}

/**
 * Returns the hosts of `a,b`, `@FILE` or `uv[001-400]`, each once, in their natural order. Rejects
 * when the signal aborts: a pipe or `nodeset` may take its time.
 */
export async function readHosts(text: string, program: Nodeset = nodeset, signal?: AbortSignal) {
  const names = await namesIn({ text, program, signal });
  for (const name of names) checkHostName(name);
  if (names.length === 0) {
    const remedy =
      'give names (a,b), a file with a name in each line (@FILE), or a range (uv[1-9])';
    throw new HostsError(`--hosts ${JSON.stringify(shownOf([text]))} names no host: ${remedy}`);
  }
  checkCount(names.length, [text]);
  return oneOfEach(names).sort(byName);
}

function checkCount(count: number, words: readonly string[]): void {
  if (count <= HOSTS_MAX) return;
  const [named, most] = [count, HOSTS_MAX].map((number) => number.toLocaleString('en'));
  throw new HostsError(`${shownOf(words)} names ${named} hosts: a run has ${most} at most`);
}

/** Names of the same agent differ in letters of the other case, or in dots. */
function oneOfEach(names: readonly string[]): string[] {
  return [...new Map(names.map((name) => [hostToken(name), name])).values()];
}

/** Throws a {@link HostsError} unless it is the name of a host. */
export function checkHostName(name: string): void {
  const isAll = name.toLowerCase() === ALL_HOSTS;
  if (name.length <= HOST_CHARS_MAX && NAME.test(name) && !isAll) return;
  if (isAll) throw new HostsError(`"${name}" is no name of a host: it means all hosts`);
  throw new HostsError(`${JSON.stringify(name.slice(0, HOST_CHARS_MAX))} is no name of a host`);
}

async function namesIn(choice: Choice): Promise<readonly string[]> {
  const { text, signal } = choice;
  if (!text.startsWith('@')) return await expanded([text], choice);
  const lines = (await textOf(text.slice(1), signal)).split('\n');
  return await expanded(
    lines.map((line) => line.replace(/#.*/, '').trim()),
    choice,
  );
}

async function textOf(path: string, signal: AbortSignal | undefined): Promise<string> {
  try {
    return await textOfFile(path, LINES_BYTES_MAX, signal);
  } catch (error) {
    throw new HostsError(`the file of hosts cannot be read: ${(error as Error).message}`);
  }
}

/** Ranges go through the program, all at once; plain names need none. */
async function expanded(lines: readonly string[], choice: Choice): Promise<readonly string[]> {
  const words = lines.flatMap((line) => line.split(/\s+/)).filter((word) => word !== '');
  const ranges = words.filter((word) => word.includes('['));
  const plain = words.filter((word) => !word.includes('['));
  const names = plain.flatMap((word) => word.split(',')).filter((name) => name !== '');
  return ranges.length === 0 ? names : [...names, ...(await expand(ranges, choice))];
}

async function expand(ranges: readonly string[], { program, signal }: Choice) {
  const odd = ranges.find((range) => !hasRangesAlone(range));
  if (odd !== undefined) {
    const what = 'brackets may hold digits 0 to 9, spaces, "-", "," and "/", such as uv[1-9/2,12]';
    throw new HostsError(`${shownOf([odd])} is no range of hosts: ${what}`);
  }
  checkCount(
    ranges.reduce((sum, range) => sum + namesAtMost(range), 0),
    ranges,
  );
  try {
    const text = await program(['-e', '-S', '\n'], linesOf(ranges), signal);
    return text.split('\n').filter((name) => name !== '');
  } catch (error) {
    throw expansionError(shownOf(ranges), error as NodeJS.ErrnoException & { stderr?: string });
  }
}

function expansionError(
  ranges: string,
  { code, stderr = '', message }: NodeJS.ErrnoException & { stderr?: string },
): HostsError {
  if (code === 'ENOENT') {
    const remedy = 'install the Debian package clustershell, or name the hosts one by one';
    return new HostsError(`${ranges} needs the program nodeset: ${remedy}`, 'absent');
  }
  const reason = stderr.trim() === '' ? message : stderr.trim();
  return new HostsError(`nodeset does not expand ${ranges}: ${reason}`);
}

/** Words as an error names them. */
function shownOf(words: readonly string[]): string {
  const text = words.join(' ');
  if (text.length <= SHOWN_CHARS_MAX) return text;
  const count = words.length === 1 ? '' : ` (${words.length} words)`;
  return `${text.slice(0, SHOWN_CHARS_MAX)}…${count}`;
}

/** Folds names by `nodeset -f`; where that is not possible, the names with commas between them. */
export async function foldHosts(hosts: readonly string[], program: Nodeset = nodeset) {
  try {
    return (await program(['-f'], linesOf(hosts))).trim();
  } catch {
    return hosts.join(',');
  }
}

/** The form in which the program reads names. */
function linesOf(names: readonly string[]): string {
  return `${names.join('\n')}\n`;
}
