/** Erases an SDR repository, and adds records to it (IPMI 2.0 §33.13, §33.16). */

import { sleep } from '../../clock.ts';
import { encode } from '../../ipmi/codec.ts';
import { NetFn, StorageCmd } from '../../ipmi/commands.ts';
import { Completion, completionText } from '../../ipmi/completion.ts';
import { FIRST_RECORD } from '../../ipmi/record-read.ts';
import { SDR_HEADER, SDR_HEADER_BYTES } from '../../ipmi/sdr-record.ts';
import type { SdrHeader } from '../../ipmi/sdr-record.ts';
import { ask, byteAt } from './ask.ts';
import { hex } from './c-text.ts';
import type { Session } from './session.ts';

/** A record that is to be added; without bytes, one that could not be read. */
export interface NewRecord {
  readonly header: SdrHeader;
  /** All bytes, header included. */
  readonly bytes?: Uint8Array | undefined;
}

/** Bytes of a record in one request, so that the request has 32 at most on an IPMB. */
const PART_BYTES = 19;

/** Actions of Clear SDR Repository. */
const [ERASE, STATUS] = [0xaa, 0x00];

/** So often it is looked whether the repository is erased, and after which time again. */
const LOOKS = 5;
const LOOK_AGAIN_MS = 1000;

async function reservation(session: Session): Promise<readonly number[] | undefined> {
  const cmd = StorageCmd.RESERVE_SDR_REPOSITORY;
  const reply = await ask(session, { netFn: NetFn.STORAGE, cmd });
  if (reply?.completionCode !== Completion.OK) return undefined;
  return [byteAt(reply, 0), byteAt(reply, 1)];
}

/** Erases the repository; false, with a complaint, where it is not known to be empty. */
export async function eraseRepository(session: Session): Promise<boolean> {
  const reserved = await reservation(session);
  if (reserved === undefined) return false;
  for (let look = 0; look < LOOKS; look += 1) {
    const data = [...reserved, ...Buffer.from('CLR'), look === 0 ? ERASE : STATUS];
    const cmd = StorageCmd.CLEAR_SDR_REPOSITORY;
    const reply = await ask(session, { netFn: NetFn.STORAGE, cmd, data });
    if (reply?.completionCode !== Completion.OK) {
      const why = reply === undefined ? '' : `: ${completionText(reply.completionCode)}`;
      session.complain(`Unable to clear SDRR${why}`);
      return false;
    }
    if ((byteAt(reply, 0) & 1) === 1) {
      session.print('SDRR successfully erased\n');
      return true;
    }
    session.print('Wait for SDRR erasure completed...\n');
    await sleep(session.clock, LOOK_AGAIN_MS, session.signal);
  }
  return false;
}

/** Adds all records; false if the last one could not be added. */
export async function addRecords(
  session: Session,
  records: readonly NewRecord[],
): Promise<boolean> {
  let isAdded = true;
  for (const record of records) {
    isAdded = await addRecord(session, record);
    if (isAdded) continue;
    session.complain(`Cannot add SDR ID 0x${hex(record.header.recordId, 4)} to repository...`);
  }
  return isAdded;
}

async function addRecord(session: Session, { header, bytes }: NewRecord): Promise<boolean> {
  if (header.length === 0 || bytes === undefined) {
    session.complain('ipmitool: bad record , skipped');
    return true;
  }
  const reserved = await reservation(session);
  if (reserved === undefined) {
    session.complain('ipmitool: reservation failed');
    return false;
  }
  const own = encode(SDR_HEADER, header);
  let id = await addPart(session, reserved, { id: FIRST_RECORD, at: 0, isLast: false, part: own });
  if (id === undefined) {
    session.complain('ipmitool: partial send error');
    return false;
  }
  const end = SDR_HEADER_BYTES + header.length;
  for (let at = SDR_HEADER_BYTES; at < end; at += PART_BYTES) {
    const part = bytes.subarray(at, Math.min(at + PART_BYTES, end));
    id = await addPart(session, reserved, { id, at, isLast: at + part.length >= end, part });
    if (id === undefined) {
      session.complain('ipmitool: partial add failed');
      return false;
    }
  }
  return true;
}

/** A part of a record. */
interface Part {
  /** The record that it belongs to; 0 begins one. */
  readonly id: number;
  readonly at: number;
  readonly isLast: boolean;
  readonly part: Uint8Array;
}

/** Adds a part; resolves to the number that the record has now. */
async function addPart(
  session: Session,
  reserved: readonly number[],
  { id, at, isLast, part }: Part,
): Promise<number | undefined> {
  const data = [...reserved, id & 0xff, id >> 8, at, isLast ? 1 : 0, ...part];
  const reply = await ask(session, { netFn: NetFn.STORAGE, cmd: StorageCmd.PARTIAL_ADD_SDR, data });
  if (reply?.completionCode !== Completion.OK || reply.data.length < 2) return undefined;
  return byteAt(reply, 0) | (byteAt(reply, 1) << 8);
}
