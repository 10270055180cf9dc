/**
 * The whole program: all commands, and what is printed when none of them is run. This file and all
 * that it needs are loaded only for commands that need not start fast.
 */

import { CHASSIS_COMMANDS } from './commands/chassis.ts';
import { DCMI_COMMANDS } from './commands/dcmi.ts';
import { MC_COMMANDS } from './commands/mc.ts';
import { POWER_COMMANDS } from './commands/power.ts';
import { SCHEMA_COMMAND } from './commands/schema.ts';
import { SOL_COMMANDS } from './commands/sol.ts';
import { WATCHDOG_COMMANDS } from './commands/watchdog.ts';
import { anyCommand } from './globals.ts';
import type { AnyCommand } from './globals.ts';
import { QUICK, runLine } from './quick.ts';
import type { Tree } from './spec.ts';

/** The program as a tree: help, parser and checks read it. */
export const PROGRAM: Tree<AnyCommand> = {
  ...QUICK,
  families: [
    { name: 'chassis', help: 'power, identification and state of the chassis' },
    { name: 'mc', help: 'the management controller itself' },
    { name: 'power', help: 'switch or reset the system' },
    { name: 'watchdog', help: 'the watchdog timer of the BMC' },
    { name: 'dcmi', help: 'power and capabilities by DCMI' },
    { name: 'sol', help: 'serial over LAN' },
  ],
  commands: [
    ...QUICK.commands,
    ...CHASSIS_COMMANDS,
    ...MC_COMMANDS,
    ...POWER_COMMANDS,
    ...WATCHDOG_COMMANDS,
    ...DCMI_COMMANDS,
    ...SOL_COMMANDS,
    anyCommand(SCHEMA_COMMAND),
  ],
};

/** Runs the command of the command line; resolves to the exit code. */
export async function runWhole(args: readonly string[]): Promise<number> {
  return await runLine(PROGRAM, args);
}
