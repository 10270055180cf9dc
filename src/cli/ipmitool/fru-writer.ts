/** Writes bytes into a FRU (IPMI 2.0 §34.3) as ipmitool does, around what is protected. */

import { StorageCmd } from '../../ipmi/commands.ts';
import { Completion } from '../../ipmi/completion.ts';
import { TOO_MANY, askFru } from './fru-reader.ts';
import type { FruPlace, FruReader } from './fru-reader.ts';
import { sectionsOf } from './fru-sections.ts';
import type { FruSection } from './fru-sections.ts';
import type { Session } from './session.ts';

/** The bytes that are to be written, and where. */
export interface FruPatch {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** Completion code: the offset is protected against writing. */
const PROTECTED = 0x80;

/** Above this a write that is too long becomes shorter; ipmitool gives up below it. */
const LARGE_BYTES = 32;
const STEP_BYTES = 8;

/** Bytes of a write besides the data: the number of the FRU, and the offset. */
const HEAD_BYTES = 3;

/** Bytes of a request, most: over the kernel's driver, and on the way to a controller. */
const DIRECT_BYTES = 38;
const BRIDGED_BYTES = 25;
/** A smaller value of `-z` counts as none. */
export const LEAST_REQUEST_BYTES = 25;
/** A greater length is a negative one to ipmitool. */
const LENGTH_MAX = 0x7fff;
/** Bytes that the way through one more controller takes. */
const TRANSIT_BYTES = 8;

/** Writes the bytes; false, with a complaint, where they cannot be there, and nothing is sent. */
export async function writeFru(
  place: FruPlace,
  reader: FruReader,
  patch: FruPatch,
): Promise<boolean> {
  const { session } = place;
  const end = patch.offset + patch.bytes.length;
  if (end > reader.size) {
    session.complain('Return error');
    return false;
  }
  if (reader.isByWords && (patch.offset % 2 !== 0 || patch.bytes.length % 2 !== 0)) {
    session.complain('Odd offset or length specified');
    return false;
  }
  const sections = await sectionsOf(session, reader);
  if (requestBytes(session) > LENGTH_MAX) {
    session.complain('Maximum request size is too small to send a write request');
    return true;
  }
  await new FruWriter(place, reader.isByWords, sections).write(patch);
  return true;
}

class FruWriter {
  readonly #place: FruPlace;
  readonly #isByWords: boolean;
  readonly #sections: readonly FruSection[];
  #section = 0;
  #most: number;

  constructor(place: FruPlace, isByWords: boolean, sections: readonly FruSection[]) {
    this.#place = place;
    this.#isByWords = isByWords;
    this.#sections = sections;
    const most = requestBytes(place.session) - HEAD_BYTES;
    this.#most = isByWords ? most - (most % 2) : most;
  }

  /** Writes up to the first failure. */
  async write({ offset, bytes }: FruPatch): Promise<void> {
    const end = offset + bytes.length;
    for (let at = offset; at < end;) {
      const stop = this.#stopOf(at, end);
      const part = bytes.subarray(at - offset, Math.min(stop, at + this.#most) - offset);
      const written = await this.#step(at, this.#isByWords ? evenOf(part) : part);
      if (written === undefined) return;
      at = written === 'protected' ? this.#jump(at, stop) : at + written;
    }
  }

  /** The end of the section that has the offset, or of all. */
  #stopOf(at: number, end: number): number {
    for (;;) {
      const section = this.#sections[this.#section];
      if (section === undefined) return end;
      const next = section.start + section.size;
      if (next > at) return Math.min(next, end);
      this.#section += 1;
    }
  }

  /** The number of bytes that were written, 0 where they were too many; undefined ends it. */
  async #step(at: number, bytes: Uint8Array): Promise<number | 'protected' | undefined> {
    const from = this.#isByWords ? at >> 1 : at;
    const name = this.#sections[this.#section]?.name;
    const where = name === undefined ? '' : ` (Bloc #${this.#section}: ${name})`;
    this.#tell(`Writing ${bytes.length} bytes${where}`);
    const data = [from & 0xff, from >> 8, ...bytes];
    const reply = await askFru(this.#place, StorageCmd.WRITE_FRU_DATA, data);
    const code = reply?.completionCode;
    if (code === PROTECTED) return 'protected';
    if (code === Completion.OK) {
      this.#tell(`Wrote ${bytes.length} bytes`);
      return bytes.length;
    }
    if (code === undefined || !TOO_MANY.has(code) || this.#most <= LARGE_BYTES) return undefined;
    this.#most -= STEP_BYTES;
    this.#tell(`Retrying FRU write with request size ${this.#most}`);
    return 0;
  }

  /** Goes on behind what is protected. */
  #jump(at: number, stop: number): number {
    const section = this.#sections[this.#section];
    if (section === undefined) this.#tell(`Remaining FRU is protected following offset: ${at}`);
    else {
      const { name, start, size } = section;
      this.#tell(`Bloc [${name}] protected at offset: ${start} (size ${size} bytes)`);
      this.#tell('Jumping over this bloc');
    }
    return stop;
  }

  #tell(text: string): void {
    const { session } = this.#place;
    if (session.choices.logs > 0) session.complain(text);
  }
}

function evenOf(part: Uint8Array): Uint8Array {
  return part.subarray(0, part.length - (part.length % 2));
}

function requestBytes({ choices }: Session): number {
  const { target, own, transit, longestRequest } = choices;
  if (longestRequest >= LEAST_REQUEST_BYTES) return longestRequest;
  if (target === own) return DIRECT_BYTES;
  return transit === undefined ? BRIDGED_BYTES : BRIDGED_BYTES - TRANSIT_BYTES;
}
