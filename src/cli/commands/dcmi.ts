/** `ipmi-bt dcmi`: power and capabilities by DCMI. */

import type {
  Commands,
  DcmiCapabilities,
  PowerLimit,
  PowerLimitChoice,
  PowerReading,
} from '../../commands/index.ts';
import { POWER_LIMIT_MOST } from '../../commands/dcmi.ts';
import type { AveragePeriod } from '../../ipmi/dcmi.ts';
import { UsageError, parseNumber } from '../args.ts';
import { timeText } from '../bmc-date.ts';
import { runChange } from '../change.ts';
import { YES_OPTION } from '../confirm.ts';
import { EXIT_COMPLETION_CODE } from '../exit-codes.ts';
import { hexByte, known, table } from '../format.ts';
import { anyCommand, command } from '../globals.ts';
import type { AnyCommand } from '../globals.ts';
import { runOperation } from '../operation.ts';
import type { Operation } from '../operation.ts';
import { tellUser } from '../output.ts';
import {
  DCMI_CAPABILITIES_SCHEMA,
  DCMI_POWER_LIMIT_SCHEMA,
  DCMI_POWER_SCHEMA,
} from '../schemas/dcmi.ts';
import { schemaLine } from '../schemas/schema.ts';
import type { Values } from '../spec.ts';

const POWER = command({
  name: 'dcmi power',
  help: 'print the power of the system, watts',
  examples: [{ line: '--sim dcmi power', help: 'print that of the simulated system' }],
  exitCodes: { 0: 'there is a reading', 1: 'there is none, or the BMC refused the command' },
  run: ({ globals }) => runOperation(globals, power),
});

const LIMIT_OPTIONS = {
  watts: { value: 'n', help: 'set the limit, 1 to 65535; needs the next three, too' },
  action: {
    value: 'name',
    help: 'when the limit is exceeded',
    choices: ['none', 'power-off', 'log'],
  },
  correction: { value: 'ms', help: 'the time within which the power is to get below the limit' },
  period: { value: 's', help: 'the period over which the power is measured' },
  activate: { help: 'activate the limit that is set' },
  deactivate: { help: 'deactivate it' },
  yes: YES_OPTION,
} as const;

const POWER_LIMIT = command({
  name: 'dcmi power-limit',
  help: 'print the limit of the power that is active, watts, or set it',
  options: LIMIT_OPTIONS,
  notes: `A limit that is set has no effect until it is activated, and stays so when it
is changed.`,
  examples: [
    { line: '--sim dcmi power-limit', help: 'print that of the simulated system' },
    {
      line: 'dcmi power-limit --deactivate --yes',
      help: 'lift the limit, which keeps its values',
    },
  ],
  exitCodes: { 0: 'the BMC answered; without a limit, too', 1: 'the BMC refused the command' },
  run: async ({ globals, options }) => {
    const change = limitChange(options);
    if (change === undefined) return await runOperation(globals, powerLimit());
    const question = `dcmi power-limit will ${change.words}`;
    return await runChange(globals, { question, yes: options.yes }, powerLimit(change.make));
  },
});

/** A change of the limit: in words, and the operation. */
interface LimitChange {
  readonly words: string;
  readonly make: (bmc: Commands) => Promise<void>;
}

/** The change that the options ask for; undefined where they ask for none. */
function limitChange(options: Values<typeof LIMIT_OPTIONS>): LimitChange | undefined {
  const { activate, deactivate } = options;
  if (activate && deactivate)
    throw new UsageError('--activate and --deactivate exclude each other');
  const choice = limitChoice(options);
  const isActive = activate ? true : deactivate ? false : undefined;
  if (choice === undefined && isActive === undefined) return undefined;
  const words = [
    ...(choice === undefined ? [] : [limitWords(choice)]),
    ...(isActive === undefined ? [] : [`${isActive ? 'activate' : 'deactivate'} the limit`]),
  ];
  const make = async ({ dcmi }: Commands): Promise<void> => {
    if (choice !== undefined) await dcmi.setPowerLimit(choice);
    if (isActive !== undefined) await dcmi.activatePowerLimit(isActive);
  };
  return { words: words.join(', and '), make };
}

function limitWords({ limitWatts, action }: PowerLimitChoice): string {
  return `set the limit of the power to ${limitWatts} W with action ${action}`;
}

/** One command sets all four, so that none is left to a guess. */
function limitChoice(options: Values<typeof LIMIT_OPTIONS>): PowerLimitChoice | undefined {
  const { watts, action, correction, period } = options;
  const given = { watts, action, correction, period };
  const missing = Object.entries(given).filter(([, value]) => value === undefined);
  if (missing.length === Object.keys(given).length) return undefined;
  if (
    watts === undefined ||
    action === undefined ||
    correction === undefined ||
    period === undefined
  ) {
    const names = missing.map(([name]) => `--${name}`).join(', ');
    throw new UsageError(`the BMC is set all of a limit at once: it needs ${names} as well`);
  }
  const most = POWER_LIMIT_MOST;
  return {
    limitWatts: parseNumber(watts, '--watts', { least: 1, most: most.watts }),
    action,
    correctionMs: parseNumber(correction, '--correction', most.correctionMs),
    periodSeconds: parseNumber(period, '--period', most.periodSeconds),
  };
}

const CAPABILITIES = command({
  name: 'dcmi capabilities',
  help: 'print what the BMC can do by DCMI',
  examples: [{ line: '--sim dcmi capabilities', help: 'print those of the simulated BMC' }],
  exitCodes: { 0: 'the BMC answered', 1: 'the BMC refused the command: it has no DCMI' },
  run: ({ globals }) => runOperation(globals, capabilities),
});

/** The commands, in the order of the help. */
export const DCMI_COMMANDS: readonly AnyCommand[] = [
  anyCommand(POWER),
  anyCommand(POWER_LIMIT),
  anyCommand(CAPABILITIES),
];

/** The widest label. */
const WIDTH = 36;

/** Channels are numbers below; 0xff is none. */
const NO_CHANNEL = 0xff;

/** Seconds of each unit of a period. */
const UNIT_SECONDS = [1, 60, 3600, 86_400] as const;

const power: Operation = async ({ dcmi }, { globals, stdout }) => {
  const reading = await dcmi.power();
  if (globals.json) stdout.write(schemaLine(DCMI_POWER_SCHEMA, powerFields(reading)));
  else if (reading.isAvailable) stdout.write(powerText(reading));
  else tellUser(`there is no power reading: ${reading.reason}`);
  return reading.isAvailable ? 0 : EXIT_COMPLETION_CODE;
};

const NOTHING = {
  ...{ current_watts: null, minimum_watts: null, maximum_watts: null, average_watts: null },
  ...{ timestamp_seconds: null, period_ms: null, active: null },
};

function powerFields(reading: PowerReading) {
  if (!reading.isAvailable) return { available: false, reason: reading.reason, ...NOTHING };
  return {
    available: true,
    reason: null,
    current_watts: reading.currentWatts,
    minimum_watts: reading.minimumWatts ?? null,
    maximum_watts: reading.maximumWatts ?? null,
    average_watts: reading.averageWatts ?? null,
    timestamp_seconds: reading.timestamp ?? null,
    period_ms: reading.periodMs,
    active: reading.isActive,
  };
}

function powerText(reading: Extract<PowerReading, { isAvailable: true }>): string {
  const { timestamp, periodMs, isActive } = reading;
  const time =
    timestamp === undefined ? undefined : ({ kind: 'date', seconds: timestamp } as const);
  return table(
    [
      ['Instantaneous power reading', wattsText(reading.currentWatts)],
      ['Minimum during sampling period', wattsText(reading.minimumWatts)],
      ['Maximum during sampling period', wattsText(reading.maximumWatts)],
      ['Average power reading over period', wattsText(reading.averageWatts)],
      ['IPMI timestamp', time === undefined ? 'unknown' : timeText(time)],
      ['Sampling period', `${periodMs} ms`],
      ['Power reading state is', isActive ? 'activated' : 'deactivated'],
    ],
    WIDTH,
  );
}

/** Changes something, if it is to, and prints the limit as it is then. */
function powerLimit(change?: LimitChange['make']): Operation {
  return async (bmc, { globals, stdout }) => {
    await change?.(bmc);
    const limit = await bmc.dcmi.powerLimit();
    stdout.write(
      globals.json ? schemaLine(DCMI_POWER_LIMIT_SCHEMA, limitFields(limit)) : limitText(limit),
    );
    return 0;
  };
}

function limitFields(limit: PowerLimit) {
  const { isActive } = limit;
  return {
    active: isActive,
    limit_watts: isActive ? limit.limitWatts : null,
    action: isActive ? String(limit.action) : null,
    correction_ms: isActive ? limit.correctionMs : null,
    period_seconds: isActive ? limit.periodSeconds : null,
  };
}

function limitText(limit: PowerLimit): string {
  if (!limit.isActive) return table([['Current Limit State', 'no limit is active']], WIDTH);
  return table(
    [
      ['Current Limit State', 'active'],
      ['Exception actions', String(limit.action)],
      ['Power Limit', wattsText(limit.limitWatts)],
      ['Correction time', `${limit.correctionMs} ms`],
      ['Sampling period', `${limit.periodSeconds} s`],
    ],
    WIDTH,
  );
}

function wattsText(watts: number | undefined): string {
  return watts === undefined ? 'unknown' : `${watts} Watts`;
}

const capabilities: Operation = async ({ dcmi }, { globals, stdout }) => {
  const fields = capabilityFields(await dcmi.capabilities());
  stdout.write(
    globals.json ? schemaLine(DCMI_CAPABILITIES_SCHEMA, fields) : capabilityText(fields),
  );
  return 0;
};

function capabilityFields(answer: DcmiCapabilities) {
  const { supported, mandatory, optional, access, powerStatistics } = answer;
  const lan = access?.primaryLanChannel;
  return {
    dcmi_version: answer.version,
    power_management: supported.platform.hasPowerManagement,
    in_band: supported.access.inBand,
    serial: supported.access.serial,
    secondary_lan: supported.access.secondaryLan,
    sel_entries: mandatory?.sel.entries ?? null,
    sel_rolls_over: mandatory?.sel.rollsOver ?? null,
    temperature_sampling_seconds: mandatory?.temperatureSamplingSeconds ?? null,
    power_controller_address: optional === undefined ? null : optional.address.address * 2,
    primary_lan_channel: lan === undefined || lan === NO_CHANNEL ? null : lan,
    average_periods_seconds: (powerStatistics?.periods ?? []).map(secondsOf),
  };
}

function capabilityText(fields: ReturnType<typeof capabilityFields>): string {
  const address = fields.power_controller_address;
  return table(
    [
      ['DCMI version', fields.dcmi_version],
      ['Power management', known(fields.power_management)],
      ['In-band system interface', known(fields.in_band)],
      ['Serial TMODE', known(fields.serial)],
      ['Secondary LAN', known(fields.secondary_lan)],
      ['SEL entries', known(fields.sel_entries)],
      ['SEL rolls over', known(fields.sel_rolls_over)],
      ['Temperature sampling (seconds)', known(fields.temperature_sampling_seconds)],
      ['Power controller address', address === null ? 'unknown' : `0x${hexByte(address)}`],
      ['Primary LAN channel', known(fields.primary_lan_channel)],
      ['Power averages over (seconds)', fields.average_periods_seconds.join(', ')],
    ],
    WIDTH,
  );
}

function secondsOf({ duration, unit }: AveragePeriod): number {
  return duration * (UNIT_SECONDS[unit] ?? 0);
}
