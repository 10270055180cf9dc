/**
 * Transactions that commands cost, ours beside `ipmitool` and FreeIPMI, behind one BMC that counts
 * them (`sim-bmc.ts`): the steps of a guest, and what they have measured.
 */

import type { GuestResult, StepResult } from './guest.ts';
import { freeIpmi } from './peers.ts';
import { COUNT, PIECES } from './sim-bmc.ts';

/** A command of ours, a command of a peer that tells the same, and the most that ours may cost. */
interface Pair {
  readonly ours: string;
  readonly peer: keyof ReturnType<typeof peerCommands>;
  /** Of the transactions of the peer. */
  readonly most: number;
  /** Of a BMC that refuses to read more bytes of a record at once. */
  readonly pieceBytes?: number;
}

const PIECE_BYTES = 32;
const IN_PIECES = 'ipmi-sensors in pieces';
const PIECES_CACHE = '/tmp/in-pieces';

/** In this order: what is cold comes before what is warm. */
export const PAIRS = {
  'sdr list, cold': { ours: 'sdr list --cache /tmp/sdr', peer: 'ipmitool sdr list', most: 0.5 },
  'sdr list, warm': { ours: 'sdr list --cache /tmp/sdr', peer: 'ipmitool sdr list', most: 0.34 },
  'sensor list, cold': {
    ...{ ours: 'sensor list --cache /tmp/sensor', peer: 'ipmitool sensor list', most: 0.65 },
  },
  'sensor list, warm': {
    ...{ ours: 'sensor list --cache /tmp/sensor', peer: 'ipmitool sensor list', most: 0.45 },
  },
  // It, too, reads whole records and each sensor once, so that there is nothing to save.
  'sensors()': { ours: 'sensors()', peer: 'ipmi-sensors', most: 1 },
  // Of a BMC that refuses to read more of a record at once: it tries the whole of each.
  [`sensors(), ${PIECE_BYTES} bytes at once`]: {
    ...{ ours: 'sensors()', peer: IN_PIECES, most: 0.7, pieceBytes: PIECE_BYTES },
  },
  'sel list': { ours: 'sel list', peer: 'ipmitool sel list', most: 1 },
} as const satisfies Readonly<Record<string, Pair>>;

export type PairName = keyof typeof PAIRS;

/** What a command has cost. */
export interface Cost {
  readonly transactions: number;
  readonly wallS: number;
}

const RAW = `raw ${COUNT.netFn} ${COUNT.cmd}`;
const SET_PIECES = `raw ${PIECES.netFn} ${PIECES.cmd}`;

/** No limit of a command is reached on a busy host. */
const PATIENT = '--timeout 300';

/**
 * The steps of our commands, on the interface at `base`, while the kernel's driver has it not. The
 * process of a command itself reads the count, at its end: a process of its own takes long.
 */
export function ourSteps(base: number): Record<string, string> {
  const ours = `ipmi-bt --base ${base} ${PATIENT}`;
  const pairs: readonly (readonly [string, Pair])[] = Object.entries(PAIRS);
  const steps = pairs.map(([name, { ours: words, pieceBytes }]) => {
    const lines = `printf '%s\\n' '${words}' '${RAW}' > /tmp/lines`;
    const program = `node /opt/ipmi-bt/sensors.mjs ${base} count`;
    const command = words === 'sensors()' ? program : `${ours} exec /tmp/lines`;
    const count = 'tail -n 1 /tmp/counted';
    const run = `time ${command} > /tmp/counted; code=$?; ${count}; exit $code`;
    return [`cost of ${name}`, `${lines}; ${inPieces(run, ours, pieceBytes)}`] as const;
  });
  return { 'our count': `${ours} ${RAW}`, ...Object.fromEntries(steps) };
}

/** The steps of the peers, on `/dev/ipmiN` of the kernel's driver. */
export function peerSteps(device: number): Record<string, string> {
  const count = `ipmitool -d ${device} ${RAW}`;
  const steps = Object.entries(peerCommands(device)).map(([name, command]) => {
    const bytes = name === IN_PIECES ? PIECE_BYTES : undefined;
    const run = inPieces(counted(command, count), `ipmitool -d ${device}`, bytes);
    return [`cost of ${name}`, run] as const;
  });
  return {
    'count of ipmitool': `${count}; ${count}`,
    'a cache for pieces': `mkdir ${PIECES_CACHE}`,
    ...Object.fromEntries(steps),
  };
}

/** The command while the BMC gives no longer pieces; `program` sends a raw request. */
function inPieces(command: string, program: string, bytes: number | undefined): string {
  if (bytes === undefined) return command;
  const set = (to: number): string => `{ ${program} ${SET_PIECES} ${to}; ${program} ${RAW}; }`;
  return `${set(bytes)} > /dev/null; ( ${command} ); code=$?; ${set(0)} > /dev/null; exit $code`;
}

/** The costs of a pair, from the guest that has run the steps of both. */
export function costsOf(guest: GuestResult, name: PairName): { ours: Cost; peer: Cost } {
  return {
    // The count is the last request of the same process.
    ours: costOf(guest.step(`cost of ${name}`), 1),
    peer: costOf(
      guest.step(`cost of ${PAIRS[name].peer}`),
      countsIn(guest.step('count of ipmitool'))[1] ?? NaN,
    ),
  };
}

const FRESH = '--sdr-cache-recreate --quiet-cache';

function peerCommands(device: number) {
  const ipmitool = `ipmitool -d ${device}`;
  // It reads the records anew, and writes its cache; the option reads logical unit 1, too.
  const sensors = `${freeIpmi('ipmi-sensors', device)} ${FRESH} --bridge-sensors`;
  return {
    'ipmitool sdr list': `${ipmitool} sdr list`,
    'ipmitool sensor list': `${ipmitool} sensor list`,
    'ipmitool sel list': `${ipmitool} sel list`,
    'ipmi-sensors': sensors,
    // Not from the cache that the one before has written.
    [IN_PIECES]: `${sensors} --sdr-cache-directory=${PIECES_CACHE}`,
  };
}

/**
 * Prints the count of the BMC after the command; the time goes to standard error. The count begins
 * where the step before has read it.
 */
function counted(command: string, count: string): string {
  return `time ${command} > /dev/null; code=$?; ${count}; exit $code`;
}

/** The transactions between two counts, less `own`: those that the second count itself takes. */
function costOf(run: StepResult, own: number): Cost {
  const [minutes = NaN, seconds = NaN] = (/^real\s+(\d+)m ([\d.]+)s$/m.exec(run.stderr) ?? [])
    .slice(1)
    .map(Number);
  if (run.exitCode !== 0) throw new Error(`a command failed (${run.exitCode}): ${run.stderr}`);
  return { transactions: (countsIn(run)[0] ?? NaN) - own, wallS: 60 * minutes + seconds };
}

function countsIn({ stdout }: StepResult): readonly number[] {
  return stdout
    .trim()
    .split('\n')
    .map((line) => {
      const [low = NaN, high = NaN] = line
        .trim()
        .split(' ')
        .map((word) => parseInt(word, 16));
      return low | (high << 8);
    });
}
