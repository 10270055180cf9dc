/**
 * Sensor data records (IPMI 2.0 chapter 43): the header that all of them have, and the records of
 * all types. A record of a type without a layout here is kept as bytes.
 */

import { decode, rest, struct, u16, u8 } from './codec.ts';
import type { Field } from './codec.ts';
import { requestOf } from './command.ts';
import { recordRequest } from './record-read.ts';
import type { RecordRead } from './record-read.ts';
import type { RequestInput } from './requester.ts';
import { GET_SDR } from './sdr-commands.ts';
import { CHANNEL_RECORD, CONTROLLER_CONFIRMATION, CONTROLLER_LOCATOR } from './sdr-locator.ts';
import { DEVICE_ENTITY_ASSOCIATION, ENTITY_ASSOCIATION, FRU_LOCATOR } from './sdr-locator.ts';
import { GENERIC_LOCATOR, OEM_SDR } from './sdr-locator.ts';
import { COMPACT_SENSOR, EVENT_ONLY_SENSOR, FULL_SENSOR } from './sdr-sensor.ts';

export const SDR_HEADER_BYTES = 5;

/** The header of a record. */
export interface SdrHeader {
  readonly recordId: number;
  /** In BCD, digits swapped: 0x51 is 1.5, which IPMI 2.0 has, too. */
  readonly version: number;
  readonly type: number;
  /** Bytes behind the header. */
  readonly length: number;
}

export const SDR_HEADER: Field<SdrHeader> = struct<SdrHeader>({
  recordId: u16,
  version: u8,
  type: u8,
  length: u8,
});

/** The types of records, and the layout of each. */
const KINDS = {
  full: [0x01, FULL_SENSOR],
  compact: [0x02, COMPACT_SENSOR],
  'event-only': [0x03, EVENT_ONLY_SENSOR],
  'entity-association': [0x08, ENTITY_ASSOCIATION],
  'device-entity-association': [0x09, DEVICE_ENTITY_ASSOCIATION],
  'generic-locator': [0x10, GENERIC_LOCATOR],
  'fru-locator': [0x11, FRU_LOCATOR],
  'controller-locator': [0x12, CONTROLLER_LOCATOR],
  'controller-confirmation': [0x13, CONTROLLER_CONFIRMATION],
  channels: [0x14, CHANNEL_RECORD],
  oem: [0xc0, OEM_SDR],
} as const;

type Kinds = typeof KINDS;
type Body<Layout> = Layout extends Field<infer Of> ? Of : never;

/** A record of one kind. */
type RecordOf<Kind extends keyof Kinds> = {
  readonly kind: Kind;
  readonly header: SdrHeader;
} & Body<Kinds[Kind][1]>;

/** A record of a type that has no layout here. */
interface UnknownSdr {
  readonly kind: 'unknown';
  readonly header: SdrHeader;
  readonly data: Uint8Array;
}

export type SdrKind = keyof Kinds | 'unknown';

/** A record; `kind` says of which type. */
export type SdrRecord =
  { readonly [Kind in keyof Kinds]: RecordOf<Kind> }[keyof Kinds] | UnknownSdr;

/** A record of a sensor that can be read. */
export type ReadableSdr = RecordOf<'full'> | RecordOf<'compact'>;

/** A record of one or more sensors. */
export type SensorSdr = ReadableSdr | RecordOf<'event-only'>;

type Layouts = Readonly<Record<string, readonly [type: number, layout: Field<object>]>>;

/** The compiler cannot follow that each layout goes with its own kind. */
const LAYOUTS = KINDS as unknown as Layouts;

const RAW: Field<object> = struct({ data: rest });

/** A whole record, header included. Throws a {@link DecodeError} for one that is too short. */
export const SDR_RECORD: Field<SdrRecord> = {
  read: (from) => {
    const header = SDR_HEADER.read(from);
    const [kind, layout] = kindOf(header.type);
    return { kind, header, ...layout.read(from) } as SdrRecord;
  },
  write: (record, to) => {
    SDR_HEADER.write(record.header, to);
    const [, layout] = LAYOUTS[record.kind] ?? [0, RAW];
    layout.write(record, to);
  },
};

function kindOf(type: number): readonly [kind: string, layout: Field<object>] {
  const [kind, [, layout]] = Object.entries(LAYOUTS).find(([, [number]]) => number === type) ?? [
    'unknown',
    [type, RAW],
  ];
  return [kind, layout];
}

/** True for a record of a sensor that has readings. */
export function isReadable(record: SdrRecord): record is ReadableSdr {
  return record.kind === 'full' || record.kind === 'compact';
}

/** True for a record of sensors. */
export function isSensor(record: SdrRecord): record is SensorSdr {
  return isReadable(record) || record.kind === 'event-only';
}

/** Makes the request for a record, or for a part of it. */
export function getSdr(read: RecordRead = {}): RequestInput {
  return requestOf(GET_SDR, recordRequest(read));
}

/** Decodes the beginning of a record; `undefined` when it is too short. */
export function decodeSdrHeader(
  bytes: Uint8Array,
): { readonly recordId: number; readonly bytes: number } | undefined {
  if (bytes.length < SDR_HEADER_BYTES) return undefined;
  const { recordId, length } = decode(SDR_HEADER, bytes.subarray(0, SDR_HEADER_BYTES));
  return { recordId, bytes: SDR_HEADER_BYTES + length };
}
