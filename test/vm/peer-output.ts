/** What `ipmitool` and FreeIPMI print, as rows, and the same rows made of our JSON. */

/** A sensor as `programs/sensors.mjs` prints it. */
export interface ToldSensor {
  readonly key: string;
  readonly name: string;
  readonly value?: number;
  readonly unit?: string;
  readonly status: string;
  readonly states: readonly string[];
  readonly severity: string;
  readonly thresholds?: Readonly<Record<(typeof THRESHOLDS)[number], number>>;
}

/** In the order of the columns of both peers. */
const THRESHOLDS = [
  ...(['lowerNonRecoverable', 'lowerCritical', 'lowerNonCritical'] as const),
  ...(['upperNonCritical', 'upperCritical', 'upperNonRecoverable'] as const),
] as const;

/** Short forms of `ipmitool`. */
const SEVERITIES: Readonly<Record<string, string>> = {
  ...{ information: 'ok', warning: 'nc', critical: 'cr', 'non-recoverable': 'nr' },
};

/** Our words of states of the discrete sensors: the bit, and the words of FreeIPMI. */
const STATES: Readonly<Record<string, readonly [bit: number, words: string]>> = {
  present: [0, 'Presence detected'],
  failed: [1, 'Power Supply Failure detected'],
  'failure predicted': [2, 'Predictive Failure'],
  running: [0, 'transition to Running'],
  'in test': [1, 'transition to In Test'],
  'powered off': [2, 'transition to Power Off'],
};

/** Units by the short forms of FreeIPMI. */
const UNITS: Readonly<Record<string, string>> = {
  ...{ C: 'degrees C', V: 'Volts', RPM: 'RPM', A: 'Amps', W: 'Watts', '%': 'percent' },
};

/** JSON Lines. */
export function objectsOf(stdout: string): readonly unknown[] {
  return linesOf(stdout).map((line) => JSON.parse(line) as unknown);
}

export function linesOf(stdout: string): readonly string[] {
  return stdout.trimEnd().split('\n');
}

/** Cells between bars, or other marks. */
export function cellsOf(line: string, mark = '|'): readonly string[] {
  return line.split(mark).map((cell) => cell.trim());
}

/** The row of `ipmitool sensor list`. */
export function ipmitoolRow(sensor: ToldSensor): readonly string[] {
  const { name, value, unit = '', severity } = sensor;
  if (value === undefined && sensor.status === 'absent') {
    return [
      name,
      'na',
      sensor.unit === undefined ? 'discrete' : '',
      'na',
      ...THRESHOLDS.map(() => 'na'),
    ];
  }
  if (value === undefined) {
    const bits = bitsOf(sensor).toString(16);
    const state = `0x${bits.padStart(2, '0')}00`;
    return [name, `0x${bits}`, 'discrete', state, ...THRESHOLDS.map(() => 'na')];
  }
  const thresholds = thresholdsOf(sensor).map((one) => one?.toFixed(3) ?? 'na');
  return [name, value.toFixed(3), unit, SEVERITIES[severity] ?? severity, ...thresholds];
}

/**
 * The row as `ipmitool` prints it, without bit 7 of the second byte of states: it is reserved, and
 * returned as 1 (§35.14), but 0 by `ipmi_sim`.
 */
export function withoutReserved(cells: readonly string[]): readonly string[] {
  return cells.map((cell) => cell.replace(/^(0x[0-9a-f]{2})80$/, '$100'));
}

/** The numbers of a sensor: its value, then its thresholds. */
export function numbersOf(sensor: ToldSensor): readonly (number | undefined)[] {
  return [sensor.value, ...thresholdsOf(sensor)];
}

/** A row of `ipmi-sensors`: name, numbers, unit, and its words for the states. */
export interface FreeIpmiSensor {
  readonly name: string;
  readonly numbers: readonly (number | undefined)[];
  readonly unit: string | undefined;
  readonly words: string;
}

export function freeIpmiSensor(line: string): FreeIpmiSensor {
  const [, name = '', , reading = '', unit = '', ...rest] = line.split(',');
  const numbers = [reading, ...rest.slice(0, THRESHOLDS.length)].map((cell) =>
    cell === 'N/A' ? undefined : Number(cell),
  );
  return { name, numbers, unit: UNITS[unit], words: (rest.at(-1) ?? '').replaceAll("'", '') };
}

/** The words of FreeIPMI for the states of a sensor. */
export function freeIpmiWords({ states, value }: ToldSensor): string {
  if (value !== undefined && states.length === 0) return 'OK';
  return states.map((text) => STATES[text]?.[1] ?? text).join(' ');
}

/** Rows `label : value`, by their labels; the first of each. */
export function labelsOf(stdout: string): Readonly<Record<string, string>> {
  const rows = linesOf(stdout).flatMap((line) => {
    const [, label = '', value = ''] = /^\s*(.*?)\s*: ?(.*)$/.exec(line) ?? [];
    return label === '' ? [] : [[label, value.trim()] as const];
  });
  return Object.fromEntries(rows.toReversed());
}

/**
 * An entry as `ipmitool sel writeraw` saves it, in the order of the SEL: the program turns the
 * manufacturer of OEM records with a time around, which has its low byte first (§32.2).
 */
export function savedBytes(bytes: readonly number[]): readonly number[] {
  const type = bytes[2] ?? 0;
  if (type < 0xc0 || type >= 0xe0) return bytes;
  return [...bytes.slice(0, 7), ...bytes.slice(7, 10).toReversed(), ...bytes.slice(10)];
}

/** The bytes of the entries that `ipmi-sel --hex-dump` prints. */
export function dumpedBytes(line: string): readonly number[] {
  return [...line.matchAll(/\[([0-9A-F]{2})\]/g)].map(([, byte = '']) => parseInt(byte, 16));
}

function thresholdsOf({ thresholds }: ToldSensor): readonly (number | undefined)[] {
  return THRESHOLDS.map((name) => thresholds?.[name]);
}

function bitsOf({ states }: ToldSensor): number {
  return states.reduce((bits, text) => bits | (1 << (STATES[text]?.[0] ?? NaN)), 0);
}
