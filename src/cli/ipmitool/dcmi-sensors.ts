/** `ipmitool dcmi sensors`: the records of the temperatures that DCMI demands (DCMI 1.5 §6.7.1). */

import { DcmiCmd } from '../../ipmi/commands.ts';
import { hex } from './c-text.ts';
import { askDcmi } from './dcmi-ask.ts';
import { printRecord } from './sdr-print.ts';
import { Repository } from './sdr-repository.ts';
import { styleOf } from './sdr-search.ts';
import type { Session } from './session.ts';

/** Entities with temperatures. */
const ENTITIES: readonly (readonly [id: number, name: string])[] = [
  [0x40, 'Inlet'],
  [0x41, 'CPU'],
  [0x42, 'Baseboard'],
];

/** Sensor type: temperature. */
const TEMPERATURE = 0x01;

/** Records in an answer, most; ipmitool goes on by so many, however many there were. */
const RECORDS = 8;

/** Prints them all; the exit code is that of the last entity. */
export async function sensors(session: Session): Promise<number> {
  const repository = new Repository(session);
  let exit = 0;
  for (const [entity, name] of ENTITIES) {
    exit = await printEntity(session, repository, { entity, name });
  }
  return exit;
}

async function printEntity(
  session: Session,
  repository: Repository,
  { entity, name }: { readonly entity: number; readonly name: string },
): Promise<number> {
  const ask = (first: number): Promise<Buffer | undefined> =>
    askDcmi(session, { cmd: DcmiCmd.GET_SENSOR_INFO, data: [TEMPERATURE, entity, 0, first] });
  const start = await ask(0);
  if (start === undefined) return 1;
  const total = start.readInt8(1);
  session.print(`\n${name}: ${total} temperature sensor${total > 1 ? 's' : ''} found:\n`);
  let first = 0;
  for (let left = total; left > 0; first += RECORDS) {
    const answer = await ask(first & 0xff);
    if (answer === undefined) return 1;
    const count = answer.readUInt8(2);
    // ipmitool asks for ever.
    if (count === 0) break;
    left -= count;
    for (let index = 0; index < Math.min(count, RECORDS); index += 1) {
      await printFound(session, repository, answer.readUInt16LE(3 + index * 2));
    }
  }
  return 0;
}

async function printFound(
  session: Session,
  repository: Repository,
  recordId: number,
): Promise<void> {
  session.print(`Record ID 0x${hex(recordId, 4)}: `);
  if (!(await repository.start())) {
    session.complain('Unable to open SDR for reading');
    return;
  }
  for await (const { header, record } of repository.records()) {
    if (header.recordId !== recordId) continue;
    if (record.kind === 'full' || record.kind === 'compact') {
      const reader = { session, manufacturerId: repository.manufacturerId };
      await printRecord(reader, record, styleOf(session, session.memory.isExtended));
    }
    return;
  }
}
