/**
 * What is known of the BMC behind a link: who it is, and what its interface can do, which is asked
 * when somebody needs to know.
 */

import type { Clock } from '../clock.ts';
import { DEFAULT_CAPABILITIES } from '../ipmi/bt-capabilities.ts';
import type { BtCapabilities } from '../ipmi/bt-capabilities.ts';
import { isSameFirmware } from '../ipmi/device-id.ts';
import type { DeviceId } from '../ipmi/device-id.ts';
import { askCapabilities, isSilence } from './bring-up.ts';
import type { Identity } from './bring-up.ts';
import type { BtDriver } from '../driver/driver.ts';
import { limitsFor } from '../driver/limits.ts';
import type { Findings } from './recovery.ts';

/** Who is asked, and how. */
export interface KnowledgeParts {
  readonly driver: BtDriver;
  readonly clock: Clock;
  readonly attemptMs: number | undefined;
  /** The BMC did not say what it can do. */
  readonly onSilence: () => void;
}

/** The BMC is another than before, or has other firmware. */
export interface Change {
  readonly now: DeviceId;
  readonly before: DeviceId;
}

export class Knowledge {
  readonly #parts: KnowledgeParts;
  #capabilities: BtCapabilities | undefined;
  #deviceId: DeviceId | undefined;
  /** It was opened although it would not say who it is. */
  #isNameless = false;
  #wantsCapabilities = false;
  #isLearning = false;

  constructor(parts: KnowledgeParts) {
    this.#parts = parts;
  }

  /** What the BMC said of its BT interface, raw; `undefined` while nobody needed to ask. */
  get capabilities(): BtCapabilities | undefined {
    return this.#capabilities;
  }

  /** Who the BMC is; `undefined` before bring-up, or when it would not say. */
  get deviceId(): DeviceId | undefined {
    return this.#deviceId;
  }

  /** Whether somebody needed the capabilities: a BMC that was lost is asked for them anew. */
  get wantsCapabilities(): boolean {
    return this.#wantsCapabilities;
  }

  /** Whether a BMC that was lost must say who it is before it counts as found. */
  get mustSayWho(): boolean {
    return !this.#isNameless;
  }

  /** Bring-up has asked for everything. */
  met({ capabilities, deviceId }: Identity): void {
    this.#capabilities = capabilities;
    this.#wantsCapabilities = true;
    this.#deviceId = deviceId;
    this.#isNameless = deviceId === undefined;
  }

  /** The BMC was asked anew; tells when it is not as it was. */
  metAgain({ capabilities, deviceId: now }: Findings): Change | undefined {
    const before = this.#deviceId;
    this.#deviceId = now ?? before;
    this.#capabilities = capabilities ?? this.#capabilities;
    if (before === undefined || now === undefined) return undefined;
    return isSameFirmware(now, before) ? undefined : { now, before };
  }

  /** Asks what the interface can do, once; callers' requests wait for that in the queue. */
  async learn(): Promise<void> {
    if (this.#wantsCapabilities || this.#isLearning) return;
    this.#isLearning = true;
    const { driver, clock, attemptMs, onSilence } = this.#parts;
    const deadlineMs = clock.now() + limitsFor(DEFAULT_CAPABILITIES, attemptMs).requestMs;
    const options = { clock, deadlineMs, attemptMs, signal: undefined };
    const release = driver.hold();
    try {
      this.#capabilities = await askCapabilities(driver, options);
      this.#wantsCapabilities = true;
    } catch (error) {
      // Closed meanwhile: the request that wanted to know has been told so.
      if (!isSilence(error)) return;
      this.#wantsCapabilities = true;
      onSilence();
    } finally {
      this.#isLearning = false;
      release();
    }
  }
}
