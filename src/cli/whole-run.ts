/**
 * The whole program: all commands, and what is printed when none of them is run. This file and all
 * that it needs are loaded only for commands that need not start fast.
 */

import { CHANNEL_COMMANDS } from './commands/channel.ts';
import { CHASSIS_COMMANDS } from './commands/chassis.ts';
import { LAN_COMMANDS } from './commands/lan.ts';
import { SCHEMA_COMMAND } from './commands/schema.ts';
import { USER_COMMANDS } from './commands/user.ts';
import { anyCommand } from './globals.ts';
import type { AnyCommand } from './globals.ts';
import { QUICK, runLine } from './quick.ts';
import type { Tree } from './spec.ts';

/** The program as a tree: help, parser and checks read it. */
export const PROGRAM: Tree<AnyCommand> = {
  ...QUICK,
  families: [
    { name: 'chassis', help: 'power, identification and state of the chassis' },
    { name: 'lan', help: 'LAN configuration of the BMC' },
    { name: 'user', help: 'users of the BMC, their passwords and their access' },
    { name: 'channel', help: 'channels of the BMC, and the access to them' },
  ],
  commands: [
    ...QUICK.commands,
    ...CHASSIS_COMMANDS,
    ...LAN_COMMANDS,
    ...USER_COMMANDS,
    ...CHANNEL_COMMANDS,
    anyCommand(SCHEMA_COMMAND),
  ],
};

/** Runs the command of the command line; resolves to the exit code. */
export async function runWhole(args: readonly string[]): Promise<number> {
  return await runLine(PROGRAM, args);
}
