/** The actions of `ipmi-bt chassis` besides its status. */

import type { BootDeviceState, Identify, RestorePolicy } from '../../commands/index.ts';
import { BOOT_DEVICES } from '../../ipmi/boot-options.ts';
import type { BootDevice } from '../../ipmi/boot-options.ts';
import { UsageError, parseByte } from '../args.ts';
import { runChange } from '../change.ts';
import { YES_OPTION } from '../confirm.ts';
import { ANSWERED, EXIT_COMPLETION_CODE } from '../exit-codes.ts';
import { table } from '../format.ts';
import { anyCommand, command } from '../globals.ts';
import type { AnyCommand } from '../globals.ts';
import { runOperation } from '../operation.ts';
import type { Operation } from '../operation.ts';
import { tellUser } from '../output.ts';
import {
  BOOT_DEVICE_SCHEMA,
  CHASSIS_IDENTIFY_SCHEMA,
  POH_COUNTER_SCHEMA,
  RESTART_CAUSE_SCHEMA,
  RESTORE_POLICY_SCHEMA,
} from '../schemas/chassis.ts';
import { BOOTPARAM } from './chassis-bootparam.ts';
import { schemaLine } from '../schemas/schema.ts';

const POLICIES = ['always-off', 'previous', 'always-on'] as const;

const IDENTIFY_SECONDS = '15';

const IDENTIFY = command({
  name: 'chassis identify',
  help: 'let the chassis identify itself, by its light',
  words: [
    {
      name: '[seconds]',
      help: '0 to 255, 15 by default; or force, or off',
      names: ['force', 'off'],
    },
  ],
  options: { yes: YES_OPTION },
  examples: [{ line: '--sim chassis identify 60 --yes', help: 'for a minute' }],
  exitCodes: ANSWERED,
  run: ({ words: [word = IDENTIFY_SECONDS], options, globals }) => {
    const how = word === 'force' || word === 'off' ? word : parseByte(word, 'seconds');
    const question = `chassis identify ${word} will change the light of the chassis`;
    return runChange(globals, { question, yes: options.yes }, identify(how));
  },
});

const RESTART_CAUSE = command({
  name: 'chassis restart-cause',
  help: 'print the cause of the last restart of the system',
  examples: [{ line: '--sim chassis restart-cause', help: 'print that of the simulated system' }],
  exitCodes: ANSWERED,
  run: ({ globals }) => runOperation(globals, restartCause),
});

const POH = command({
  name: 'chassis poh',
  help: 'print the time that the power was on',
  examples: [{ line: '--sim --json chassis poh', help: 'print it as JSON' }],
  exitCodes: ANSWERED,
  run: ({ globals }) => runOperation(globals, poh),
});

const POLICY = command({
  name: 'chassis policy',
  help: 'print, or set, the state of the power after AC has come back',
  words: [{ name: '[policy]', help: POLICIES.join(', '), names: POLICIES }],
  options: { yes: YES_OPTION },
  examples: [{ line: '--sim chassis policy always-on --yes', help: 'switch on then' }],
  exitCodes: ANSWERED,
  run: ({ words: [word], options, globals }) => {
    if (word === undefined) return runOperation(globals, policy('no-change'));
    const wanted = POLICIES.find((name) => name === word);
    if (wanted === undefined) throw new UsageError(`the policy is one of ${POLICIES.join(', ')}`);
    const question = `chassis policy ${wanted} will change the power after AC has come back`;
    return runChange(globals, { question, yes: options.yes }, policy(wanted));
  },
});

const BOOTDEV = command({
  name: 'chassis bootdev',
  help: 'print the boot device, or set that of the next boot',
  words: [{ name: '[device]', help: BOOT_DEVICES.join(', '), names: BOOT_DEVICES }],
  options: {
    efi: { help: 'boot by EFI, and not by a legacy BIOS' },
    persistent: { help: 'for all boots, and not only the next one' },
    yes: YES_OPTION,
  },
  examples: [{ line: '--sim chassis bootdev pxe --efi --yes', help: 'boot from the network once' }],
  exitCodes: { ...ANSWERED, 1: 'the BMC refused the command, or did not do it' },
  run: ({ words: [word], options, globals }) => {
    const { efi, persistent, yes } = options;
    if (word === undefined) {
      const flag = efi ? '--efi' : persistent ? '--persistent' : undefined;
      if (flag === undefined) return runOperation(globals, bootDevice);
      throw new UsageError(`${flag} needs the device to boot from, such as pxe or disk`);
    }
    const device = BOOT_DEVICES.find((name) => name === word);
    if (device === undefined)
      throw new UsageError(`the device is one of ${BOOT_DEVICES.join(', ')}`);
    const question = `chassis bootdev ${device} will change the device of the next boot`;
    return runChange(globals, { question, yes }, setBootDevice(device, { efi, persistent }));
  },
});

/** The commands, in the order of the help. */
export const CHASSIS_ACTIONS: readonly AnyCommand[] = [
  anyCommand(IDENTIFY),
  anyCommand(RESTART_CAUSE),
  anyCommand(POH),
  anyCommand(POLICY),
  anyCommand(BOOTDEV),
  anyCommand(BOOTPARAM),
];

function identify(how: Identify): Operation {
  return async ({ chassis }, { globals, stdout }) => {
    await chassis.identify(how);
    const isOff = how === 'off' || how === 0;
    const state = isOff ? 'off' : how === 'force' ? 'on' : 'temporary';
    const seconds = typeof how === 'number' && how > 0 ? how : null;
    const text = seconds === null ? (isOff ? 'off' : 'indefinite') : `${seconds} seconds`;
    const fields = { state, interval_seconds: seconds };
    stdout.write(
      globals.json
        ? schemaLine(CHASSIS_IDENTIFY_SCHEMA, fields)
        : `Chassis identify interval: ${text}\n`,
    );
    return 0;
  };
}

const restartCause: Operation = async ({ chassis }, { globals, stdout }) => {
  const { cause, channel } = await chassis.restartCause();
  const name = String(cause.name);
  const fields = { cause: name, channel };
  stdout.write(
    globals.json ? schemaLine(RESTART_CAUSE_SCHEMA, fields) : `System restart cause: ${name}\n`,
  );
  return 0;
};

const poh: Operation = async ({ chassis }, { globals, stdout }) => {
  const { minutesPerCount, count } = await chassis.poh();
  const minutes = minutesPerCount * count;
  const [days, hours] = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60)];
  const fields = {
    minutes_per_count: minutesPerCount,
    count,
    power_on_hours: minutes / 60,
  };
  const text = table([['POH Counter', `${days} days, ${hours} hours`]]);
  stdout.write(globals.json ? schemaLine(POH_COUNTER_SCHEMA, fields) : text);
  return 0;
};

/** Two transactions: the policies that are supported, and the one that is set. */
function policy(wanted: RestorePolicy): Operation {
  return async ({ chassis }, { globals, stdout }) => {
    const { alwaysOff, previous, alwaysOn } = await chassis.setRestorePolicy(wanted);
    const { power } = await chassis.status();
    const isSupported = [alwaysOff, previous, alwaysOn];
    const supported = POLICIES.filter((_, at) => isSupported[at] === true);
    const fields = { supported, policy: String(power.restorePolicy) };
    const text = table([
      ['Supported policies', supported.join(', ')],
      ['Power Restore Policy', fields.policy],
    ]);
    stdout.write(globals.json ? schemaLine(RESTORE_POLICY_SCHEMA, fields) : text);
    return 0;
  };
}

const bootDevice: Operation = async ({ bootOptions }, { globals, stdout }) => {
  const found = await bootOptions.device();
  if (found === undefined) {
    tellUser('this BMC has no boot flags: Get System Boot Options refuses parameter 5');
    return EXIT_COMPLETION_CODE;
  }
  stdout.write(globals.json ? schemaLine(BOOT_DEVICE_SCHEMA, bootFields(found)) : bootText(found));
  return 0;
};

function setBootDevice(
  device: BootDevice,
  { efi, persistent }: { efi: boolean; persistent: boolean },
): Operation {
  return async ({ bootOptions }, { globals, stdout }) => {
    const wanted = { device, isEfi: efi, isPersistent: persistent };
    const found = { flags: await bootOptions.setDevice(wanted), isLocked: false };
    stdout.write(
      globals.json ? schemaLine(BOOT_DEVICE_SCHEMA, bootFields(found)) : bootText(found),
    );
    return 0;
  };
}

function bootFields({ flags: { validity, boot, instance }, isLocked }: BootDeviceState) {
  return {
    valid: validity.isValid,
    persistent: validity.isPersistent,
    efi: validity.isEfi,
    device: String(boot.device),
    instance: instance.number,
    locked: isLocked,
  };
}

function bootText({ flags: { validity, boot }, isLocked }: BootDeviceState): string {
  return table([
    ['Boot Flags', validity.isValid && !isLocked ? 'valid' : 'invalid'],
    ['Boot Device', String(boot.device)],
    ['Boot Type', validity.isEfi ? 'EFI' : 'legacy'],
    ['Valid For', validity.isPersistent ? 'all boots' : 'the next boot'],
  ]);
}
