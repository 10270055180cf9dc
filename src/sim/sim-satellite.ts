/**
 * A satellite controller that answers as a simulated BMC does, with device SDRs and no repository:
 * for tests of bridges, and for `ipmi-bt --sim --bridge`.
 */

import { OK } from './command-record.ts';
import { CommandProcessor, SIM_DEVICE_ID, SPEC_COMMANDS } from './commands.ts';
import { guidBytes } from './guid.ts';
import type { Satellite } from './satellites.ts';
import { temperature } from './storage-data.ts';

/** Options of a simulated satellite controller. */
export interface SimSatelliteOptions {
  /** Channel of the BMC that it is behind; 0 by default. */
  readonly channel?: number | undefined;
  /** Slave address, even. */
  readonly address: number;
  /** Records of its device SDRs, whole; one temperature by default. */
  readonly deviceSdrs?: readonly (readonly number[])[] | undefined;
}

/** No command of a satellite has an effect on the interface of the host. */
const NO_EFFECTS = {
  setSmsAttention: () => undefined,
  dropInterrupts: () => undefined,
  restart: () => undefined,
};

/** Get Device ID. */
const [APP, GET_DEVICE_ID] = [0x06, 0x01];

const DEVICE_ID: readonly number[] = SIM_DEVICE_ID;

/** Where the device id has the product, which is another than that of the BMC. */
const PRODUCT_AT = 9;
const PRODUCT = 0x5a;

/** Another than that of any simulated BMC. */
const GUID = '0b0a0908-0706-0504-0302-01005a7e111e';

const INLET = { id: 1, sensor: 0x08, name: 'Inlet Temp' } as const;

/** Makes the controller. */
export function simSatellite(options: SimSatelliteOptions): Satellite {
  const { channel = 0, address } = options;
  const { deviceSdrs = [temperature({ ...INLET, owner: address })] } = options;
  const facts = { capabilities: [], guid: guidBytes(GUID), address, deviceSdrs };
  const processor = new CommandProcessor(SPEC_COMMANDS, NO_EFFECTS, facts);
  const answer: Satellite['answer'] = (request) => {
    const { netFn, cmd } = request;
    if (netFn === APP && cmd === GET_DEVICE_ID) {
      return [OK, ...DEVICE_ID.with(PRODUCT_AT, PRODUCT)];
    }
    return processor.execute({ ...request, seq: 0, atMs: 0 });
  };
  return { channel, address, answer };
}
