/**
 * `ipmitool sdr fill`: makes the SDR repository anew, from a file or from the records that the
 * controllers have. All records are read before anything is erased, and none is no reason to erase.
 */

import { decode } from '../../ipmi/codec.ts';
import { SDR_HEADER, SDR_HEADER_BYTES } from '../../ipmi/sdr-record.ts';
import type { SdrRecord } from '../../ipmi/sdr-record.ts';
import { readInput } from './c-files.ts';
import { cString, hex, hexUpper } from './c-text.ts';
import { addressesOf } from './sdr-range.ts';
import { Repository } from './sdr-repository.ts';
import { say } from './sdr-search.ts';
import { addRecords, eraseRepository } from './sdr-writer.ts';
import type { NewRecord } from './sdr-writer.ts';
import { wayTo } from './sensor-reading.ts';
import type { Session } from './session.ts';

const MISSING = 'Not enough parameters given.';
const SENSORS_USAGE = 'usage: sdr fill sensors';
const FILE_USAGE = 'usage: sdr fill file <file>';
const RANGE_USAGE = 'usage: sdr fill range <range>';

/** Addresses of the satellites of a chassis (PICMG 2.9): all even ones but 0xc2. */
const SATELLITES = Array.from({ length: 22 }, (_, index) => 0xb0 + index * 2).filter(
  (address) => address !== 0xc2,
);

/** Runs a command. */
export async function fill(
  session: Session,
  [option, argument]: readonly string[],
): Promise<number> {
  switch (option) {
    case undefined:
      return say(session, [MISSING, SENSORS_USAGE, FILE_USAGE, RANGE_USAGE], 1);
    case 'sensors':
      return await fromControllers(session, SATELLITES);
    case 'nosat':
      return await fromControllers(session, []);
    case 'file':
      if (argument === undefined) return say(session, [MISSING, FILE_USAGE], 1);
      return await fromFile(session, argument);
    case 'range':
      if (argument === undefined) return say(session, [MISSING, RANGE_USAGE], 1);
      return await fromRange(session, argument);
    default: {
      const usage = 'usage: sdr fill <sensors|nosat|file|range> [options]';
      return say(session, [`Invalid SDR fill command: ${option}`, usage], 1);
    }
  }
}

async function fromFile(session: Session, path: string): Promise<number> {
  const bytes = readInput(session, path);
  if (bytes === undefined) return 1;
  const records: NewRecord[] = [];
  for (let at = 0; at + SDR_HEADER_BYTES <= bytes.length;) {
    const header = decode(SDR_HEADER, Uint8Array.from(bytes.subarray(at, at + SDR_HEADER_BYTES)));
    const end = at + SDR_HEADER_BYTES + header.length;
    if (end > bytes.length) return say(session, [`SDR from '${path}' truncated`], 1);
    records.push({ header, bytes: bytes.subarray(at, end) });
    at = end;
  }
  if (records.length === 0) return nothing(session, `there is no record in ${path}`);
  if (!(await eraseRepository(session))) {
    return say(session, ['Cannot erase SDRR. Giving up.'], 1);
  }
  return (await addRecords(session, records)) ? 0 : 1;
}

function nothing(session: Session, why: string): number {
  return say(session, [`ipmi-bt: ${why}; the repository is as it was`], 1);
}

/** The records of a controller, and what was told while they were read. */
interface Source {
  readonly told: (() => void)[];
  readonly records: readonly NewRecord[];
}

async function fromControllers(session: Session, others: readonly number[]): Promise<number> {
  const own = await recordsOf(session);
  const found: Source[] = [];
  for (const address of others) found.push(await recordsOf(session, address));
  const all = [own, ...found];
  if (all.every(({ records }) => records.length === 0)) {
    for (const { told } of all) tellAll(told);
    return nothing(session, 'no controller has records');
  }
  if (!(await eraseRepository(session))) return say(session, ['Cannot erase SDRR. Give up.'], 1);
  tellAll(own.told);
  let exit = (await addRecords(session, own.records)) ? 0 : 1;
  for (const { told, records } of found) {
    tellAll(told);
    if (!(await addRecords(session, records))) exit = 1;
  }
  return exit;
}

async function fromRange(session: Session, text: string): Promise<number> {
  const addresses = addressesOf(session, text);
  if (addresses === undefined) return 1;
  const list = addresses.map((address) => `${hex(address)} `).join('');
  session.print(`List to scan: (Built-in) ${list}\nClearing SDR Repository\n`);
  const own = await recordsOf(session);
  const found: Source[] = [];
  for (const address of addresses) found.push(await recordsOf(session, address));
  if ([own, ...found].every(({ records }) => records.length === 0)) {
    return nothing(session, 'no controller has records');
  }
  if (!(await eraseRepository(session))) return say(session, ['Cannot erase SDRR. Give up.'], 1);
  // So it is written there.
  session.print('Sanning built-in sensors..\n');
  tellAll(own.told);
  let isAdded = await addRecords(session, own.records);
  for (const [index, { told, records }] of found.entries()) {
    if (!isAdded) break;
    session.print(`Scanning ${hexUpper(addresses[index] ?? 0)}h..\n`);
    tellAll(told);
    isAdded = await addRecords(session, records);
  }
  return isAdded ? 0 : 1;
}

function tellAll(told: Source['told']): void {
  for (const tell of told) tell();
}

/** Reads the records of a controller, or those that the one has itself that is asked anyway. */
async function recordsOf(session: Session, other?: number): Promise<Source> {
  const told: (() => void)[] = [];
  const { channel, target } = session.choices;
  const address = other ?? target;
  const quiet: Session = {
    ...session,
    requester: wayTo(session, { address, channel }),
    print: (text) =>
      void told.push(() => {
        session.print(text);
      }),
    complain: (text) =>
      void told.push(() => {
        session.complain(text);
      }),
  };
  const repository = new Repository(quiet, { ownOnly: other === undefined });
  if (!(await repository.start())) return { told, records: [] };
  quiet.print(`Load SDRs from 0x${address.toString(16)}\n`);
  const records: NewRecord[] = [];
  for await (const found of repository.entries()) {
    const { header, bytes } = found;
    records.push({ header, bytes });
    if (bytes === undefined || session.choices.logs === 0) continue;
    quiet.complain(`ID: 0x${hex(header.recordId, 4)} , NAME: ${nameOf(found.record).padEnd(16)}`);
  }
  return { told, records };
}

const NAMED: readonly SdrRecord['kind'][] = ['full', 'compact', 'event-only', 'controller-locator'];

/** The name of a record; those of other kinds have none there. */
function nameOf(record: SdrRecord): string {
  return NAMED.includes(record.kind) && 'name' in record ? cString(record.name.bytes) : '';
}
