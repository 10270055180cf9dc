/**
 * Register accesses by chance, well-formed and not, for two BMCs that should not differ. A sequence
 * is a list of moves: a whole transaction, one with steps missing, double, swapped or wrong, or
 * plain noise. It looks at no answer, so that it can be run again, cut and shrunk. All chance comes
 * from the seed.
 *
 * One thing is left out: a command that QEMU executes and its personality does not have. Some of
 * them tell the time, which never is the same twice, and some reset or switch off the machine.
 */

import { Rng } from '../../src/sim/rng.ts';
import { Ctrl } from './by-hand.ts';

/** A read or write of one byte, so many ports behind BT_CTRL. */
export type Operation =
  | { readonly kind: 'read'; readonly offset: number }
  | { readonly kind: 'write'; readonly offset: number; readonly value: number };

type Move = (rng: Rng) => Operation[];
/** Makes something else of two accesses in a row. */
type Slip = (pair: readonly Operation[], rng: Rng) => readonly Operation[];
type Choices = readonly [number, ...number[]];

const CTRL = 0;
const FIFO = 1;
const INTMASK = 2;
/** Two address lines choose among the registers (§11.6): a fourth port belongs to them, unused. */
const OFFSET_MAX = 3;
const BYTE_MAX = 0xff;

/** Past the end of the longest response to the commands below. */
const LONG_READ = 26;
/** More than a length byte can say, and than QEMU has room for. */
const DATA_MAX = 320;
/** Up to here a transaction writes; what follows is reads. */
const WRITES = 12;

const APP = 0x06;
const SET_GLOBAL_ENABLES = 0x2e;
const CLEAR_MESSAGE_FLAGS = 0x30;
const GET_MESSAGE = 0x33;
const SEND_MESSAGE = 0x34;

/** Commands of both, all of network function App. */
const COMMANDS: Choices = [
  0x01, 0x02, 0x03, 0x08, 0x2e, 0x2e, 0x2f, 0x30, 0x31, 0x33, 0x34, 0x34, 0x35, 0x36, 0x36,
];

/** Chassis, Sensor/Event and Storage. */
const FOREIGN_NETFNS = [0x00, 0x04, 0x0a];
/** ACPI Power State, the watchdog, and Get Channel Info, which newer versions of QEMU have. */
const FOREIGN_APP_COMMANDS = [0x06, 0x07, 0x22, 0x24, 0x25, 0x42];
/** Those of the BMC Global Enables that newer versions of QEMU take; older ones take any. */
const ENABLES_MAX = 0x0f;

/** What is written to the registers more often than chance would have it. */
const CTRL_VALUES: Choices = [0x01, 0x02, 0x04, 0x05, 0x08, 0x0c, 0x10, 0x20, 0x40, 0x48, 0x80];
const INTMASK_VALUES: Choices = [0x00, 0x01, 0x01, 0x02, 0x03, 0x03, 0x80, 0x81, 0x82, 0xff, 0x7c];

const MOVES: readonly [Move, ...Move[]] = [
  transaction,
  disturbed,
  disturbed,
  noise,
  nudges,
  ringAgain,
  appended,
  halfRead,
  interrupts,
  messages,
];

/** Left out, twice, in another order, with something between, or another value. */
const SLIPS: readonly [Slip, ...Slip[]] = [
  (pair) => pair.slice(1),
  (pair) => [...pair.slice(0, 1), ...pair],
  (pair) => pair.toReversed(),
  (pair, rng) => [...pair.slice(0, 1), anyAccess(rng), ...pair.slice(1)],
  (pair, rng) => pair.map((operation) => otherwise(operation, rng)),
];

/** A sequence of at least so many accesses. */
export function sequenceOf(rng: Rng, length: number): readonly Operation[] {
  const operations: Operation[] = [];
  while (operations.length < length) operations.push(...rng.pick(MOVES)(rng));
  return harmless(operations.flatMap((operation) => [operation, ...looks(rng)]));
}

/**
 * The same, but where QEMU would get a command its personality does not have, CLR_WR_PTR is written
 * with H2B_ATN. What QEMU takes for a frame is some end of what was written since CLR_WR_PTR.
 */
export function harmless(operations: readonly Operation[]): readonly Operation[] {
  let bytes: number[] = [];
  return operations.map((operation) => {
    if (operation.kind === 'read') return operation;
    const { offset, value } = operation;
    if (offset === FIFO) bytes.push(value);
    if (offset !== CTRL) return operation;
    const isHarmful = (value & Ctrl.H2B_ATN) !== 0 && holdsForeignCommand(bytes);
    if (isHarmful || (value & Ctrl.CLR_WR_PTR) !== 0) bytes = [];
    return isHarmful ? write(CTRL, value | Ctrl.CLR_WR_PTR) : operation;
  });
}

function holdsForeignCommand(bytes: readonly number[]): boolean {
  return bytes.some((length, start) => {
    const rest = bytes.slice(start + 1);
    return length === rest.length && isForeign(rest);
  });
}

/** Of what the length byte counts; at another LUN there are no commands. */
function isForeign([netFnLun = 0, , cmd = 0, firstByte = 0]: readonly number[]): boolean {
  const netFn = netFnLun >> 2;
  if ((netFnLun & 3) !== 0) return false;
  if (netFn !== APP) return FOREIGN_NETFNS.includes(netFn);
  if (cmd === SET_GLOBAL_ENABLES && firstByte > ENABLES_MAX) return true;
  return FOREIGN_APP_COMMANDS.includes(cmd);
}

/** Looks at BT_CTRL and BT_INTMASK, now and then. */
function looks(rng: Rng): Operation[] {
  return [CTRL, INTMASK].filter(() => rng.chance(20)).map(read);
}

/** A command asked and its answer taken, as the specification has it. */
function transaction(rng: Rng): Operation[] {
  return [...ask(frame(rng)), ...take(rng)];
}

/** The same with a few slips. */
function disturbed(rng: Rng): Operation[] {
  const operations = transaction(rng);
  for (let slips = rng.integer(1, 3); slips > 0; slips -= 1) {
    const last = rng.chance(70) ? WRITES : operations.length;
    const at = rng.integer(0, Math.min(last, operations.length) - 1);
    operations.splice(at, 2, ...rng.pick(SLIPS)(operations.slice(at, at + 2), rng));
  }
  return operations;
}

/** Another value, next to the right one or any. */
function otherwise(operation: Operation, rng: Rng): Operation {
  if (operation.kind === 'read' || rng.chance(50)) return operation;
  const { offset, value } = operation;
  const near = (value + rng.pick([-1, 1])) & BYTE_MAX;
  return write(offset, rng.chance(50) ? near : rng.integer(0, BYTE_MAX));
}

/** Any byte to any register, or a read of any. */
function noise(rng: Rng): Operation[] {
  return Array.from({ length: rng.integer(1, 12) }, () => anyAccess(rng));
}

/** Values that mean something, out of place. */
function nudges(rng: Rng): Operation[] {
  return Array.from({ length: rng.integer(1, 6) }, () =>
    rng.chance(70) ? write(CTRL, rng.pick(CTRL_VALUES)) : write(INTMASK, rng.pick(INTMASK_VALUES)),
  );
}

/** H2B_ATN again without the frame, before the answer was taken or afterwards. */
function ringAgain(rng: Rng): Operation[] {
  const again = Array.from({ length: rng.integer(1, 2) }, () => write(CTRL, Ctrl.H2B_ATN));
  return [...ask(frame(rng)), ...(rng.chance(50) ? take(rng) : []), ...again, ...take(rng)];
}

/** A frame without CLR_WR_PTR, in one piece or with H2B_ATN rung in the middle of it. */
function appended(rng: Rng): Operation[] {
  const operations = ask(frame(rng)).slice(1);
  if (rng.chance(50)) {
    operations.splice(rng.integer(1, operations.length - 1), 0, write(CTRL, Ctrl.H2B_ATN));
  }
  return [...operations, ...take(rng)];
}

/** The answer to one command left half read when the next comes. */
function halfRead(rng: Rng): Operation[] {
  const part = reads(rng.integer(0, 8));
  return [...ask(frame(rng)), ...part, ...ask(frame(rng)), ...reads(rng.integer(1, LONG_READ))];
}

/** Interrupts enabled, disabled and acknowledged around an answer. */
function interrupts(rng: Rng): Operation[] {
  const mask = (): Operation[] => [write(INTMASK, rng.pick(INTMASK_VALUES)), read(INTMASK)];
  return [...mask(), ...ask(frame(rng)), ...mask(), ...mask(), ...take(rng), ...mask()];
}

/** Messages sent and their answers taken, and SMS_ATN, which tells of them, cleared or not. */
function messages(rng: Rng): Operation[] {
  const commands = Array.from({ length: rng.integer(2, 5) }, () => {
    const cmd = rng.pick([SEND_MESSAGE, SEND_MESSAGE, GET_MESSAGE, CLEAR_MESSAGE_FLAGS]);
    return ask(framed(rng, [APP << 2, cmd], dataOf(cmd, rng)));
  });
  const acknowledgement = (): number => (rng.chance(50) ? Ctrl.SMS_ATN : 0x00);
  return commands.flatMap((asked) => [...asked, write(CTRL, acknowledgement()), ...take(rng)]);
}

function ask(bytes: readonly number[]): Operation[] {
  const written = bytes.map((byte) => write(FIFO, byte));
  return [write(CTRL, Ctrl.CLR_WR_PTR), ...written, write(CTRL, Ctrl.H2B_ATN)];
}

function take(rng: Rng): Operation[] {
  const opening = [Ctrl.H_BUSY, Ctrl.B2H_ATN, Ctrl.CLR_RD_PTR].map((bit) => write(CTRL, bit));
  const count = rng.chance(80) ? LONG_READ : rng.integer(0, LONG_READ);
  return [read(CTRL), ...opening, ...reads(count), write(CTRL, Ctrl.H_BUSY)];
}

/** A frame whose length byte is right if it can be, of a command both have or neither. */
function frame(rng: Rng): readonly number[] {
  for (;;) {
    const cmd = rng.pick(COMMANDS);
    const lun = rng.chance(10) ? rng.integer(1, 3) : 0;
    const bytes = rng.chance(20)
      ? framed(rng, [rng.integer(0, BYTE_MAX), rng.integer(0, BYTE_MAX)], someData(rng))
      : framed(rng, [(APP << 2) | lun, cmd], rng.chance(50) ? dataOf(cmd, rng) : someData(rng));
    if (!isForeign(bytes.slice(1))) return bytes;
  }
}

function framed(
  rng: Rng,
  [netFnLun, cmd]: readonly [netFnLun: number, cmd: number],
  data: readonly number[],
): readonly number[] {
  return [(3 + data.length) & BYTE_MAX, netFnLun, rng.integer(0, BYTE_MAX), cmd, ...data];
}

function someData(rng: Rng): readonly number[] {
  const length = rng.chance(2) ? rng.integer(0, DATA_MAX) : rng.pick([0, 0, 1, 1, 2, 9]);
  const most = rng.pick([0x01, 0x0f, BYTE_MAX]);
  return Array.from({ length }, () => rng.integer(0, most));
}

/** Data that the command wants. */
function dataOf(cmd: number, rng: Rng): readonly number[] {
  if (cmd === SEND_MESSAGE) return message(rng);
  if (cmd === SET_GLOBAL_ENABLES) return [rng.integer(0, ENABLES_MAX)];
  return cmd === CLEAR_MESSAGE_FLAGS ? [rng.pick([0x00, 0x01, 0x02, 0xff])] : [];
}

/** To the other controller, mostly Get Device ID; sometimes a bit is another, or the length. */
function message(rng: Rng): readonly number[] {
  const mostly = (usual: number): number =>
    rng.chance(95) ? usual : usual ^ (1 << rng.integer(0, 7));
  const header = [mostly(0x40), (mostly(APP) << 2) | rng.pick([0, 0, 0, 1, 2, 3])];
  const body = [mostly(0x20), mostly((rng.integer(0, 63) << 2) | 2), mostly(0x01)];
  const data = [mostly(0x00), ...header, mostly(checksum(header)), ...body, checksum(body)];
  const others = [data.slice(0, -1), data.slice(0, -2), [...data, rng.integer(0, 1)]] as const;
  return rng.chance(90) ? data : rng.pick(others);
}

/** Over the bytes before it, such that the sum is zero. */
function checksum(bytes: readonly number[]): number {
  return -bytes.reduce((sum, byte) => sum + byte, 0) & BYTE_MAX;
}

function anyAccess(rng: Rng): Operation {
  const offset = rng.integer(0, OFFSET_MAX);
  return rng.chance(50) ? read(offset) : write(offset, rng.integer(0, BYTE_MAX));
}

function reads(count: number): Operation[] {
  return Array.from({ length: count }, () => read(FIFO));
}

function read(offset: number): Operation {
  return { kind: 'read', offset };
}

function write(offset: number, value: number): Operation {
  return { kind: 'write', offset, value };
}
