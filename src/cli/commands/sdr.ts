/** `ipmi-bt sdr`: the SDR repository. */

import type { SdrRepositoryInfo } from '../../commands/index.ts';
import { isoDate } from '../bmc-date.ts';
import { ANSWERED, EXIT_COMPLETION_CODE } from '../exit-codes.ts';
import { table } from '../format.ts';
import { anyCommand, command } from '../globals.ts';
import type { AnyCommand } from '../globals.ts';
import { NewFile, checkFileName } from '../new-file.ts';
import { runOperation } from '../operation.ts';
import type { Operation } from '../operation.ts';
import { tellUser } from '../output.ts';
import { SDR_DUMP_SCHEMA, SDR_INFO_SCHEMA } from '../schemas/sensor.ts';
import { schemaLine } from '../schemas/schema.ts';
import { CACHE_OPTION } from '../sdr-cache-file.ts';
import { list } from './sdr-list.ts';
import { TYPE } from './sdr-type.ts';

const INFO = command({
  name: 'sdr info',
  canBridge: true,
  help: 'print the size of the SDR repository, its times and what it supports',
  examples: [{ line: '--sim sdr info', help: 'print those of the simulated BMC' }],
  exitCodes: ANSWERED,
  run: ({ globals }) => runOperation(globals, info),
});

const LIST = command({
  name: 'sdr list',
  canBridge: true,
  help: 'print all records: sensors with readings, devices and controllers',
  options: CACHE_OPTION,
  examples: [{ line: '--sim sdr list', help: 'print the records of the simulated BMC' }],
  exitCodes: {
    0: 'all records were read; a sensor without a reading is no error',
    1: 'the BMC refused, or a record could not be read',
  },
  run: ({ globals, options: { cache } }) => runOperation(globals, list({ folder: cache })),
});

const DUMP = command({
  name: 'sdr dump',
  canBridge: true,
  help: 'write all records to a new file, as ipmitool sdr dump does',
  words: [{ name: '<file>', help: 'must not be there' }],
  examples: [{ line: '--sim sdr dump sdr.bin', help: 'write those of the simulated BMC' }],
  exitCodes: { 0: 'the file is complete', 1: 'the BMC refused, or a record could not be read' },
  run: ({ globals, words: [path = ''] }) => {
    checkFileName(path, 'sdr dump');
    return runOperation(globals, dump(path));
  },
});

/** The commands, in the order of the help. */
export const SDR_COMMANDS: readonly AnyCommand[] = [
  anyCommand(INFO),
  anyCommand(LIST),
  anyCommand(TYPE),
  anyCommand(DUMP),
];

const info: Operation = async ({ sdr }, { globals, stdout }) => {
  const answer = await sdr.info();
  stdout.write(
    globals.json ? schemaLine(SDR_INFO_SCHEMA, infoFields(answer)) : infoText(infoFields(answer)),
  );
  return 0;
};

function infoFields({ version, support, ...answer }: SdrRepositoryInfo) {
  return {
    // The digits are swapped: 0x51 is 1.5.
    sdr_version: `${version & 0x0f}.${version >> 4}`,
    records: answer.records,
    free_bytes: answer.freeBytes,
    last_add: isoDate(answer.lastAdd) ?? null,
    last_erase: isoDate(answer.lastErase) ?? null,
    overflow: support.isOverflown,
    update: String(support.update),
    reserve: support.canReserve,
    delete: support.canDelete,
    partial_add: support.canAddPartially,
  };
}

/** In the labels of `ipmitool sdr info`. */
function infoText(fields: ReturnType<typeof infoFields>): string {
  const yesNo = (is: boolean): string => (is ? 'yes' : 'no');
  return table([
    ['SDR Version', fields.sdr_version],
    ['Record Count', String(fields.records)],
    ['Free Space', freeText(fields.free_bytes)],
    ['Most recent Addition', fields.last_add ?? 'unknown'],
    ['Most recent Erase', fields.last_erase ?? 'unknown'],
    ['SDR overflow', yesNo(fields.overflow)],
    ['SDR Repository Update', fields.update],
    ['Delete SDR supported', yesNo(fields.delete)],
    ['Partial Add supported', yesNo(fields.partial_add)],
    ['Reserve supported', yesNo(fields.reserve)],
  ]);
}

/** The last two numbers are none of bytes (IPMI 2.0 §33.9). */
function freeText(bytes: number): string {
  if (bytes === 0xffff) return 'unspecified';
  return bytes === 0xfffe ? '65534 bytes or more' : `${bytes} bytes`;
}

function dump(path: string): Operation {
  return async ({ sdr }, { globals, stdout }) => {
    const file = new NewFile(path, 'sdr dump', () => undefined);
    const written = { records: 0, bytes: 0, isComplete: true };
    try {
      for await (const { bytes, error } of sdr.records()) {
        if (error !== undefined) tellUser(error.message);
        written.isComplete &&= error === undefined;
        if (bytes === undefined) continue;
        file.write(bytes);
        written.records += 1;
        written.bytes += bytes.length;
      }
    } catch (error) {
      file.discard();
      throw error;
    }
    file.close();
    if (file.failure !== undefined) {
      file.discard();
      throw file.failure;
    }
    const { records, bytes } = written;
    const told = { file: path, records, file_bytes: bytes };
    const text = `${records} records, ${bytes} bytes, written to ${path}\n`;
    stdout.write(globals.json ? schemaLine(SDR_DUMP_SCHEMA, told) : text);
    return written.isComplete ? 0 : EXIT_COMPLETION_CODE;
  };
}
