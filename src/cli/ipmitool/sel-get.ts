/** `ipmitool sel get`: entries, their sensors, and the FRUs of the sensors' entities. */

import type { SdrRecord } from '../../ipmi/sdr-record.ts';
import { isReadable } from '../../ipmi/sdr-record.ts';
import { cNumber } from './numbers.ts';
import { printLocatedFru } from './fru-print.ts';
import { eventOnlyText } from './sdr-locators.ts';
import { Repository } from './sdr-repository.ts';
import { say } from './sdr-search.ts';
import { withWords } from './sel-entry.ts';
import { readEntry, sensorOf } from './sel-list.ts';
import { entryLines, knownEntryLines } from './sel-verbose.ts';
import { printSensor } from './sensor-print.ts';
import type { Session } from './session.ts';

/** Runs the command. */
export async function showEntries(session: Session, words: readonly string[]): Promise<number> {
  const [first] = words;
  if (first === undefined) return say(session, ['usage: sel get <entry>'], 0);
  if (first === 'help') return say(session, ['usage: sel get <id>...<id>'], 1);
  const repository = new Repository(session);
  let exit = 0;
  for (const [index, word] of words.entries()) {
    const id = cNumber(word, 0, 0xffff);
    if (id === undefined) session.complain(`Given SEL ID '${word}' is invalid.`);
    const shown = id === undefined ? 'nothing' : await show(session, repository, id);
    if (shown === 'nothing') exit = 1;
    if (shown === 'sensor' && index < words.length - 1) {
      session.print('----------------------\n\n');
    }
  }
  return exit;
}

/** Shows an entry, and tells how much of it there was. */
async function show(
  session: Session,
  repository: Repository,
  id: number,
): Promise<'nothing' | 'entry' | 'sensor'> {
  const { entry, next } = await readEntry(session, id);
  if (entry === undefined || next === 0) return 'nothing';
  if (entry.sensor === 0 && entry.sensorType === 0 && entry.type === 0) {
    session.complain(`SEL Entry 0x${id.toString(16)} not found`);
    return 'nothing';
  }
  const found = await sensorOf(session, repository, entry);
  const worded = await withWords(session, entry);
  session.print(found === undefined ? entryLines(worded) : knownEntryLines(worded, found));
  if (found === undefined) return 'entry';
  return (await showSensor(session, repository, found.record)) ? 'sensor' : 'entry';
}

async function showSensor(
  session: Session,
  repository: Repository,
  record: SdrRecord,
): Promise<boolean> {
  const { choices } = session;
  const style = { verbose: Math.max(choices.verbose, 1), csv: choices.csv, isExtended: false };
  if (isReadable(record)) {
    const { manufacturerId } = repository;
    await printSensor({ session, manufacturerId }, record, style.verbose);
  } else if (record.kind === 'event-only') session.print(eventOnlyText(record, style));
  else return false;
  for await (const { record: other } of repository.records()) {
    if (other.kind !== 'fru-locator' || other.entity.id !== record.entity.id) continue;
    if (other.entity.instance.number !== record.entity.instance.number) continue;
    await printLocatedFru(session, other);
  }
  return true;
}
