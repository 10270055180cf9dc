/** The records of a repository with the readings of sensors, as `sdr list` and `sdr type` print. */

import type { OtherSdr, SdrListItem, SensorOptions } from '../../commands/index.ts';
import { hex } from '../../errors.ts';
import { EXIT_COMPLETION_CODE } from '../exit-codes.ts';
import { columns } from '../format.ts';
import type { Operation } from '../operation.ts';
import { tellUser } from '../output.ts';
import { SDR_SCHEMA } from '../schemas/sensor.ts';
import { schemaLine } from '../schemas/schema.ts';
import { cacheOf } from '../sdr-cache-file.ts';
import { sensorWays } from '../sensor-ways.ts';
import { NO_READING, readingFields, readingText, statusText } from './sensor-text.ts';

/** The records that are printed, and the folder of `--cache`. */
interface ListChoice extends Pick<SensorOptions, 'only'> {
  readonly folder: string | undefined;
}

/** Prints records with readings; with `only`, those of some sensors. */
export function list({ folder, only }: ListChoice): Operation {
  return async ({ sdrList }, session) => {
    const { globals, stdout } = session;
    const cells: (readonly string[])[] = [];
    let isComplete = true;
    for await (const item of sdrList({
      cache: cacheOf(folder, globals),
      only,
      ...sensorWays(session),
    })) {
      if (item.kind === 'other' && only !== undefined) continue;
      isComplete &&= item.kind !== 'error';
      if (globals.json) stdout.write(schemaLine(SDR_SCHEMA, fields(item)));
      else if (item.kind === 'error') tellUser(item.error.message);
      else cells.push(row(item));
      if (stdout.isClosed) break;
    }
    if (!globals.json) stdout.write(columns(['ID', 'NAME', 'READING', 'STATUS'], cells));
    return isComplete ? 0 : EXIT_COMPLETION_CODE;
  };
}

function row(item: Exclude<SdrListItem, { kind: 'error' }>): readonly string[] {
  const id = hex(item.record.header.recordId);
  if (item.kind === 'other') return [id, nameOf(item.record) ?? '', '', item.record.kind];
  return [id, item.name, readingText(item), statusText(item)];
}

function fields(item: SdrListItem) {
  if (item.kind === 'error') {
    const none = { record_type: null, kind: 'error', name: null, ...NO_READING };
    return { record_id: item.recordId, ...none, error: item.error.message };
  }
  const { header, kind } = item.record;
  const head = { record_id: header.recordId, record_type: header.type, kind };
  if (item.kind === 'other') {
    return { ...head, name: nameOf(item.record) ?? null, ...NO_READING, error: null };
  }
  const error = item.error?.message ?? null;
  return { ...head, name: item.name, ...readingFields(item), error };
}

function nameOf(record: OtherSdr): string | undefined {
  return 'name' in record ? record.name.text : undefined;
}
