/** The commands of `ipmitool sensor`. */

import { isReadable } from '../../ipmi/sdr-record.ts';
import type { SdrRecord } from '../../ipmi/sdr-record.ts';
import { printRecord } from './sdr-print.ts';
import { Repository } from './sdr-repository.ts';
import { findNamed, opened, say } from './sdr-search.ts';
import { printSensor } from './sensor-print.ts';
import { readSensor } from './sensor-reading.ts';
import type { Reading } from './sensor-reading.ts';
import { setThreshold } from './sensor-thresh.ts';
import type { Family, Session } from './session.ts';

const DIGITS = 3;

const NAME_COLUMN = 16;

const GET_USAGE = ['sensor get <id> ... [id]', '   id        : name of desired sensor'];
const READING_USAGE = ['sensor reading <id> ... [id]', '   id        : name of desired sensor'];

/** Runs a command. */
export const run: Family = async (session, [command = 'list', ...words]) => {
  if (command === 'list') return await list(session);
  if (command === 'help') return say(session, ['Sensor Commands:  list thresh get reading'], 0);
  if (command === 'thresh') return await setThreshold(session, words);
  if (command === 'get') return await get(session, words);
  if (command === 'reading') return await readings(session, words);
  return say(session, [`Invalid sensor command: ${command}`], 1);
};

async function list(session: Session): Promise<number> {
  const repository = await opened(session);
  if (repository === undefined) return 1;
  const reader = { session, manufacturerId: repository.manufacturerId };
  for await (const { record } of repository.records()) {
    if (isReadable(record)) await printSensor(reader, record, session.choices.verbose);
  }
  return 0;
}

async function get(session: Session, names: readonly string[]): Promise<number> {
  const [first] = names;
  if (first === undefined) return say(session, ['Not enough parameters given.', ...GET_USAGE], 1);
  if (first === 'help') return say(session, GET_USAGE, 0);
  session.print('Locating sensor record...\n');
  const repository = new Repository(session);
  let exit = 0;
  for (const name of names) {
    const record = await findNamed(session, repository, name);
    if (record === undefined) session.complain(`Sensor data record "${name}" not found!`);
    const isFine = record !== undefined && (await printNamed(session, repository, record));
    if (!isFine) exit = 1;
  }
  return exit;
}

async function printNamed(
  session: Session,
  { manufacturerId }: Repository,
  record: SdrRecord,
): Promise<boolean> {
  const reader = { session, manufacturerId };
  if (isReadable(record)) return await printSensor(reader, record, 1);
  await printRecord(reader, record, { verbose: 1, csv: session.choices.csv, isExtended: false });
  return true;
}

async function readings(session: Session, names: readonly string[]): Promise<number> {
  const [first] = names;
  if (first === undefined || first === 'help') return say(session, READING_USAGE, 1);
  const repository = new Repository(session);
  let exit = 0;
  for (const name of names) {
    const record = await findNamed(session, repository, name);
    if (record === undefined) {
      session.complain(`Sensor "${name}" not found!`);
      exit = 1;
    } else if (isReadable(record)) {
      const reader = { session, manufacturerId: repository.manufacturerId };
      printReading(session, name, await readSensor(reader, record, DIGITS));
    }
  }
  return exit;
}

function printReading(session: Session, name: string, { scale, isValid, analog }: Reading): void {
  if (scale === undefined || !isValid) return;
  if (analog === undefined) session.complain(`Sensor "${name}" is a discrete sensor!`);
  else if (session.choices.csv) session.print(`${name},${analog.text}\n`);
  else session.print(`${name.padEnd(NAME_COLUMN)} | ${analog.text}\n`);
}
