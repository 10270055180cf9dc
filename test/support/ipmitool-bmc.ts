/**
 * A simulated BMC with everything that the families of ipmitool show, on a clock that stands: two
 * that were made alike answer alike.
 */

import type { RequestInput, Requester } from '../../src/ipmi/requester.ts';
import { CommandProcessor, SPEC_COMMANDS } from '../../src/sim/commands.ts';
import type { SimFacts } from '../../src/sim/commands.ts';
import { Answering } from './answering.ts';
import { IPMITOOL_RECORDS } from './ipmitool-records.ts';

/** Options of the BMC. */
export interface IpmitoolBmcOptions extends Partial<SimFacts> {
  /** Answers in place of the BMC: completion code and data. */
  readonly answer?: ((input: RequestInput) => readonly number[] | undefined) | undefined;
}

/** A BMC, and what it was asked. */
export interface IpmitoolBmc {
  readonly requester: Requester;
  /** The requests as `netfn cmd lun data`, in hex. */
  readonly asked: () => readonly string[];
}

/** Readings that differ from the records' own. */
const READINGS: Readonly<Record<number, readonly number[]>> = {
  0x3e: [0, 0xc0, 0x03, 0x80],
  0x40: [50, 0xe0, 0xc0],
  0x41: [50, 0x80, 0xc0],
  0x51: [0, 0xc0, 0x4a, 0x80],
  0x52: [0, 0xc0, 0x01, 0x80],
  0x53: [0, 0xc0, 0x05, 0x80],
  0x54: [0, 0xc0, 0x00, 0x80],
  0x56: [7, 0xc0, 0x08],
  0x57: [0, 0xc0, 0x07, 0x80],
  0x58: [0, 0xc0, 0x01, 0xd4],
};

/** Sensors that are not there. */
const GONE: ReadonlySet<number> = new Set([0x42, 0x55]);

const NOT_FOUND = [0xcb];

/** Makes a BMC. */
export function ipmitoolBmc({ answer, ...facts }: IpmitoolBmcOptions = {}): IpmitoolBmc {
  const effects = {
    setSmsAttention: () => undefined,
    dropInterrupts: () => undefined,
    restart: () => undefined,
  };
  const guid = Array.from({ length: 16 }, (_, index) => index + 1);
  const all = { capabilities: [], guid, sdrs: { records: IPMITOOL_RECORDS }, ...facts };
  const bmc = new CommandProcessor(SPEC_COMMANDS, effects, all);
  const requester = new Answering((input) => {
    const { netFn, cmd, lun = 0, data = new Uint8Array() } = input;
    const own = answer?.(input) ?? sensorAnswer(input);
    return own ?? bmc.execute({ netFn, lun, seq: 1, cmd, data, atMs: 0 });
  });
  const asked = (): readonly string[] => requester.asked.map(({ input }) => textOf(input));
  return { requester, asked };
}

/** Answers that the simulator does not have. */
function sensorAnswer({ netFn, cmd, data }: RequestInput): readonly number[] | undefined {
  const [number = 0] = data ?? [];
  if (netFn !== 0x04) return undefined;
  if (GONE.has(number)) return NOT_FOUND;
  const reading = READINGS[number];
  if (cmd === 0x2d && reading !== undefined) return [0, ...reading];
  if (cmd === 0x23 && number === 0x3c) return [0, 10, 3, 4, 5, 6, 0, 0xf0];
  if (cmd === 0x27 && number === 0x56) return [0, 0x3f, 1, 2, 3, 4, 5, 6];
  if (cmd === 0x26) return [0];
  if (cmd === 0x2b) return statusOf(number);
  return cmd === 0x29 ? enablesOf(number) : undefined;
}

function statusOf(number: number): readonly number[] {
  if (number === 0x31) return [0, 0xc0, 0x81, 0x0a, 0x01, 0x04];
  if (number === 0x33) return [0, 0xc0, 0x81, 0x0a, 0x01, 0x00];
  if (number === 0x34) return [0, 0x40, 0x81];
  if (number === 0x35) return [0, 0xe0, 0x00];
  if (number === 0x36) return [0, 0xc0, 0x00, 0x00, 0x01];
  if (number === 0x51) return [0, 0xc0, 0x03, 0x00, 0x02, 0x00];
  if (number === 0x58) return [0, 0x40, 0x03];
  return number === 0x50 ? NOT_FOUND : [0, 0xc0, 0x00, 0x00, 0x00, 0x00];
}

function enablesOf(number: number): readonly number[] {
  if (number === 0x33) return [0, 0xc0, 0xff, 0x0f, 0x00, 0x0f];
  if (number === 0x34) return [0, 0x40, 0x81];
  if (number === 0x50) return [0, 0xc0, 0x0f, 0x00, 0x0f];
  return number === 0x35 ? NOT_FOUND : [0, 0xc0, 0xff, 0x0f, 0xff, 0x0f];
}

function textOf({ netFn, cmd, lun = 0, data = new Uint8Array() }: RequestInput): string {
  return `${netFn.toString(16)} ${cmd.toString(16)} ${lun} ${Buffer.from(data).toString('hex')}`;
}
