/** `ipmi-bt watchdog`: the watchdog timer of the BMC. */

import type { Commands, WatchdogTimer } from '../../commands/index.ts';
import { preTimeoutTrouble } from '../../commands/watchdog.ts';
import { COUNTDOWN_MAX_MS, WATCHDOG_ACTIONS, WATCHDOG_TICK_MS } from '../../ipmi/watchdog.ts';
import { WATCHDOG_INTERRUPTS, WATCHDOG_USES } from '../../ipmi/watchdog.ts';
import { UsageError, parseByte, parseSeconds } from '../args.ts';
import { runChange } from '../change.ts';
import { YES_OPTION } from '../confirm.ts';
import { ANSWERED } from '../exit-codes.ts';
import { table } from '../format.ts';
import { anyCommand, command } from '../globals.ts';
import type { AnyCommand } from '../globals.ts';
import { runOperation } from '../operation.ts';
import type { Operation } from '../operation.ts';
import { schemaLine } from '../schemas/schema.ts';
import { WATCHDOG_SCHEMA } from '../schemas/watchdog.ts';

const GET = command({
  name: 'watchdog get',
  help: 'print the timer',
  examples: [{ line: '--sim watchdog get', help: 'print that of the simulated BMC' }],
  exitCodes: ANSWERED,
  run: ({ globals }) => runOperation(globals, shown()),
});

const SET = command({
  name: 'watchdog set',
  help: 'set the timer, which stops it; watchdog reset starts it',
  words: [{ name: '<seconds>', help: 'the countdown: 0.1 to 6553.5' }],
  options: {
    action: {
      value: 'name',
      help: 'at the end of the countdown',
      choices: WATCHDOG_ACTIONS,
      fallback: 'none',
    },
    timerUse: {
      value: 'name',
      help: 'what is watched',
      choices: WATCHDOG_USES,
      fallback: 'sms-os',
    },
    interrupt: {
      value: 'name',
      help: 'before the action',
      choices: WATCHDOG_INTERRUPTS,
      fallback: 'none',
    },
    preTimeout: {
      value: 'n',
      help: 'seconds from the interrupt to the action, 0 to 255',
      fallback: '0',
    },
    unlogged: { help: 'log no event at the end of the countdown' },
    yes: YES_OPTION,
  },
  examples: [
    {
      line: '--sim watchdog set 60 --action hard-reset --yes',
      help: 'reset a minute after watchdog reset',
    },
  ],
  exitCodes: ANSWERED,
  run: ({ words: [seconds = ''], options, globals }) => {
    const { action, timerUse: use, interrupt, preTimeout, unlogged, yes } = options;
    const preTimeoutSeconds = parseByte(preTimeout, '--pre-timeout');
    const settings = { action, use, interrupt, preTimeoutSeconds, isLogged: !unlogged };
    const choice = { ...settings, countdownMs: countdownOf(seconds) };
    const trouble = preTimeoutTrouble(choice);
    if (trouble !== undefined) throw new UsageError(`--pre-timeout: ${trouble}`);
    const question = `watchdog set will set the timer to ${seconds} s with action ${action}, and stop it`;
    const set = shown(({ watchdog }) => watchdog.set(choice));
    return runChange(globals, { question, yes }, set);
  },
});

const RESET = command({
  name: 'watchdog reset',
  help: 'start the countdown from its beginning',
  options: { yes: YES_OPTION },
  examples: [{ line: 'watchdog reset --yes', help: 'start it, or go on' }],
  exitCodes: { ...ANSWERED, 1: 'the BMC refused the command: the timer was never set' },
  run: ({ options, globals }) => {
    const question = 'watchdog reset will start the countdown to the action of the timer';
    const reset = shown(({ watchdog }) => watchdog.reset());
    return runChange(globals, { question, yes: options.yes }, reset);
  },
});

const OFF = command({
  name: 'watchdog off',
  help: 'stop the timer',
  options: { yes: YES_OPTION },
  examples: [{ line: '--sim watchdog off --yes', help: 'stop that of the simulated BMC' }],
  exitCodes: ANSWERED,
  run: ({ options, globals }) => {
    const question = 'watchdog off will stop the timer: a system that hangs is not noticed then';
    const off = shown(({ watchdog }) => watchdog.off());
    return runChange(globals, { question, yes: options.yes }, off);
  },
});

/** The commands, in the order of the help. */
export const WATCHDOG_COMMANDS: readonly AnyCommand[] = [
  anyCommand(GET),
  anyCommand(SET),
  anyCommand(RESET),
  anyCommand(OFF),
];

/** The widest label. */
const WIDTH = 27;

function countdownOf(seconds: string): number {
  const ms = Math.round(parseSeconds(seconds, 'the countdown', COUNTDOWN_MAX_MS / 1000));
  if (ms % WATCHDOG_TICK_MS === 0 && ms >= WATCHDOG_TICK_MS) return ms;
  throw new UsageError('the countdown is a number of seconds from 0.1 to 6553.5, in steps of 0.1');
}

/** Does something, and prints the timer as it is then. */
function shown(change?: (bmc: Commands) => Promise<void>): Operation {
  return async (bmc, { globals, stdout }) => {
    await change?.(bmc);
    const timer = await bmc.watchdog.get();
    stdout.write(globals.json ? schemaLine(WATCHDOG_SCHEMA, fields(timer)) : text(timer));
    return 0;
  };
}

function expiredUses({ expired }: WatchdogTimer): readonly string[] {
  const { biosFrb2, biosPost, osLoad, smsOs, oem } = expired;
  return WATCHDOG_USES.filter((_, at) => [biosFrb2, biosPost, osLoad, smsOs, oem][at]);
}

function fields(timer: WatchdogTimer) {
  const { use, actions, preTimeoutSeconds, countdownMs, presentMs } = timer;
  return {
    running: use.isRunning,
    logged: use.isLogged,
    use: String(use.use),
    action: String(actions.action),
    pre_timeout_interrupt: String(actions.interrupt),
    pre_timeout_seconds: preTimeoutSeconds,
    expired: [...expiredUses(timer)],
    initial_countdown_ms: countdownMs,
    present_countdown_ms: presentMs,
  };
}

function text(timer: WatchdogTimer): string {
  const { use, actions, preTimeoutSeconds, countdownMs, presentMs } = timer;
  const expired = expiredUses(timer);
  return table(
    [
      ['Watchdog Timer Use', String(use.use)],
      ['Watchdog Timer Is', use.isRunning ? 'Started/Running' : 'Stopped'],
      ['Watchdog Timer Logging', use.isLogged ? 'On' : 'Off'],
      ['Watchdog Timer Action', String(actions.action)],
      ['Pre-timeout interrupt', String(actions.interrupt)],
      ['Pre-timeout interval', `${preTimeoutSeconds} seconds`],
      ['Timer Expiration Flags', expired.length === 0 ? 'None' : expired.join(', ')],
      ['Initial Countdown', `${(countdownMs / 1000).toFixed(1)} sec`],
      ['Present Countdown', `${(presentMs / 1000).toFixed(1)} sec`],
    ],
    WIDTH,
  );
}
