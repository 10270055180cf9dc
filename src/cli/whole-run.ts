/**
 * The whole program: all commands, and what is printed when none of them is run. This file and all
 * that it needs are loaded only for commands that need not start fast.
 */

import { CHANNEL_COMMANDS } from './commands/channel.ts';
import { CHASSIS_COMMANDS } from './commands/chassis.ts';
import { FRU_COMMANDS } from './commands/fru.ts';
import { IPMITOOL_COMMAND } from './commands/ipmitool.ts';
import { SERVE_COMMAND } from './commands/serve.ts';
import { SCHEMA_COMMAND } from './commands/schema.ts';
import { SDR_COMMANDS } from './commands/sdr.ts';
import { SENSOR_COMMANDS } from './commands/sensor.ts';
import { SEL_COMMANDS } from './commands/sel.ts';
import { LAN_COMMANDS } from './commands/lan.ts';
import { USER_COMMANDS } from './commands/user.ts';
import { DCMI_COMMANDS } from './commands/dcmi.ts';
import { MC_COMMANDS } from './commands/mc.ts';
import { POWER_COMMANDS } from './commands/power.ts';
import { SOL_COMMANDS } from './commands/sol.ts';
import { VERSION_COMMAND } from './commands/version.ts';
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
    { name: 'sensor', help: 'sensors with readings and thresholds' },
    { name: 'sdr', help: 'the SDR repository: descriptions of sensors and devices' },
    { name: 'sel', help: 'the system event log, and its clock' },
    { name: 'fru', help: 'the inventory of field-replaceable units' },
    { name: 'lan', help: 'LAN configuration of the BMC' },
    { name: 'user', help: 'users of the BMC, their passwords and their access' },
    { name: 'channel', help: 'channels of the BMC, and the access to them' },
    { name: 'mc', help: 'the management controller itself' },
    { name: 'power', help: 'switch or reset the system' },
    { name: 'watchdog', help: 'the watchdog timer of the BMC' },
    { name: 'dcmi', help: 'power and capabilities by DCMI' },
    { name: 'sol', help: 'serial over LAN' },
  ],
  commands: [
    ...QUICK.commands,
    ...CHASSIS_COMMANDS,
    ...SENSOR_COMMANDS,
    ...SDR_COMMANDS,
    ...SEL_COMMANDS,
    ...FRU_COMMANDS,
    ...LAN_COMMANDS,
    ...USER_COMMANDS,
    ...CHANNEL_COMMANDS,
    ...MC_COMMANDS,
    ...POWER_COMMANDS,
    ...WATCHDOG_COMMANDS,
    ...DCMI_COMMANDS,
    ...SOL_COMMANDS,
    anyCommand(SERVE_COMMAND),
    anyCommand(SCHEMA_COMMAND),
    anyCommand(IPMITOOL_COMMAND),
    anyCommand(VERSION_COMMAND),
  ],
};

/** Runs the command of the command line; resolves to the exit code. */
export async function runWhole(args: readonly string[]): Promise<number> {
  return await runLine(PROGRAM, args, { kind: 'whole', tree: PROGRAM });
}
