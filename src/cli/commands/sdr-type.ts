/** `ipmi-bt sdr type`: the sensors of one type, or the types that there are. */

import type { SensorRef } from '../../commands/index.ts';
import { sensorsOf } from '../../commands/sensor-ref.ts';
import { isSensor } from '../../ipmi/sdr-record.ts';
import { EXIT_COMPLETION_CODE } from '../exit-codes.ts';
import { columns, hexByte } from '../format.ts';
import { command } from '../globals.ts';
import { NotFoundError } from '../not-found.ts';
import { runOperation } from '../operation.ts';
import type { Operation } from '../operation.ts';
import { tellUser } from '../output.ts';
import { SENSOR_TYPE_SCHEMA } from '../schemas/sensor.ts';
import { schemaLine } from '../schemas/schema.ts';
import { CACHE_OPTION, cacheOf } from '../sdr-cache-file.ts';
import { list } from './sdr-list.ts';

export const TYPE = command({
  name: 'sdr type',
  canBridge: true,
  help: 'print the sensors of a type with readings, or the types that there are',
  words: [{ name: '[type...]', help: 'names such as Temperature, in any case, or numbers: 0x01' }],
  options: CACHE_OPTION,
  examples: [
    { line: '--sim sdr type', help: 'print the types of the simulated BMC' },
    { line: '--sim sdr type temperature', help: 'print its temperatures' },
  ],
  exitCodes: {
    0: 'there are sensors of each type; one without a reading is no error',
    1: 'there is none of a type, the BMC refused, or a record could not be read',
  },
  run: ({ globals, words, options: { cache } }) =>
    runOperation(globals, words.length === 0 ? types(cache) : sensorsOfTypes(words, cache)),
});

/** A type, and how many sensors have it. */
interface TypeCount {
  readonly sensorType: number;
  readonly text: string;
  readonly count: number;
}

function types(folder: string | undefined): Operation {
  return async ({ sdr }, { globals, stdout }) => {
    const counts = new Map<number, TypeCount>();
    let isComplete = true;
    for await (const { record, error } of sdr.records({ cache: cacheOf(folder, globals) })) {
      isComplete &&= error === undefined;
      if (error !== undefined) tellUser(error.message);
      for (const ref of record !== undefined && isSensor(record) ? sensorsOf(record) : []) {
        const { sensorType, sensorTypeText: text } = ref;
        const count = (counts.get(sensorType)?.count ?? 0) + 1;
        counts.set(sensorType, { sensorType, text, count });
      }
    }
    const sorted = [...counts.values()].toSorted((a, b) => a.sensorType - b.sensorType);
    stdout.write(globals.json ? sorted.map(typeLine).join('') : typeTable(sorted));
    return isComplete ? 0 : EXIT_COMPLETION_CODE;
  };
}

function typeLine({ sensorType, text, count }: TypeCount): string {
  const fields = { sensor_type: sensorType, sensor_type_text: text, sensors: count };
  return schemaLine(SENSOR_TYPE_SCHEMA, fields);
}

function typeTable(counts: readonly TypeCount[]): string {
  const cells = counts.map(({ sensorType, text, count }) => {
    return [`0x${hexByte(sensorType)}`, text, String(count)];
  });
  return columns(['TYPE', 'NAME', 'SENSORS'], cells);
}

function sensorsOfTypes(words: readonly string[], folder: string | undefined): Operation {
  return async (bmc, session) => {
    const missing = new Set(words);
    const known = new Set<string>();
    const only = (ref: SensorRef): boolean => {
      known.add(ref.sensorTypeText);
      const meant = words.filter((word) => isOfType(ref, word));
      for (const word of meant) missing.delete(word);
      return meant.length > 0;
    };
    const exit = await list({ folder, only })(bmc, session);
    if (missing.size === 0) return exit;
    const names = [...missing].map((word) => JSON.stringify(word)).join(', ');
    throw new NotFoundError(`there is no sensor of type ${names}`, [...known]);
  };
}

function isOfType({ sensorType, sensorTypeText }: SensorRef, word: string): boolean {
  const isNumber = /^(0x[0-9a-f]{1,2}|\d{1,3})$/i.test(word);
  return isNumber
    ? Number(word) === sensorType
    : word.toLowerCase() === sensorTypeText.toLowerCase();
}
