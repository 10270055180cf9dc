/** `ipmitool mc watchdog`: the watchdog timer (IPMI 2.0 §27.5 to §27.7). */

import { AppCmd, NetFn } from '../../ipmi/commands.ts';
import { Completion, completionText } from '../../ipmi/completion.ts';
import { ask, askFor, byteAt } from './ask.ts';
import { choose, refuse } from './choose.ts';
import { WATCHDOG_HELP } from './mc-help.ts';
import type { Family, Session } from './session.ts';

const USES = ['Reserved', 'BIOS FRB2', 'BIOS/POST', 'OS Load', 'SMS/OS', 'OEM'];
const ACTIONS = ['No action', 'Hard Reset', 'Power Down', 'Power Cycle'];
const INTERRUPTS = ['None', 'SMI', 'NMI/Diagnostic', 'Messaging'];

/** Words of `set`, in the order of their numbers. */
const USE_WORDS = ['none', 'frb2', 'post', 'osload', 'sms', 'oem'];
const ACTION_WORDS = ['none', 'reset', 'poweroff', 'cycle'];
const INTERRUPT_WORDS = ['none', 'smi', 'nmi', 'msg'];

/** First byte of the timer: the use, and its flags. */
const USE_MASK = 0x07;
const IS_RUNNING = 0x40;
const IS_NOT_LOGGED = 0x80;

/** Second byte of the timer. */
const ACTION_MASK = 0x07;
const INTERRUPT_SHIFT = 4;

/** The timer counts tenths of a second. */
const TICKS_A_SECOND = 10;

/** Completion code of Reset Watchdog Timer before the first Set. */
const NOT_SET = 0x80;

/** Data of the one Set that `off` sends: SMS/OS, no action, clears its flag, five minutes. */
const OFF = [0x04, 0x00, 0x00, 0x10, 0xb8, 0x0b];

const get: Family = async (session) => {
  const failing = { text: 'Get Watchdog Timer command failed' };
  const question = { netFn: NetFn.APP, cmd: AppCmd.GET_WATCHDOG_TIMER };
  const reply = await askFor(session, question, failing);
  if (reply === undefined) return 1;
  const [use, action, interval, flags] = [0, 1, 2, 3].map((index) => byteAt(reply, index));
  session.print(timerText([use ?? 0, action ?? 0, interval ?? 0, flags ?? 0]));
  for (const [label, at] of [['Initial', 4] as const, ['Present', 6] as const]) {
    const ticks = byteAt(reply, at) + 256 * byteAt(reply, at + 1);
    session.print(`${label} Countdown:      ${(ticks / TICKS_A_SECOND).toFixed(1)} sec\n`);
  }
  return 0;
};

function timerText([use, actions, interval, flags]: readonly [
  number,
  number,
  number,
  number,
]): string {
  const hex = (value: number): string => `(0x${value.toString(16).padStart(2, '0')})`;
  const name = (names: readonly string[], value: number): string => names[value] ?? 'Reserved';
  const expired = Array.from({ length: 8 }, (_, bit) => bit).filter((bit) => flags & (1 << bit));
  return [
    `Watchdog Timer Use:     ${name(USES, use & USE_MASK)} ${hex(use)}`,
    `Watchdog Timer Is:      ${(use & IS_RUNNING) === 0 ? 'Stopped' : 'Started/Running'}`,
    `Watchdog Timer Logging: ${(use & IS_NOT_LOGGED) === 0 ? 'On' : 'Off'}`,
    `Watchdog Timer Action:  ${name(ACTIONS, actions & ACTION_MASK)} ${hex(actions)}`,
    `Pre-timeout interrupt:  ${name(INTERRUPTS, (actions >> INTERRUPT_SHIFT) & 0x07)}`,
    `Pre-timeout interval:   ${interval} seconds`,
    `Timer Expiration Flags: ${flags === 0 ? 'None ' : ''}${hex(flags)}`,
    ...expired.map((bit) => `                        * ${name(USES, bit)}`),
    '',
  ].join('\n');
}

const off: Family = async (session) => {
  const failing = { text: 'Watchdog Timer Shutoff command failed!', before: ' ' };
  const question = { netFn: NetFn.APP, cmd: AppCmd.SET_WATCHDOG_TIMER, data: OFF };
  if ((await askFor(session, question, failing)) === undefined) return 1;
  session.print('Watchdog Timer Shutoff successful -- timer stopped\n');
  return 0;
};

const reset: Family = async (session) => {
  const reply = await ask(session, { netFn: NetFn.APP, cmd: AppCmd.RESET_WATCHDOG_TIMER });
  if (reply === undefined) return refuse(session, 'Reset Watchdog Timer command failed!');
  const { completionCode } = reply;
  if (completionCode !== Completion.OK) {
    const unset = 'Attempt to reset uninitialized watchdog';
    const why = completionCode === NOT_SET ? unset : completionText(completionCode);
    return refuse(session, `Reset Watchdog Timer command failed: ${why}`);
  }
  session.print('IPMI Watchdog Timer Reset -  countdown restarted!\n');
  return 0;
};

/** The six bytes of Set Watchdog Timer, as they are collected. */
interface Timer {
  use: number;
  actions: number;
  interval: number;
  clear: number;
  ticks: number;
}

/** An option that was taken; one that ends the reading; one that ipmitool breaks down at. */
type Taken = 'taken' | 'wrong' | 'broken';

const set: Family = async (session, words) => {
  if (words.length === 0) return refuse(session, 'Not enough parameters given.', WATCHDOG_HELP);
  const timer: Timer = { use: 0, actions: 0, interval: 0, clear: 0, ticks: 0 };
  let taken: Taken = words[0] === 'help' ? 'wrong' : 'taken';
  for (const word of words) {
    if (taken !== 'taken') break;
    taken = take(session, timer, word);
  }
  if (taken === 'broken') return 1;
  const { use, actions, interval, clear, ticks } = timer;
  const data = [use, actions, interval, clear, ticks & 0xff, ticks >> 8];
  const question = { netFn: NetFn.APP, cmd: AppCmd.SET_WATCHDOG_TIMER, data };
  const reply = await ask(session, question);
  const failed = 'Set Watchdog Timer command failed';
  const code = reply?.completionCode;
  if (code === 0) session.complain('Watchdog Timer was successfully configured');
  else session.complain(code === undefined ? failed : `${failed}: ${completionText(code)}`);
  // It sends the timer even where an option was wrong, and explains the options afterwards.
  if (taken === 'wrong') session.complain(WATCHDOG_HELP);
  return reply === undefined ? 1 : 0;
};

/** Takes one option; its first letter says which one it is. */
function take(session: Session, timer: Timer, word: string): Taken {
  const value = word.includes('=') ? word.slice(word.indexOf('=') + 1) : undefined;
  const broken = (): Taken => {
    session.complain(`ipmi-bt: ipmitool crashes at '${word}'; nothing was sent`);
    return 'broken';
  };
  const numberOf = (words: readonly string[]): number => words.indexOf(value ?? '');
  switch (word.charAt(0)) {
    case 't':
    case 'p':
      return value === undefined ? broken() : takeNumber(session, timer, word);
    case 'i': {
      const interrupt = numberOf(INTERRUPT_WORDS);
      timer.actions |= interrupt << INTERRUPT_SHIFT;
      return interrupt < 0 ? broken() : 'taken';
    }
    case 'u': {
      const use = numberOf(USE_WORDS);
      timer.use = (timer.use & ~USE_MASK) | use;
      return use < 0 ? broken() : 'taken';
    }
    case 'a': {
      const action = numberOf(ACTION_WORDS);
      timer.actions = (timer.actions & ~ACTION_MASK) | action;
      return action < 0 ? broken() : 'taken';
    }
    case 'c': {
      const use = numberOf(USE_WORDS);
      timer.clear |= 1 << use;
      return use < 0 ? broken() : 'taken';
    }
    case 'n':
      timer.use |= IS_NOT_LOGGED;
      return 'taken';
    case 'd':
      timer.use |= IS_RUNNING;
      return 'taken';
  }
  session.complain(`Invalid option '${word}'`);
  return 'taken';
}

const TIMEOUT_MAX_SECONDS = 6553;
const INTERVAL_MAX_SECONDS = 255;

/** Takes the digits in front, as strtoul() does. */
function takeNumber(session: Session, timer: Timer, word: string): Taken {
  const [, digits = '0'] = /=\s*\+?(\d+)/.exec(word) ?? [];
  const seconds = Number(digits);
  const isTimeout = word.startsWith('t');
  const most = isTimeout ? TIMEOUT_MAX_SECONDS : INTERVAL_MAX_SECONDS;
  if (seconds < 1 || seconds > most) {
    const name = isTimeout ? 'Timeout' : 'Pretimeout';
    session.complain(`${name} value ${digits} is out of range (1-${most})\n`);
    return 'wrong';
  }
  if (isTimeout) timer.ticks = seconds * TICKS_A_SECOND;
  else timer.interval = seconds;
  return 'taken';
}

/** The subcommands of `mc watchdog`. */
export const watchdog = choose(
  { get, off, reset, set },
  {
    help: WATCHDOG_HELP,
    invalid: (word) => `Invalid mc/bmc watchdog command: ${word}`,
  },
);
