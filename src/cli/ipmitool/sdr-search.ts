/** Records that `ipmitool sdr` finds by the type of a sensor, by an entity or by a name. */

import type { SdrRecord } from '../../ipmi/sdr-record.ts';
import { cString, hex, startsAlike } from './c-text.ts';
import { ENTITIES } from './entity-words.ts';
import { SENSOR_TYPES } from './event-words.ts';
import { cByte } from './numbers.ts';
import { printRecord } from './sdr-print.ts';
import { Repository } from './sdr-repository.ts';
import type { Entry } from './sdr-repository.ts';
import type { Style } from './sensor-status.ts';
import type { Session } from './session.ts';

/** Any instance of an entity. */
const ANY_INSTANCE = 0x7f;

/** Complains of all this; the exit code. */
export function say(session: Session, lines: readonly string[], exit: number): number {
  for (const line of lines) session.complain(line);
  return exit;
}

/** The form that the options ask for. */
export function styleOf({ choices }: Session, isExtended: boolean): Style {
  return { verbose: choices.verbose, csv: choices.csv, isExtended };
}

/** The records; undefined, with a complaint, where there are none to be had. */
export async function opened(session: Session): Promise<Repository | undefined> {
  const repository = new Repository(session);
  if (await repository.start()) return repository;
  session.complain('Unable to open SDR for reading');
  return undefined;
}

/** Prints the records that are chosen, all read before the first is printed. */
async function printChosen(
  session: Session,
  isChosen: (record: SdrRecord) => boolean,
): Promise<number> {
  const repository = await opened(session);
  if (repository === undefined) return 0;
  const chosen: Entry[] = [];
  for await (const entry of repository.records()) {
    if (isChosen(entry.record)) chosen.push(entry);
  }
  const reader = { session, manufacturerId: repository.manufacturerId };
  for (const { record } of chosen) await printRecord(reader, record, styleOf(session, true));
  return 0;
}

/** Prints the sensors of a type. */
export async function byType(session: Session, word: string | undefined): Promise<number> {
  session.memory.isExtended = true;
  const wanted = word?.toLowerCase();
  if (word === undefined || wanted === 'help' || wanted === 'list') {
    session.print(typeList());
    return 0;
  }
  const number = word.startsWith('0x') ? cByte(word) : undefined;
  if (word.startsWith('0x') && number === undefined) {
    const text = `Given type of sensor "${word}" is either invalid or out of range.`;
    return say(session, [text], 1);
  }
  const named = SENSOR_TYPES.findIndex((name, type) => type > 0 && name.toLowerCase() === wanted);
  if (number === undefined && named < 0) {
    session.complain(`Sensor Type "${word}" not found.`);
    session.print(typeList());
    return 0;
  }
  const type = number ?? named;
  return await printChosen(
    session,
    (record) => 'sensorType' in record && record.sensorType === type,
  );
}

function typeList(): string {
  const cells = SENSOR_TYPES.slice(1).map(
    (name, index) => `${name.padEnd(25)} (0x${hex(index + 1)})`,
  );
  const rows = cells.filter((_, index) => index % 2 === 0);
  const lines = rows.map((cell, row) => `\t${cell}   ${cells[row * 2 + 1] ?? ''}\n`);
  return `Sensor Types:\n${lines.join('')}`;
}

/** Prints the records of an entity. */
export async function byEntity(session: Session, word: string | undefined): Promise<number> {
  session.memory.isExtended = true;
  const wanted = word?.toLowerCase();
  if (word === undefined || wanted === 'help' || wanted === 'list') {
    session.print(entityList());
    return 0;
  }
  const entity = entityOf(word);
  if (entity === undefined) return say(session, [`Invalid entity: ${word}`], 1);
  return await printChosen(session, (record) => {
    if (!('entity' in record) || record.entity.id !== entity.id) return false;
    const isAny = entity.instance === ANY_INSTANCE;
    return isAny || record.entity.instance.number === entity.instance;
  });
}

/** An entity by number, with an instance or without, or by name. */
function entityOf(word: string): { readonly id: number; readonly instance: number } | undefined {
  const [, id, instance] = /^\s*([+-]?\d+)(?:\.\s*([+-]?\d+))?/.exec(word) ?? [];
  if (id !== undefined) {
    const number = instance === undefined ? ANY_INSTANCE : Number(instance) & ANY_INSTANCE;
    return { id: Number(id) & 0xff, instance: number };
  }
  // Of names that are there twice the last counts.
  const named = ENTITIES.filter(([, name]) => name.toLowerCase() === word.toLowerCase()).at(-1);
  return named && { id: named[0], instance: ANY_INSTANCE };
}

function entityList(): string {
  const cells = ENTITIES.map(([id, name]) => `  ${String(id).padStart(4)}  ${name.padEnd(32)}`);
  const rows = cells.filter((_, index) => index % 2 === 0);
  const lines = rows.map((cell, row) => `${cell}  ${cells[row * 2 + 1] ?? ''}\n`);
  return `\nEntity IDs:\n\n${lines.join('')}\n`;
}

/** Prints records by their names. */
export async function byName(session: Session, names: readonly string[]): Promise<number> {
  if (names.length === 0) return say(session, ['No Sensor ID supplied'], 1);
  const repository = new Repository(session);
  const style = { ...styleOf(session, false), verbose: 1 };
  for (const name of names) {
    const record = await findNamed(session, repository, name);
    if (record === undefined) session.complain(`Unable to find sensor id '${name}'`);
    else await printRecord({ session, manufacturerId: repository.manufacturerId }, record, style);
  }
  return 0;
}

/** The first record of that name; complains where there are no records to be had. */
export async function findNamed(
  session: Session,
  repository: Repository,
  wanted: string,
): Promise<SdrRecord | undefined> {
  if (!(await repository.start())) {
    session.complain('Unable to open SDR for reading');
    return undefined;
  }
  for await (const { record } of repository.records()) {
    if (!('name' in record)) continue;
    const count = Math.max(record.name.form.length, wanted.length);
    if (startsAlike(cString(record.name.bytes), wanted, count)) return record;
  }
  return undefined;
}
