/** The collector `bmc`: firmware and maker of the BMC (IPMI 2.0 §20.1, §22.14b). */

import type { Requester } from 'ipmi-bt';
import type { Commands } from 'ipmi-bt/commands';

import type { Collector, Round } from '../collector.ts';
import { manufacturerText } from './manufacturers.ts';
import { SystemInfo, readSystemInfo } from './system-info.ts';

/** `ipmi_exporter` has so much of a version in its labels, and its dashboards know no more. */
const VERSION = /^[0-9.]*/;

/** Three transactions a round, and one more for each 16 bytes of a long string. */
export class BmcCollector implements Collector {
  readonly name = 'bmc';
  readonly #bmc: Pick<Commands, 'mc'>;
  readonly #requester: Requester;

  constructor(bmc: Pick<Commands, 'mc'>, requester: Requester) {
    this.#bmc = bmc;
    this.#requester = requester;
  }

  async collect({ signal, add }: Round): Promise<void> {
    const { firmwareRevision, manufacturerId } = await this.#bmc.mc.deviceId({ signal });
    const text = (parameter: number): Promise<string | undefined> =>
      readSystemInfo(this.#requester, parameter, signal);
    const version = await text(SystemInfo.SYSTEM_FIRMWARE_VERSION);
    const url = await text(SystemInfo.BMC_URL);
    const labels = {
      firmware_revision: firmwareRevision,
      manufacturer_id: manufacturerText(manufacturerId),
      system_firmware_version: version === undefined ? 'N/A' : (VERSION.exec(version)?.[0] ?? ''),
      bmc_url: url ?? '',
    };
    add({ metric: 'ipmi_bmc_info', labels, value: 1 });
  }
}
