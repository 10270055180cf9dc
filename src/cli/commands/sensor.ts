/** `ipmi-bt sensor`: sensors with readings and thresholds. */

import type { Sensor, SensorItem, SensorRef } from '../../commands/index.ts';
import { EXIT_COMPLETION_CODE } from '../exit-codes.ts';
import { columns, hexByte, table } from '../format.ts';
import { anyCommand, command } from '../globals.ts';
import type { AnyCommand } from '../globals.ts';
import { NotFoundError } from '../not-found.ts';
import { runOperation } from '../operation.ts';
import type { Operation } from '../operation.ts';
import { tellUser } from '../output.ts';
import { SENSOR_SCHEMA } from '../schemas/sensor.ts';
import { schemaLine } from '../schemas/schema.ts';
import { CACHE_OPTION, cacheOf } from '../sdr-cache-file.ts';
import { sensorWays } from '../sensor-ways.ts';
import {
  THRESHOLD_TITLES,
  numberText,
  readingText,
  sensorFields,
  statusText,
  thresholdCells,
} from './sensor-text.ts';

const LIST = command({
  name: 'sensor list',
  canBridge: true,
  help: 'print all sensors with readings, thresholds and states',
  options: CACHE_OPTION,
  examples: [{ line: '--sim sensor list', help: 'print the sensors of the simulated BMC' }],
  exitCodes: {
    0: 'all records were read; a sensor without a reading is no error',
    1: 'the BMC refused, or a record could not be read',
  },
  run: ({ globals, options: { cache } }) => runOperation(globals, list(cache)),
});

const GET = command({
  name: 'sensor get',
  canBridge: true,
  help: 'print sensors by name or key, such as "CPU 0 Temp" or 0x20/0/0x30',
  words: [{ name: '<name...>', help: 'names as sensor list prints them, or keys' }],
  options: CACHE_OPTION,
  examples: [
    { line: '--sim sensor get 0x20/0/0x30', help: 'print one sensor of the simulated BMC' },
  ],
  exitCodes: { 0: 'all of them were found', 1: 'one was not found, or the BMC refused' },
  run: ({ globals, words, options: { cache } }) => runOperation(globals, get(words, cache)),
});

/** The commands, in the order of the help. */
export const SENSOR_COMMANDS: readonly AnyCommand[] = [anyCommand(LIST), anyCommand(GET)];

function list(folder: string | undefined): Operation {
  return async ({ sensors }, session) => {
    const { globals, stdout } = session;
    const cells: (readonly string[])[] = [];
    let isComplete = true;
    const ways = sensorWays(session);
    const options = { cache: cacheOf(folder, globals), thresholds: true, ...ways };
    for await (const item of sensors(options)) {
      isComplete &&= item.kind !== 'error';
      if (globals.json) stdout.write(schemaLine(SENSOR_SCHEMA, sensorFields(item)));
      else if (item.kind === 'sensor') cells.push(row(item));
      else tellUser(item.error.message);
      if (stdout.isClosed) break;
    }
    const titles = ['KEY', 'NAME', 'READING', 'UNIT', 'STATUS', ...THRESHOLD_TITLES, 'STATES'];
    if (!globals.json) stdout.write(columns(titles, cells));
    return isComplete ? 0 : EXIT_COMPLETION_CODE;
  };
}

function row(sensor: Sensor): readonly string[] {
  return [
    ...[sensor.key, sensor.name, numberText(sensor.value), sensor.unit ?? ''],
    ...[statusText(sensor), ...thresholdCells(sensor)],
    sensor.states.map(({ text }) => text).join(', '),
  ];
}

function get(words: readonly string[], folder: string | undefined): Operation {
  return async ({ sensors }, session) => {
    const { globals, stdout } = session;
    const missing = new Set(words);
    const known: string[] = [];
    const only = (sensor: SensorRef): boolean => {
      known.push(sensor.name);
      return words.includes(sensor.name) || words.includes(sensor.key);
    };
    const wanted = { thresholds: true, hysteresis: true, only };
    const options = { cache: cacheOf(folder, globals), ...wanted, ...sensorWays(session) };
    for await (const item of sensors(options)) {
      if (item.kind === 'error') continue;
      missing.delete(item.name);
      missing.delete(item.key);
      stdout.write(
        globals.json ? schemaLine(SENSOR_SCHEMA, sensorFields(item)) : `${text(item)}\n`,
      );
    }
    if (missing.size === 0) return 0;
    const names = [...missing].map((word) => JSON.stringify(word)).join(', ');
    throw new NotFoundError(`there is no sensor ${names}`, known);
  };
}

/** In the labels of `ipmitool sensor get`. */
function text(item: SensorItem & Sensor): string {
  const { entity } = item;
  const limits = thresholdCells(item);
  const labels = [
    'Lower Non-Recoverable',
    'Lower Critical',
    'Lower Non-Critical',
    'Upper Non-Critical',
    'Upper Critical',
    'Upper Non-Recoverable',
  ];
  const thresholds = labels.map((label, at) => [label, limits[at] ?? 'na'] as const);
  return table([
    ['Sensor ID', `${item.name} (${item.key})`],
    ['Entity ID', `${entity.id}.${entity.instance} (${entity.text})`],
    ['Sensor Type', `${item.sensorTypeText} (0x${hexByte(item.sensorType)})`],
    ['Sensor Reading', readingText(item)],
    ['Status', statusText(item)],
    ...(item.thresholds === undefined ? [] : thresholds),
    ...hysteresisRows(item),
    ...(item.error === undefined ? [] : [['Error', item.error.message] as const]),
  ]);
}

function hysteresisRows({ hysteresis }: Sensor): readonly (readonly [string, string])[] {
  if (hysteresis === undefined) return [];
  return [
    ['Positive Hysteresis', numberText(hysteresis.positive)],
    ['Negative Hysteresis', numberText(hysteresis.negative)],
  ];
}
