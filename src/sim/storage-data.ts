/**
 * The non-volatile data of a simulated BMC as it leaves the factory: a small SDR repository, a SEL
 * of two entries and a FRU. Written from the layouts of IPMI 2.0 chapters 32 and 43, and of the
 * Platform Management FRU Information Storage Definition.
 */

/** The clock of a simulated BMC as it starts: 2018-08-21 22:14:50 UTC. */
export const STARTED_AT_S = 1_534_889_690;

/** SDR version 1.5, which IPMI 2.0 has, too. */
const SDR_VERSION = 0x51;

/** ID strings and FRU fields: 8-bit ASCII, and the number of bytes. */
const ASCII = 0xc0;

const text = (words: string): number[] => Array.from(words, (letter) => letter.charCodeAt(0));
const typed = (words: string): number[] => [ASCII | words.length, ...text(words)];

function sdr(id: number, type: number, body: readonly number[]): readonly number[] {
  return [id & 0xff, id >> 8, SDR_VERSION, type, body.length, ...body];
}

/** A sensor, the record that describes it, and the address of its controller; the BMC's if none. */
interface Temperature {
  readonly id: number;
  readonly sensor: number;
  readonly name: string;
  readonly owner?: number;
}

/** A full sensor record (§43.1) with thresholds, in degrees Celsius. */
export function temperature({ id, sensor, name, owner = 0x20 }: Temperature): readonly number[] {
  return sdr(id, 0x01, [
    ...[owner, 0x00, sensor],
    ...[0x03, sensor, 0x7f, 0x68, 0x01, 0x01], // a processor; sensor type, threshold events
    ...[0x80, 0x0a, 0x80, 0x7a, 0x38, 0x38], // masks
    ...[0x00, 0x01, 0x00, 0x00], // degrees Celsius, linear
    ...[0x01, 0x00, 0x00, 0x00, 0x00, 0x00], // M = 1, B = 0
    ...[0x07, 40, 80, 10, 0xff, 0x00], // nominal, normal, and sensor range
    ...[105, 95, 85, 0, 5, 10, 2, 2], // thresholds and hysteresis
    ...[0x00, 0x00, 0x00],
    ...typed(name),
  ]);
}

/** A compact sensor record (§43.2) of a discrete sensor. */
function discrete(id: number, sensor: number, name: string): readonly number[] {
  return sdr(id, 0x02, [
    ...[0x20, 0x00, sensor],
    ...[0x0a, sensor, 0x63, 0x40, 0x08, 0x6f], // a power supply; specific to the sensor type
    ...[0x0f, 0x00, 0x0f, 0x00, 0x0f, 0x00],
    ...[0xc0, 0x00, 0x00, 0x01, 0x00],
    ...[0x00, 0x00, 0x00, 0x00, 0x00, 0x00],
    ...typed(name),
  ]);
}

/** A FRU device locator (§43.8): the FRU behind the BMC itself. */
const FRU_LOCATOR = sdr(4, 0x11, [
  ...[0x20, 0x00, 0x80, 0x00, 0x00, 0x10, 0x00, 0x07, 0x01, 0x00],
  ...typed('System Board'),
]);

/** The management controller's device locator (§43.9). */
const CONTROLLER = sdr(5, 0x12, [
  ...[0x20, 0x00, 0x00, 0x9f, 0x00, 0x00, 0x00, 0x2e, 0x01, 0x00],
  ...typed('BMC'),
]);

/** The records of the SDR repository, in order; the longest one is as long as such may be. */
export const SIM_SDRS: readonly (readonly number[])[] = [
  temperature({ id: 1, sensor: 0x30, name: 'CPU 0 Temp' }),
  temperature({ id: 2, sensor: 0x31, name: 'CPU 1 Core Temp.' }),
  discrete(3, 0x40, 'PSU 0 Status'),
  FRU_LOCATOR,
  CONTROLLER,
];

/** The entries of the SEL without their numbers and times: the log was cleared, and a warning. */
export const SIM_SEL: readonly (readonly number[])[] = [
  [0x00, 0x00, 0x02, 0, 0, 0, 0, 0x20, 0x00, 0x04, 0x10, 0x00, 0x6f, 0x02, 0xff, 0xff],
  [0x00, 0x00, 0x02, 0, 0, 0, 0, 0x20, 0x00, 0x04, 0x01, 0x30, 0x01, 0x57, 86, 85],
];

/** FRU areas are counted in units of eight bytes. */
const UNIT = 8;

/** The byte that makes the sum zero. */
function checksum(bytes: readonly number[]): number {
  return -bytes.reduce((sum, byte) => sum + byte, 0) & 0xff;
}

/** An area with its length, its padding and its checksum; `head` stands behind the length. */
function area(head: readonly number[], fields: readonly string[]): readonly number[] {
  const body = [...head, ...fields.flatMap(typed), 0xc1];
  const units = Math.ceil((body.length + 3) / UNIT);
  const padding = Array<number>(units * UNIT - body.length - 3).fill(0);
  const bytes = [0x01, units, ...body, ...padding];
  return [...bytes, checksum(bytes)];
}

/** English; 2018-08-21 22:14, in minutes since 1996. */
const BOARD = area(
  [0x19, 0xb6, 0xb0, 0xb5],
  ['ipmi-bt', 'Simulated board', 'SN0001', 'PN0001', ''],
);
const PRODUCT = area([0x19], ['ipmi-bt', 'Simulated server', 'PN0002', '1.0', 'SN0002', '', '']);

export const FRU_BYTES = 512;

/** The FRU: header, board, product, and an internal area whose bytes are all but alike. */
export const SIM_FRU: Uint8Array = fru();

function fru(): Uint8Array {
  const [board, product] = [1, 1 + BOARD.length / UNIT];
  const internal = product + PRODUCT.length / UNIT;
  const header = [0x01, internal, 0x00, board, product, 0x00, 0x00];
  const front = [...header, checksum(header), ...BOARD, ...PRODUCT];
  const rest = Array.from({ length: FRU_BYTES - front.length - 1 }, (_, at) => noise(at));
  return Uint8Array.from([...front, 0x01, ...rest]);
}

/** Bytes of which any few behind one another stand in one place only. */
function noise(at: number): number {
  return (Math.imul(at + 1, 0x9e37_79b1) >>> 24) & 0xff;
}
