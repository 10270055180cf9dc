/**
 * The sensor data records as ipmitool's families find them: from the repository of the BMC, or from
 * the controller's own where it has none (IPMI 2.0 §33 and §35.2 to §35.4). A record that comes
 * whole takes one transaction.
 */

import { Completion, completionText } from '../../ipmi/completion.ts';
import { decode, decodeFront, encode } from '../../ipmi/codec.ts';
import { NetFn, SensorCmd, StorageCmd } from '../../ipmi/commands.ts';
import { GET_DEVICE_ID, Support } from '../../ipmi/device-id.ts';
import type { DeviceId } from '../../ipmi/device-id.ts';
import { FIRST_RECORD, NO_RECORD, RECORD_REQUEST, WHOLE_RECORD } from '../../ipmi/record-read.ts';
import { decodeRecordPart } from '../../ipmi/record-read.ts';
import type { RecordPart } from '../../ipmi/record-read.ts';
import { SDR_HEADER, SDR_HEADER_BYTES, SDR_RECORD } from '../../ipmi/sdr-record.ts';
import type { SdrHeader, SdrRecord } from '../../ipmi/sdr-record.ts';
import { ask, askFor } from './ask.ts';
import { hex } from './c-text.ts';
import { sharpHex } from './numbers.ts';
import type { Session } from './session.ts';

/** A record of the repository. */
export interface Entry {
  readonly header: SdrHeader;
  /** All bytes, header included. */
  readonly bytes: Uint8Array;
  readonly record: SdrRecord;
}

/** A record, or that it could not be read. */
export type Found = Entry | { readonly header: SdrHeader; readonly bytes?: undefined };

interface Store {
  readonly netFn: number;
  readonly infoCmd: number;
  readonly reserveCmd: number;
  readonly readCmd: number;
}

const REPOSITORY: Store = {
  netFn: NetFn.STORAGE,
  infoCmd: StorageCmd.GET_SDR_REPOSITORY_INFO,
  reserveCmd: StorageCmd.RESERVE_SDR_REPOSITORY,
  readCmd: StorageCmd.GET_SDR,
};

/** Of a controller without a repository: Get Device SDR Info, Reserve, Get Device SDR (§35). */
const OF_DEVICE: Store = {
  netFn: NetFn.SENSOR_EVENT,
  infoCmd: SensorCmd.GET_DEVICE_SDR_INFO,
  reserveCmd: SensorCmd.RESERVE_DEVICE_SDRS,
  readCmd: SensorCmd.GET_DEVICE_SDR,
};

const NO_INFO = 'Error obtaining SDR info';

/** The versions of a repository that ipmitool knows. */
const VERSIONS: ReadonlySet<number> = new Set([0x51, 0x01, 0x02]);

/** Bit of the additional device support: the controller has sensors. */
const SENSOR_DEVICE = 1 << 0;

/** So often ipmitool asks for a header, and says each time that it failed. */
const HEADER_TRIES = 5;

/** Bytes that ipmitool asks for at a time over the kernel's driver. */
const PART_BYTES = 33;

/** So often may a reservation be lost within one record: other readers take it away. */
const LOSSES_MAX = 16;

/** Zeros behind a record that is too short for its type: ipmitool reads on behind its end. */
const PADDING_BYTES = 64;

/** The records, in order, each read when it is needed. */
export class Repository {
  readonly #session: Session;
  readonly #known: Found[] = [];
  #store = REPOSITORY;
  #reservation = 0;
  #next = FIRST_RECORD;
  readonly #seen = new Set<number>();
  #givesWhole = true;
  #most = PART_BYTES;
  #manufacturerId = 0;
  #hasStarted = false;

  /** With `ownOnly`, of the records that the controller has itself. */
  constructor(session: Session, { ownOnly = false }: { readonly ownOnly?: boolean } = {}) {
    this.#session = session;
    if (ownOnly) this.#store = OF_DEVICE;
  }

  /** IANA's number of the BMC's maker, once it has started. */
  get manufacturerId(): number {
    return this.#manufacturerId;
  }

  /** Finds the records; false, with a complaint, where there are none to be had. */
  async start(): Promise<boolean> {
    if (this.#hasStarted) return true;
    this.#hasStarted = (await this.#open()) && (await this.#reserve());
    return this.#hasStarted;
  }

  /** All records: those that were read before, then the others. */
  async *entries(): AsyncGenerator<Found, void, undefined> {
    for (let index = 0; ; index += 1) {
      const found = this.#known[index] ?? (await this.#readNext());
      if (found === undefined) return;
      yield found;
    }
  }

  /** The records that could be read. */
  async *records(): AsyncGenerator<Entry, void, undefined> {
    for await (const found of this.entries()) {
      if (found.bytes !== undefined) yield found;
    }
  }

  async #open(): Promise<boolean> {
    const device = await this.#deviceId();
    if (device === undefined) return false;
    this.#manufacturerId = device.manufacturerId;
    const hasRepository = (device.additionalSupport & Support.SDR_REPOSITORY) !== 0;
    if (this.#store === REPOSITORY && device.providesSdrs && !hasRepository) {
      if ((device.additionalSupport & SENSOR_DEVICE) === 0) {
        this.#session.complain(NO_INFO);
        return false;
      }
      this.#store = OF_DEVICE;
    }
    return this.#store === REPOSITORY ? await this.#repositoryInfo() : await this.#deviceInfo();
  }

  async #deviceId(): Promise<DeviceId | undefined> {
    const { netFn, cmd, response } = GET_DEVICE_ID;
    const reply = await ask(this.#session, { netFn, cmd });
    if (reply?.completionCode === Completion.OK) return decodeFront(response, padded(reply.data));
    const code = reply?.completionCode;
    const why = code === undefined ? '' : `: ${sharpHex(code)} ${completionText(code)}`;
    this.#session.complain(`Get Device ID command failed${why}`);
    return undefined;
  }

  async #repositoryInfo(): Promise<boolean> {
    const { netFn, infoCmd: cmd } = REPOSITORY;
    const reply = await askFor(this.#session, { netFn, cmd }, { text: NO_INFO });
    if (reply === undefined) return false;
    const [version = 0, low = 0, high = 0] = reply.data;
    if (!VERSIONS.has(version)) {
      this.#session.complain(`WARNING: Unknown SDR repository version 0x${hex(version)}`);
    }
    if ((low | high) !== 0) return true;
    // ipmitool erases the repository now, and builds one of its own: this program changes nothing.
    this.#session.complain('Could not build SDRR!');
    return false;
  }

  async #deviceInfo(): Promise<boolean> {
    const { netFn, infoCmd: cmd } = OF_DEVICE;
    const reply = await ask(this.#session, { netFn, cmd });
    if (reply?.completionCode === Completion.OK && reply.data.length > 0) return true;
    this.#session.print('Err in cmd get sensor sdr info\n');
    return false;
  }

  async #reserve(): Promise<boolean> {
    if (await this.#renew()) return true;
    this.#session.complain('Unable to obtain SDR reservation');
    return false;
  }

  async #renew(): Promise<boolean> {
    const { netFn, reserveCmd: cmd } = this.#store;
    const reply = await ask(this.#session, { netFn, cmd });
    if (reply?.completionCode !== Completion.OK) return false;
    const [low = 0, high = 0] = reply.data;
    this.#reservation = low | (high << 8);
    return true;
  }

  async #readNext(): Promise<Found | undefined> {
    const id = this.#next;
    if (id === NO_RECORD || this.#seen.has(id)) return undefined;
    this.#seen.add(id);
    const found = (await this.#whole(id)) ?? (await this.#inParts(id));
    if (found === undefined) {
      this.#next = NO_RECORD;
      return undefined;
    }
    this.#known.push(found);
    return found;
  }

  async #whole(id: number): Promise<Entry | undefined> {
    if (!this.#givesWhole) return undefined;
    const { part } = await this.#part(id, { offset: 0, count: WHOLE_RECORD });
    if (part === undefined || part.bytes.length < SDR_HEADER_BYTES) return undefined;
    const { length } = headerOf(part.bytes);
    if (length === 0 || part.bytes.length < SDR_HEADER_BYTES + length) return undefined;
    this.#next = part.nextId;
    return entryOf(part.bytes.subarray(0, SDR_HEADER_BYTES + length), id);
  }

  /** Reads a record as ipmitool does; undefined where not even its header can be read. */
  async #inParts(id: number): Promise<Found | undefined> {
    const part = await this.#header(id);
    if (part === undefined) return undefined;
    const header = headerOf(padded(part.bytes));
    if (header.length === 0) {
      this.#session.complain(`SDR record id 0x${hex(id, 4)}: invalid length 0`);
      return undefined;
    }
    this.#next = part.nextId;
    const recordId = id === FIRST_RECORD ? header.recordId : id;
    const body = await this.#body(recordId, header.length);
    if (body === undefined) return { header: { ...header, recordId } };
    this.#givesWhole = false;
    return entryOf(Uint8Array.from([...encode(SDR_HEADER, header), ...body]), id);
  }

  async #header(id: number): Promise<RecordPart | undefined> {
    for (let tries = 0; tries < HEADER_TRIES; tries += 1) {
      const { part, code } = await this.#part(id, { offset: 0, count: SDR_HEADER_BYTES });
      if (part !== undefined) return part;
      if (code !== Completion.RESERVATION_LOST) {
        const why = code === undefined ? '' : `: ${completionText(code)}`;
        this.#session.complain(`Get SDR ${hex(id, 4)} command failed${why}`);
      } else if (!(await this.#renew())) {
        this.#session.complain('Unable to renew SDR reservation');
        return undefined;
      }
    }
    return undefined;
  }

  async #body(id: number, length: number): Promise<readonly number[] | undefined> {
    const bytes: number[] = [];
    for (let losses = 0; bytes.length < length;) {
      const count = Math.min(length - bytes.length, this.#most);
      const { part, code } = await this.#part(id, {
        offset: SDR_HEADER_BYTES + bytes.length,
        count,
      });
      if (part !== undefined) {
        bytes.push(...Array.from({ length: count }, (_, at) => part.bytes[at] ?? 0));
      } else if (code === undefined || code === Completion.TOO_MANY_BYTES) {
        this.#most = count - 1;
        if (this.#most === 0) return undefined;
      } else if (code === Completion.RESERVATION_LOST && losses < LOSSES_MAX) {
        losses += 1;
        if (!(await this.#renew())) return undefined;
      } else return undefined;
    }
    return bytes;
  }

  async #part(
    recordId: number,
    { offset, count }: { readonly offset: number; readonly count: number },
  ): Promise<{ readonly part: RecordPart | undefined; readonly code?: number | undefined }> {
    const { netFn, readCmd: cmd } = this.#store;
    const request = { reservation: this.#reservation, recordId, offset, count };
    const data = [...encode(RECORD_REQUEST, request)];
    const reply = await ask(this.#session, { netFn, cmd, data });
    if (reply?.completionCode !== Completion.OK)
      return { part: undefined, code: reply?.completionCode };
    return { part: decodeRecordPart(reply.data) ?? { nextId: NO_RECORD, bytes: new Uint8Array() } };
  }
}

function headerOf(bytes: Uint8Array): SdrHeader {
  return decode(SDR_HEADER, bytes.slice(0, SDR_HEADER_BYTES));
}

/** A record under the number that it was asked for: some BMCs tell another one. */
function entryOf(bytes: Uint8Array, asked: number): Entry {
  const own = headerOf(bytes);
  const header = asked === FIRST_RECORD ? own : { ...own, recordId: asked };
  return { header, bytes: Uint8Array.from(bytes), record: decodeFront(SDR_RECORD, padded(bytes)) };
}

function padded(bytes: Uint8Array): Uint8Array {
  const all = new Uint8Array(bytes.length + PADDING_BYTES);
  all.set(bytes);
  return all;
}
