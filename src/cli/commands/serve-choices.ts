/** The options of `ipmi-bt serve`, read. */

import { COUNTDOWN_MAX_MS } from '../../ipmi/watchdog.ts';
import { checkName } from '../../serve/cuse/node.ts';
import { COUNTDOWN_MIN_MS } from '../../serve/feeder.ts';
import type { ServerOptions } from '../../serve/server.ts';
import type { Owner } from '../../whole-file.ts';
import { UsageError, parseTime } from '../args.ts';
import type { Globals } from '../globals.ts';

/** The default is that of the kernel's driver: root alone. */
const ROOT_ONLY = '600';

/** The options as the command line gives them. */
export interface ServeValues {
  readonly name: string | undefined;
  readonly socketsOnly: boolean;
  readonly mode: string | undefined;
  readonly group: string | undefined;
  readonly socket: string | undefined;
  readonly dummy: string | undefined;
  readonly watchdog: string | undefined;
  readonly watchdogAction: 'none' | 'hard-reset' | 'power-down' | 'power-cycle';
}

/** The parts of a server that are wanted. */
export interface ServeChoices {
  /** Owner and mode of the device file; undefined: there shall be none. */
  readonly access: Owner | undefined;
  /** Undefined: one is chosen. */
  readonly name: string | undefined;
  /** Undefined: the place that clients know. */
  readonly socket: string | undefined;
  readonly dummy: string | undefined;
  readonly feed: ServerOptions['feed'];
}

const MS_PER_S = 1000;

const PERMISSIONS = /^0?[0-7]{3}$/;

/** Throws a `UsageError` for what is wrong or contradicts. */
export function serveChoices(
  values: ServeValues,
  { sim }: Pick<Globals, 'sim'>,
  gidOf: (group: string) => number | undefined,
): ServeChoices {
  const { socketsOnly, name, group, mode = ROOT_ONLY, socket, dummy, watchdog } = values;
  if (sim && socket === undefined) {
    const text = 'clients of the interface of this machine would find the simulated BMC';
    throw new UsageError(`--sim serve needs --socket: else ${text}`);
  }
  checkTogether(values);
  if (!PERMISSIONS.test(mode)) throw new UsageError('--mode is not octal, such as 600 or 660');
  const gid = group === undefined ? 0 : gidOf(group);
  if (gid === undefined) throw new UsageError(`--group ${group}: there is no such group`);
  const access = socketsOnly ? undefined : { uid: 0, gid, mode: parseInt(mode, 8) };
  const action = values.watchdogAction;
  const feed = watchdog === undefined ? undefined : { countdownMs: countdownOf(watchdog), action };
  return { access, name, socket, dummy, feed };
}

function checkTogether(values: ServeValues): void {
  const { socketsOnly, name, group, mode, watchdog, watchdogAction } = values;
  const ofFile = { '--name': name !== undefined, '--group': group !== undefined };
  for (const [flag, isGiven] of Object.entries({ ...ofFile, '--mode': mode !== undefined })) {
    if (socketsOnly && isGiven) {
      throw new UsageError(`${flag} is of the device file, and --sockets-only wants none`);
    }
  }
  if (name !== undefined) checkNameOf(name);
  if (watchdog === undefined && watchdogAction !== 'none') {
    throw new UsageError('--watchdog-action needs --watchdog');
  }
}

/** A wrong name is told of before anything is taken. */
function checkNameOf(name: string): void {
  try {
    checkName(name);
  } catch (error) {
    throw new UsageError(`--name: ${(error as Error).message}`);
  }
}

function countdownOf(text: string): number {
  const ms = parseTime(text, '--watchdog');
  if (ms >= COUNTDOWN_MIN_MS && ms <= COUNTDOWN_MAX_MS) return ms;
  const [least, most] = [COUNTDOWN_MIN_MS / MS_PER_S, COUNTDOWN_MAX_MS / MS_PER_S];
  throw new UsageError(`--watchdog ${text} is not between ${least} s and ${most} s`);
}
