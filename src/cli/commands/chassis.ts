/** `ipmi-bt chassis`: power and state of the chassis. */

import type { ChassisStatus } from '../../commands/index.ts';
import { ANSWERED } from '../exit-codes.ts';
import { table } from '../format.ts';
import { anyCommand, command } from '../globals.ts';
import type { AnyCommand } from '../globals.ts';
import { CHASSIS_ACTIONS } from './chassis-actions.ts';
import { runOperation } from '../operation.ts';
import type { Operation } from '../operation.ts';
import { CHASSIS_STATUS_SCHEMA } from '../schemas/chassis.ts';
import { schemaLine } from '../schemas/schema.ts';

const STATUS = command({
  name: 'chassis status',
  help: 'print the power state, the last power event and faults',
  examples: [{ line: '--sim chassis status', help: 'print the state of the simulated BMC' }],
  exitCodes: ANSWERED,
  run: ({ globals }) => runOperation(globals, status),
});

/** The commands, in the order of the help. */
export const CHASSIS_COMMANDS: readonly AnyCommand[] = [anyCommand(STATUS), ...CHASSIS_ACTIONS];

const status: Operation = async ({ chassis }, { globals, stdout }) => {
  const answer = await chassis.status();
  stdout.write(globals.json ? schemaLine(CHASSIS_STATUS_SCHEMA, fields(answer)) : text(answer));
  return 0;
};

/** Names of the buttons that the front panel can have disabled. */
function disabledButtons({ frontPanel }: ChassisStatus): readonly string[] | undefined {
  if (frontPanel === undefined) return undefined;
  const buttons = {
    power: frontPanel.isPowerOffDisabled,
    reset: frontPanel.isResetDisabled,
    diagnostic: frontPanel.isDiagnosticDisabled,
    standby: frontPanel.isStandbyDisabled,
  };
  return namesOf(buttons);
}

/** Names of what happened to the power last. */
function lastEvents({ lastEvent }: ChassisStatus): readonly string[] {
  return namesOf({
    'ac-failed': lastEvent.acFailed,
    overload: lastEvent.overload,
    interlock: lastEvent.interlock,
    fault: lastEvent.fault,
    command: lastEvent.command,
  });
}

function namesOf(flags: Readonly<Record<string, boolean>>): readonly string[] {
  return Object.keys(flags).filter((name) => flags[name] === true);
}

function fields(answer: ChassisStatus) {
  const { power, state } = answer;
  const disabled = disabledButtons(answer);
  return {
    power_on: power.isOn,
    power_overload: power.hasOverload,
    power_interlock: power.isInterlocked,
    power_fault: power.hasFault,
    power_control_fault: power.hasControlFault,
    power_restore_policy: String(power.restorePolicy),
    last_power_events: [...lastEvents(answer)],
    chassis_open: state.isOpen,
    front_panel_locked: state.isFrontPanelLocked,
    drive_fault: state.hasDriveFault,
    cooling_fault: state.hasCoolingFault,
    identify: state.tellsIdentify ? String(state.identify) : null,
    buttons_disabled: disabled === undefined ? null : [...disabled],
  };
}

function text(answer: ChassisStatus): string {
  const { power, state } = answer;
  const disabled = disabledButtons(answer);
  return table([
    ['System Power', power.isOn ? 'on' : 'off'],
    ['Power Overload', String(power.hasOverload)],
    ['Power Interlock', power.isInterlocked ? 'active' : 'inactive'],
    ['Main Power Fault', String(power.hasFault)],
    ['Power Control Fault', String(power.hasControlFault)],
    ['Power Restore Policy', String(power.restorePolicy)],
    ['Last Power Event', lastEvents(answer).join(', ')],
    ['Chassis Intrusion', state.isOpen ? 'active' : 'inactive'],
    ['Front-Panel Lockout', state.isFrontPanelLocked ? 'active' : 'inactive'],
    ['Drive Fault', String(state.hasDriveFault)],
    ['Cooling/Fan Fault', String(state.hasCoolingFault)],
    ...(state.tellsIdentify ? [['Identify', String(state.identify)] as const] : []),
    ...(disabled === undefined ? [] : [['Buttons Disabled', disabled.join(', ')] as const]),
  ]);
}
