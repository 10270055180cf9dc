/** `ipmi-bt fru list`: the FRUs that the records of the repository name. */

import type { SdrItem } from '../../commands/index.ts';
import { hex } from '../../errors.ts';
import { entityText } from '../../ipmi/entity.ts';
import { EXIT_COMPLETION_CODE } from '../exit-codes.ts';
import { columns } from '../format.ts';
import { command } from '../globals.ts';
import { runOperation } from '../operation.ts';
import type { Operation } from '../operation.ts';
import { tellUser } from '../output.ts';
import { FRU_DEVICE_SCHEMA } from '../schemas/fru.ts';
import { schemaLine } from '../schemas/schema.ts';
import { CACHE_OPTION, cacheOf } from '../sdr-cache-file.ts';

export const LIST = command({
  name: 'fru list',
  canBridge: true,
  help: 'print the FRUs that the SDR repository names, and how to print each',
  options: CACHE_OPTION,
  examples: [{ line: '--sim fru list', help: 'print those of the simulated BMC' }],
  exitCodes: { 0: 'all records were read', 1: 'the BMC refused, or a record could not be read' },
  run: ({ globals, options: { cache } }) => runOperation(globals, list(cache)),
});

/** A FRU as a record names it. */
interface FruDevice {
  readonly record_id: number;
  readonly name: string;
  /** Number for `fru print --id`; null for an EEPROM that has an address only. */
  readonly fru_id: number | null;
  /** Slave address of the controller that leads to it. */
  readonly controller_address: number;
  readonly channel: number;
  /** Of an EEPROM behind the controller; null for a FRU that has a number. */
  readonly eeprom_address: number | null;
  readonly entity_id: number;
  readonly entity_instance: number;
  readonly entity_text: string;
}

/** A controller has FRU 0 if its locator has this bit (IPMI 2.0 §43.9). */
const HAS_FRU = 1 << 3;

function list(folder: string | undefined): Operation {
  return async ({ sdr }, { globals, stdout }) => {
    const found: FruDevice[] = [];
    let isComplete = true;
    for await (const item of sdr.records({ cache: cacheOf(folder, globals) })) {
      isComplete &&= item.error === undefined;
      if (item.error !== undefined) tellUser(item.error.message);
      const device = deviceOf(item.record);
      if (device !== undefined) found.push(device);
    }
    const lines = found.map((device) => schemaLine(FRU_DEVICE_SCHEMA, { ...device }));
    stdout.write(globals.json ? lines.join('') : tableOf(found));
    return isComplete ? 0 : EXIT_COMPLETION_CODE;
  };
}

function deviceOf(record: SdrItem['record']): FruDevice | undefined {
  if (record?.kind === 'fru-locator') {
    const { isLogical } = record.bus;
    return {
      ...placeOf(record),
      fru_id: isLogical ? record.device : null,
      eeprom_address: isLogical ? null : record.device,
    };
  }
  if (record?.kind !== 'controller-locator' || (record.support & HAS_FRU) === 0) return undefined;
  return { ...placeOf(record), fru_id: 0, eeprom_address: null };
}

type Locator = Extract<SdrItem['record'], { kind: 'fru-locator' | 'controller-locator' }>;

function placeOf({ header, name, access, channel, entity }: Locator) {
  return {
    record_id: header.recordId,
    name: name.text,
    controller_address: access.address * 2,
    channel: channel.channel,
    entity_id: entity.id,
    entity_instance: entity.instance.number,
    entity_text: entityText(entity.id),
  };
}

function tableOf(devices: readonly FruDevice[]): string {
  const cells = devices.map((one) => [
    one.fru_id === null ? '' : String(one.fru_id),
    one.name,
    `${hex(one.controller_address, 2)} on channel ${one.channel}`,
    one.eeprom_address === null ? '' : hex(one.eeprom_address, 2),
    `${one.entity_id}.${one.entity_instance} (${one.entity_text})`,
  ]);
  return columns(['ID', 'NAME', 'CONTROLLER', 'EEPROM', 'ENTITY'], cells);
}
