/**
 * The names by which processes know each other: pid and program. A pid means a process only in its
 * own pid namespace, and arguments may hold a password, so that neither is told without care.
 */

import { basename, isAbsolute } from 'node:path';

import type { Files } from '../files.ts';
import { shownName } from '../shown.ts';

/** A process that has a lock, by its own word. */
export interface Holder {
  /** Undefined when the pid is one of another pid namespace, where it means another process. */
  readonly pid: number | undefined;
  /** Its program and the file name of its script; no arguments. */
  readonly command: string;
}

/** This process, as it signs. */
export interface Signature {
  readonly pid: number;
  /** The link /proc/self/ns/pid; undefined where it cannot be read. */
  readonly pidNamespace: string | undefined;
  readonly program: string;
}

/** Longer than the name of a file can be (NAME_MAX), twice. */
const PROGRAM_LENGTH_MAX = 512;

/** Switches of Node after which the first word is no script but an argument. */
const NO_SCRIPT = /^(-e|-p|-pe|-i|--eval|--print|--interactive)(=|$)/;

/** A process as Node describes it. */
interface Running {
  readonly pid: number;
  readonly execPath: string;
  readonly execArgv: readonly string[];
  readonly argv: readonly string[];
}

/** Returns the signature of this process; only tests bring another. */
export function ownSignature(files: Files, running: Running = process): Signature {
  const { pid, execPath, execArgv, argv } = running;
  const [, first = ''] = argv;
  const isScript = isAbsolute(first) && !execArgv.some((word) => NO_SCRIPT.test(word));
  // Node makes the path of a script absolute; that of an argument is as it was typed.
  const script = isScript && files.exists(first) ? [basename(first)] : [];
  const program = [basename(execPath), ...script].join(' ').slice(0, PROGRAM_LENGTH_MAX);
  return { pid, pidNamespace: pidNamespace(files), program };
}

/** Names a pid namespace; undefined when it is not known. */
function pidNamespace(files: Files): string | undefined {
  return files.linkTarget('/proc/self/ns/pid');
}

/** Returns the process that signed like this, as `reader` may name it. */
export function holderOf(
  { pid, pidNamespace: home, program }: Signature,
  reader: Signature,
): Holder {
  const isKnown = home !== undefined && home === reader.pidNamespace;
  return { pid: isKnown ? pid : undefined, command: program };
}

/** The words for a holder in messages. */
export function holderText(holder: Holder | undefined): string {
  if (holder === undefined) return 'another process';
  const { pid } = holder;
  const command = shownName(holder.command);
  return pid === undefined
    ? `a process of another container, or pid namespace (${command})`
    : `pid ${pid} (${command})`;
}

/** This process's pid as the mounted /proc has it, which may be that of another namespace. */
export function pidInProc(files: Files): number | undefined {
  const link = files.linkTarget('/proc/self');
  return link === undefined ? undefined : Number(link);
}
