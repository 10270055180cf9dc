/** The commands of other controllers that open files have registered for, with their channels. */

import type { CommandSpec } from './abi.ts';

/**
 * Registrations of one file: a program registers for a handful. The kernel's driver has no limit
 * but its memory, and answers ENOMEM at its end.
 */
const REGISTRATIONS_MAX = 1024;

interface Registration<Owner> {
  readonly owner: Owner;
  readonly netFn: number;
  readonly cmd: number;
  channels: number;
}

export class Registrations<Owner> {
  readonly #all = new Set<Registration<Owner>>();

  /** `taken` where the command is registered on one of the channels, by whichever file. */
  add(owner: Owner, { netFn, cmd, channels }: CommandSpec): 'added' | 'taken' | 'full' {
    let owned = 0;
    for (const one of this.#all) {
      if (isOf(one, netFn, cmd) && (one.channels & channels) !== 0) return 'taken';
      if (one.owner === owner) owned += 1;
    }
    if (owned >= REGISTRATIONS_MAX) return 'full';
    this.#all.add({ owner, netFn, cmd, channels });
    return 'added';
  }

  /** False where the file has none of it. */
  remove(owner: Owner, { netFn, cmd, channels }: CommandSpec): boolean {
    let isFound = false;
    for (const one of this.#all) {
      if (one.owner !== owner || !isOf(one, netFn, cmd)) continue;
      if ((one.channels & channels) === 0) continue;
      isFound = true;
      one.channels &= ~channels;
      if (one.channels === 0) this.#all.delete(one);
    }
    return isFound;
  }

  removeAll(owner: Owner): void {
    for (const one of this.#all) if (one.owner === owner) this.#all.delete(one);
  }

  /** The file that a command of a controller on that channel is for. */
  find({ netFn, cmd, channel }: FoundCommand): Owner | undefined {
    for (const one of this.#all) {
      if (isOf(one, netFn, cmd) && (one.channels & (1 << channel)) !== 0) return one.owner;
    }
    return undefined;
  }

  get isEmpty(): boolean {
    return this.#all.size === 0;
  }
}

interface FoundCommand extends Pick<CommandSpec, 'netFn' | 'cmd'> {
  readonly channel: number;
}

function isOf(one: Pick<CommandSpec, 'netFn' | 'cmd'>, netFn: number, cmd: number): boolean {
  return one.netFn === netFn && one.cmd === cmd;
}
