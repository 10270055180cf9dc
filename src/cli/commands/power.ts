/** `ipmi-bt power`: switches and resets the system. No action is ever sent twice. */

import type { PowerAction } from '../../commands/index.ts';
import { runChange } from '../change.ts';
import { YES_OPTION } from '../confirm.ts';
import { ANSWERED } from '../exit-codes.ts';
import { anyCommand, command } from '../globals.ts';
import type { AnyCommand } from '../globals.ts';
import { runOperation } from '../operation.ts';
import type { Operation } from '../operation.ts';
import { POWER_CONTROL_SCHEMA, POWER_STATUS_SCHEMA } from '../schemas/power.ts';
import { schemaLine } from '../schemas/schema.ts';

/** Each action: what it will do, and its name in the words of ipmitool. */
const ACTIONS = {
  on: ['switch the system on', 'Up/On'],
  off: ['switch the system off at once, without a shutdown', 'Down/Off'],
  cycle: ['switch the system off at once, and on again', 'Cycle'],
  reset: ['reset the system at once, without a shutdown', 'Reset'],
  soft: ['ask the operating system to shut down', 'Soft'],
  diag: ['send the system a diagnostic interrupt, which may stop it', 'Diag'],
} as const satisfies Readonly<Record<PowerAction, readonly [effect: string, name: string]>>;

const STATUS = command({
  name: 'power status',
  help: 'print whether the system is on',
  examples: [{ line: '--sim power status', help: 'print the power of the simulated system' }],
  exitCodes: ANSWERED,
  run: ({ globals }) => runOperation(globals, status),
});

/** The commands, in the order of the help. */
export const POWER_COMMANDS: readonly AnyCommand[] = [
  anyCommand(STATUS),
  ...(Object.keys(ACTIONS) as PowerAction[]).map(actionCommand),
];

function actionCommand(action: PowerAction): AnyCommand {
  const [effect] = ACTIONS[action];
  const spec = command({
    name: `power ${action}`,
    help: effect,
    options: { yes: YES_OPTION },
    examples: [{ line: `--sim power ${action} --yes`, help: 'do it without a question' }],
    exitCodes: {
      0: 'the BMC accepted it',
      1: 'the BMC refused it',
      75: 'the BMC does not answer: it is not known whether it was done',
    },
    run: ({ options, globals }) => {
      const question = `power ${action} will ${effect}`;
      return runChange(globals, { question, yes: options.yes }, control(action));
    },
  });
  return anyCommand(spec);
}

const status: Operation = async ({ chassis }, { globals, stdout }) => {
  const { power } = await chassis.status();
  const text = `Chassis Power is ${power.isOn ? 'on' : 'off'}\n`;
  stdout.write(globals.json ? schemaLine(POWER_STATUS_SCHEMA, { power_on: power.isOn }) : text);
  return 0;
};

function control(action: PowerAction): Operation {
  return async ({ chassis }, { globals, stdout }) => {
    await chassis.power(action);
    const text = `Chassis Power Control: ${ACTIONS[action][1]}\n`;
    stdout.write(globals.json ? schemaLine(POWER_CONTROL_SCHEMA, { action }) : text);
    return 0;
  };
}
