/** `ipmitool chassis`, and `power`: the chassis and its power (IPMI 2.0 chapter 28). */

import { AppCmd, ChassisCmd, NetFn } from '../../ipmi/commands.ts';
import type { Reply } from '../../ipmi/message.ts';
import { askFor, byteAt } from './ask.ts';
import { bootdev, bootparam } from './chassis-boot.ts';
import { CHASSIS_HELP, IDENTIFY_HELP, POLICY_HELP, POWER_HELP } from './chassis-help.ts';
import { bootmbox } from './chassis-mailbox.ts';
import { entryOf, refuse } from './choose.ts';
import { cByte, isNumber } from './numbers.ts';
import type { Family, Session } from './session.ts';

/** Asks the chassis; the words of a failure differ where there is no answer. */
async function askChassis(
  session: Session,
  request: { readonly cmd: number; readonly data?: readonly number[] },
  words: { readonly silent: string; readonly failed: string },
): Promise<Reply | undefined> {
  const failing = { text: words.failed, silent: words.silent };
  return await askFor(session, { netFn: NetFn.CHASSIS, ...request }, failing);
}

function row(label: string, value: string): string {
  return `${label.padEnd(21)}: ${value}\n`;
}

const POLICIES = ['always-off', 'previous', 'always-on', 'unknown'];
const LAST_EVENTS = ['ac-failed ', 'overload ', 'interlock ', 'fault ', 'command'];
const BUTTONS = ['Sleep', 'Diag', 'Reset', 'Power'];

const status: Family = async (session) => {
  const failed = 'Error sending Chassis Status command';
  const words = { silent: failed, failed };
  const reply = await askChassis(session, { cmd: ChassisCmd.GET_STATUS }, words);
  if (reply === undefined) return 1;
  session.print(powerText(reply) + stateText(reply));
  return 0;
};

function powerText(reply: Reply): string {
  const [power, event] = [byteAt(reply, 0), byteAt(reply, 1)];
  const is = (mask: number): string => String((power & mask) !== 0);
  return [
    row('System Power', (power & 0x01) === 0 ? 'off' : 'on'),
    row('Power Overload', is(0x02)),
    row('Power Interlock', activity(power & 0x04)),
    row('Main Power Fault', is(0x08)),
    row('Power Control Fault', is(0x10)),
    row('Power Restore Policy', POLICIES[(power >> 5) & 0x03] ?? 'unknown'),
    row('Last Power Event', LAST_EVENTS.filter((_, bit) => event & (1 << bit)).join('')),
  ].join('');
}

function activity(bits: number): string {
  return bits === 0 ? 'inactive' : 'active';
}

function stateText(reply: Reply): string {
  const state = byteAt(reply, 2);
  const rows = [
    row('Chassis Intrusion', activity(state & 0x01)),
    row('Front-Panel Lockout', activity(state & 0x02)),
    row('Drive Fault', String((state & 0x04) !== 0)),
    row('Cooling/Fan Fault', String((state & 0x08) !== 0)),
  ];
  if (reply.data.length <= 3) return rows.join('');
  const panel = byteAt(reply, 3);
  if (panel === 0) return [...rows, row('Front Panel Control', 'none')].join('');
  const buttons = BUTTONS.map((name, index) => [name, panel & (0x88 >> index)] as const);
  return [
    ...rows,
    ...buttons.map(([name, bits]) =>
      row(`${name} Button Disable`, (bits & 0xf0) === 0 ? 'not allowed' : 'allowed'),
    ),
    ...buttons.map(([name, bits]) => row(`${name} Button Disabled`, String((bits & 0x0f) !== 0))),
  ].join('');
}

/** Operations of Chassis Control by their words (IPMI 2.0 table 28-4). */
const CONTROLS: Readonly<Record<string, readonly [control: number, title: string]>> = {
  down: [0, 'Down/Off'],
  off: [0, 'Down/Off'],
  up: [1, 'Up/On'],
  on: [1, 'Up/On'],
  cycle: [2, 'Cycle'],
  reset: [3, 'Reset'],
  diag: [4, 'Diag'],
  acpi: [5, 'Soft'],
  soft: [5, 'Soft'],
};

/** `ipmitool power`, and `chassis power`. */
export const power: Family = async (session, [word = 'help']) => {
  if (word === 'help') {
    session.complain(POWER_HELP);
    return 0;
  }
  if (word === 'status') return await powerStatus(session);
  const [control, title] = entryOf(CONTROLS, word) ?? [];
  if (control === undefined || title === undefined) {
    return refuse(session, `Invalid chassis power command: ${word}`);
  }
  const words = {
    silent: `Unable to set Chassis Power Control to ${title}`,
    failed: `Set Chassis Power Control to ${title} failed`,
  };
  const request = { cmd: ChassisCmd.CONTROL, data: [control] };
  if ((await askChassis(session, request, words)) === undefined) return 1;
  session.print(`Chassis Power Control: ${title}\n`);
  return 0;
};

async function powerStatus(session: Session): Promise<number> {
  const words = {
    silent: 'Unable to get Chassis Power Status',
    failed: 'Get Chassis Power Status failed',
  };
  const reply = await askChassis(session, { cmd: ChassisCmd.GET_STATUS }, words);
  if (reply === undefined) return 1;
  session.print(`Chassis Power is ${(byteAt(reply, 0) & 0x01) === 0 ? 'off' : 'on'}\n`);
  return 0;
}

/** Of Set Power Restore Policy: no change, only tell which policies there are. */
const NO_CHANGE = 3;

const policy: Family = async (session, [word = 'help']) => {
  if (word === 'help') return refuse(session, POLICY_HELP);
  const number = word === 'list' ? NO_CHANGE : POLICIES.slice(0, NO_CHANGE).indexOf(word);
  if (number < 0) return refuse(session, `Invalid chassis policy: ${word}`);
  const words = {
    silent: 'Error in Power Restore Policy command',
    failed: 'Power Restore Policy command failed',
  };
  const request = { cmd: ChassisCmd.SET_POWER_RESTORE_POLICY, data: [number] };
  const reply = await askChassis(session, request, words);
  if (reply === undefined) return 1;
  if (number !== NO_CHANGE) {
    session.print(`Set chassis power restore policy to ${word}\n`);
    return 0;
  }
  const titles = ['always-off ', 'previous', 'always-on '];
  const known = [0, 2, 1].filter((bit) => byteAt(reply, 0) & (1 << bit));
  const list = known.map((bit) => titles[bit]).join('');
  session.print(`Supported chassis power policy:  ${list}\n`);
  return 0;
};

/** Causes in the order of their numbers (IPMI 2.0 table 28-11). */
const CAUSES = [
  'unknown',
  'chassis power control command',
  'reset via pushbutton',
  'power-up via pushbutton',
  'watchdog expired',
  'OEM',
  'power-up due to always-restore power policy',
  'power-up due to restore-previous power policy',
  'reset via PEF',
  'power-cycle via PEF',
  'soft reset',
  'power-up via RTC wakeup',
];

const restartCause: Family = async (session) => {
  const words = {
    silent: 'Unable to get Chassis Restart Cause',
    failed: 'Get Chassis Restart Cause failed',
  };
  const reply = await askChassis(session, { cmd: ChassisCmd.GET_RESTART_CAUSE }, words);
  if (reply === undefined) return 1;
  const cause = byteAt(reply, 0) & 0x0f;
  const unknown = `Unknown (0x${cause.toString(16).toUpperCase().padStart(2, '0')})`;
  session.print(`System restart cause: ${CAUSES[cause] ?? unknown}\n`);
  return 0;
};

const MINUTES_A_DAY = 1440;

const poh: Family = async (session) => {
  const words = {
    silent: 'Unable to get Chassis Power-On-Hours',
    failed: 'Get Chassis Power-On-Hours failed',
  };
  const reply = await askChassis(session, { cmd: ChassisCmd.GET_POH_COUNTER }, words);
  if (reply === undefined) return 1;
  const [low, high] = [byteAt(reply, 1) | (byteAt(reply, 2) << 8), byteAt(reply, 3)];
  const count = low + high * 0x1_0000 + byteAt(reply, 4) * 0x100_0000;
  // It counts in numbers of 32 bits with a binary point, whose rounding is seen in the result.
  const minutes = Math.fround(Math.fround(count) * byteAt(reply, 0));
  const days = Math.trunc(minutes / MINUTES_A_DAY);
  const rest = Math.fround(minutes - Math.fround(Math.fround(days) * MINUTES_A_DAY));
  const hours = Math.trunc(rest / 60);
  const text = `POH Counter  : ${days} days, ${hours} hours`;
  const isFine = byteAt(reply, 0) < 60;
  session.print(isFine ? `${text}, ${Math.trunc(rest - hours * 60)} minutes\n` : `${text}\n`);
  return 0;
};

const identify: Family = async (session, [word]) => {
  if (word === 'help') return refuse(session, IDENTIFY_HELP);
  const isForced = word === 'force';
  const seconds = word === undefined || isForced ? 0 : cByte(word);
  if (seconds === undefined) {
    const isText = !isNumber(word ?? '');
    return refuse(session, isText ? 'Invalid interval given.' : 'Given interval is too big.');
  }
  const data = word === undefined ? [] : isForced ? [0, 1] : [seconds];
  const words = { silent: 'Unable to set Chassis Identify', failed: 'Set Chassis Identify failed' };
  const request = { cmd: ChassisCmd.IDENTIFY, data };
  const failing = { text: words.failed, silent: words.silent };
  const after = isForced ? { after: 'Chassis may not support Force Identify On\n' } : {};
  const question = { netFn: NetFn.CHASSIS, ...request };
  if ((await askFor(session, question, { ...failing, ...after })) === undefined) return 1;
  const timed = seconds === 0 ? 'off' : `${seconds} seconds`;
  const title = word === undefined ? 'default (15 seconds)' : isForced ? 'indefinite' : timed;
  session.print(`Chassis identify interval: ${title}\n`);
  return 0;
};

/** Faults of a device with an error, from bit 0 on (IPMI 2.0 §20.4). */
const FAULTS = [
  'firmware corrupted',
  'boot block corrupted',
  'FRU Internal Use Area corrupted',
  'SDR Repository empty',
  'IPMB not responding',
  'cannot access BMC FRU',
  'cannot access SDR Repository',
  'cannot access SEL Device',
];

const selftest: Family = async (session) => {
  const failing = { text: 'Error sending Get Self Test command' };
  const question = { netFn: NetFn.APP, cmd: AppCmd.GET_SELF_TEST_RESULTS };
  const reply = await askFor(session, question, failing);
  if (reply === undefined) return 1;
  session.print(`Self Test Results    : ${selfTestText(byteAt(reply, 0), byteAt(reply, 1))}\n`);
  return 0;
};

function selfTestText(result: number, detail: number): string {
  const [code, fault] = [result, detail].map((value) => `${value.toString(16).padStart(2, '0')}h`);
  switch (result) {
    case 0x55:
      return 'passed';
    case 0x56:
      return 'not implemented';
    case 0x57: {
      const faults = FAULTS.filter((_, bit) => detail & (1 << bit));
      return ['device error', ...faults.map((one) => `${' '.repeat(23)}[${one}]`)].join('\n');
    }
    case 0x58:
      return `Fatal hardware error: ${fault}`;
  }
  return `Device-specific failure ${code}:${fault}`;
}

const SUBCOMMANDS: Readonly<Record<string, Family>> = {
  ...{ status, power, policy, poh, identify, selftest, bootdev, bootparam, bootmbox },
  restart_cause: restartCause,
};

export const run: Family = async (session, [word = 'help', ...rest]) => {
  if (word === 'help') return refuse(session, CHASSIS_HELP);
  const family = entryOf(SUBCOMMANDS, word);
  if (family === undefined) return refuse(session, `Invalid chassis command: ${word}`);
  return await family(session, rest);
};
