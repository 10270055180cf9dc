/**
 * Keeps an interface that was taken from its kernel driver from going back to it, while devices
 * are opened and closed beside it: it is one more process that has taken it, as far as the files
 * in the lock folder tell. It has a guardian, so that a run that is killed gives back as well.
 */

import type { Clock } from '../clock.ts';
import { IpmiError } from '../errors.ts';
import { noGuardian } from '../guardian.ts';
import type { GuardedInterface, Guardian } from '../guardian.ts';
import { giveBackFor } from '../registry/give-back-for.ts';
import type { Host } from '../registry/resources.ts';
import { Users } from '../share/users.ts';

export class Hold {
  readonly #guarded: GuardedInterface;
  readonly #host: Host;
  readonly #users: Users;
  readonly #guardian: Guardian;

  /** Joins a takeover, while the device that has begun it is still open. */
  constructor(guarded: GuardedInterface, host: Host) {
    const { folder, load, startGuardian: start = noGuardian } = host;
    this.#guarded = guarded;
    this.#host = host;
    this.#users = new Users({ base: guarded.base, folder, load });
    try {
      if (this.#users.join() !== 'joined') {
        const text = 'the interface that was taken is about to be given back by another process';
        throw new IpmiError('DEVICE_LOCKED', `${text}; run again`);
      }
      this.#guardian = start(guarded);
    } catch (error) {
      this.#users.close();
      throw error;
    }
  }

  /** Gives the interface back, unless another process has taken it too; rejects if it cannot. */
  async giveBack(clock: Clock): Promise<void> {
    this.#users.close();
    try {
      await giveBackFor(this.#guarded, { clock, host: this.#host });
    } finally {
      this.#guardian.dismiss();
    }
  }
}
