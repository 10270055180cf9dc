/**
 * Settings of an interface and its BMC that several processes may need at one time, such as a bit
 * of the BMC Global Enables. Each has a file in the lock folder: the processes that need the
 * setting have locked it together, and it says whether one of them has turned the setting on. The
 * last of them turns it off again, and only if it was off before the first.
 *
 * The kernel frees the lock of a process however it ends, so that a killed process needs nothing
 * any more. What it has turned on stays on record, for the last of the next ones to turn off.
 */

import type { Log } from '../log.ts';
import type { loadNative } from '../native.ts';
import { flockOf } from './flock.ts';
import { LockFile, lockPath } from './lock-file.ts';

/** The bits 0 to 2 of the BMC Global Enables (§22.1), and B2H_IRQ_EN of BT_INTMASK (§11.6.3). */
export const SETTING_NAMES = ['enable0', 'enable1', 'enable2', 'intmask'] as const;

export type SettingName = (typeof SETTING_NAMES)[number];

/**
 * `ours`: turn it off, because no process of ours needs it any more and one of them has turned it
 * on. `found`: leave it on, as it was found. `needed`: another process needs it, or may need it.
 */
export type Released = 'ours' | 'found' | 'needed';

/** A setting, as one process needs it. Used only while this process has the interface. */
export interface Setting {
  /** This process needs it. */
  readonly isNeeded: boolean;

  /**
   * Begins to need it. `isOn` is the setting as it was read just now: if it is off and no other
   * process needs it, the processes that need it from now on turn it off in the end. Idempotent.
   */
  need(isOn: boolean): void;

  /** Stops needing it. After `ours` call {@link settle}: until then no other process needs it. */
  release(): Released;

  /** Says whether the setting was turned off, as {@link release} told. */
  settle(isOff: boolean): void;

  /** Stops needing it, and leaves the setting as it is. Idempotent. */
  close(): void;
}

/** The settings of one interface. */
export type Settings = Readonly<Record<SettingName, Setting>>;

/** Makes the settings of an interface that no other process can reach. */
export function ownSettings(): Settings {
  return settingsOf(ownSetting);
}

/** The parts of settings in files; only tests bring their own. */
export interface SettingsOptions {
  /** Port of BT_CTRL. */
  readonly base: number;
  /** Checked by the lock of the interface. */
  readonly folder: string;
  readonly load: typeof loadNative;
  readonly log: Log;
}

/** Makes the settings of an interface that other processes use as well. */
export function sharedSettings({ base, folder, load, log }: SettingsOptions): Settings {
  return settingsOf((name) => {
    const newFile = (): LockFile => new LockFile(lockPath(folder, base, name), flockOf(load()));
    return new SharedSetting(newFile, (error) => {
      log.warn({ setting: name, error: String(error) }, 'setting not shared');
    });
  });
}

/** Makes a setting that no other process can reach. */
export function ownSetting(): Setting {
  return new OwnSetting();
}

function settingsOf(newSetting: (name: SettingName) => Setting): Settings {
  const entries = SETTING_NAMES.map((name) => [name, newSetting(name)] as const);
  return Object.fromEntries(entries) as Record<SettingName, Setting>;
}

/** Closes all of them. */
export function closeSettings(settings: Settings): void {
  for (const name of SETTING_NAMES) settings[name].close();
}

class OwnSetting implements Setting {
  #isNeeded = false;
  /** This process has turned it on. */
  #isOurs = false;

  get isNeeded(): boolean {
    return this.#isNeeded;
  }

  need(isOn: boolean): void {
    if (this.#isNeeded) return;
    this.#isNeeded = true;
    this.#isOurs ||= !isOn;
  }

  release(): Released {
    const isOurs = this.#isNeeded && this.#isOurs;
    this.#isNeeded = false;
    return isOurs ? 'ours' : 'found';
  }

  settle(isOff: boolean): void {
    if (isOff) this.#isOurs = false;
  }

  close(): void {
    this.#isNeeded = false;
  }
}

/** The content of the file while the setting is on because a process of ours has turned it on. */
const OURS = 'on\n';

class SharedSetting implements Setting {
  readonly #newFile: () => LockFile;
  readonly #warn: (error: unknown) => void;
  #file: LockFile | undefined;
  #isNeeded = false;
  /** A process of ours has turned it on: this one, or another one as the file told. */
  #isOurs = false;
  #isClosed = false;

  constructor(newFile: () => LockFile, warn: (error: unknown) => void) {
    this.#newFile = newFile;
    this.#warn = warn;
  }

  get isNeeded(): boolean {
    return this.#isNeeded;
  }

  need(isOn: boolean): void {
    if (this.#isNeeded || this.#isClosed) return;
    this.#isNeeded = this.#unlessDenied(() => this.#join(isOn)) ?? true;
  }

  release(): Released {
    if (!this.#isNeeded) return 'needed';
    this.#isNeeded = false;
    const released = this.#unlessDenied(() => this.#leave()) ?? 'needed';
    this.#isOurs = false;
    return released;
  }

  settle(isOff: boolean): void {
    if (isOff) {
      this.#unlessDenied(() => this.#file?.write(''));
    }
    this.#unlessDenied(() => this.#file?.unlock());
  }

  close(): void {
    this.#isClosed = true;
    this.#isNeeded = false;
    this.#file?.close();
    this.#file = undefined;
  }

  /** False while another process is about to turn it off: it is needed at the next call. */
  #join(isOn: boolean): boolean {
    const file = (this.#file ??= this.#newFile());
    // On, and not on record: another program has turned it on, and must find it on in the end.
    if (file.tryLock() && !isOn) {
      this.#isOurs = true;
      this.#unlessDenied(() => {
        file.write(OURS);
      });
    }
    if (!file.tryShare()) return false;
    // Remembered, in case that the record is lost meanwhile: none of ours can turn it off now.
    this.#isOurs ||= file.read() === OURS;
    return true;
  }

  #leave(): Released {
    if (this.#file?.tryLock() !== true) return 'needed';
    if (this.#isOurs) return 'ours';
    this.#file.unlock();
    return 'found';
  }

  /**
   * Undefined when the file cannot be used. The setting is needed all the same, and left on in the
   * end, because another process may need it.
   */
  #unlessDenied<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      this.#warn(error);
      return undefined;
    }
  }
}
