/**
 * Typed commands as the command line and a program give them, beside `ipmitool` and FreeIPMI over
 * the kernel's driver of the same boot, value for value: sensors, SEL, FRU, LAN, users, DCMI. Where
 * a peer differs, the specification decides, and the test says so.
 */

import { beforeAll, describe, expect, test } from 'vitest';

import { offenders } from '../support/lists.ts';
import { PAIRS, costsOf } from './command-costs.ts';
import type { PairName } from './command-costs.ts';
import { BEHIND, ENTRIES, FEW, FEWEST, GUEST_MS, SENSORS } from './commands-guest.ts';
import { commandsGuest } from './commands-guest.ts';
import type { GuestResult } from './guest.ts';
import { endingsOf } from './ipmitool-lines.ts';
import { TABLES } from './ipmitool-tables.ts';
import type { TableName } from './ipmitool-tables.ts';
import { cellsOf, dumpedBytes, freeIpmiSensor, freeIpmiWords, ipmitoolRow } from './peer-output.ts';
import { labelsOf, linesOf, numbersOf, objectsOf } from './peer-output.ts';
import { savedBytes, withoutReserved } from './peer-output.ts';
import type { ToldSensor } from './peer-output.ts';

/** To make the guest's file system. */
const MORE_MS = 120_000;

const ENTRY_BYTES = 16;

/** FreeIPMI cuts a value behind the second digit, in binary: -8.6 is -8.59. */
const CUT = 0.0101;

/** FreeIPMI takes linearization 0Bh, "cube-1", for 1/x³; it is the cube root, as sqrt is 0Ah's. */
const CUBE_ROOTS = ['Curve 107', 'Curve 217'];

let guest: GuestResult;

beforeAll(async () => {
  guest = await commandsGuest();
}, GUEST_MS + MORE_MS);

/** What a step printed, which must have gone well. */
function printedBy(name: string): string {
  const { exitCode, stdout, stderr } = guest.step(name);
  expect({ name, exitCode, stderr }).toEqual({ name, exitCode: 0, stderr: '' });
  return stdout;
}

/** Sensors that can be read; peers leave the others out. */
function sensorsOf(name: string): readonly ToldSensor[] {
  const all = objectsOf(printedBy(name)) as readonly ToldSensor[];
  return all.filter(({ status }) => status !== 'event-only');
}

function rowsOf(name: string): readonly (readonly string[])[] {
  return linesOf(printedBy(name)).map((line) => cellsOf(line));
}

describe('sensors of ipmi_sim, on two logical units and behind a satellite controller', () => {
  test('are as many, with those that only have events', () => {
    const all = objectsOf(printedBy('all sensors')) as readonly ToldSensor[];

    expect(all).toHaveLength(SENSORS + BEHIND);
    expect(offenders(all, ({ status }) => status !== 'ok' && status !== 'event-only')).toEqual([]);
  });

  test('have the names, readings, units, states and thresholds that ipmitool prints', () => {
    expect(sensorsOf('all sensors').map(ipmitoolRow)).toEqual(rowsOf('ipmitool sensors'));
  });

  test('have those that FreeIPMI prints', () => {
    const peers = linesOf(printedBy('ipmi-sensors')).map(freeIpmiSensor);
    const ours = sensorsOf('all sensors');
    const wordsOf = (sensor: ToldSensor) => [sensor.name, sensor.unit, freeIpmiWords(sensor)];
    const unlike = ours.flatMap((sensor, at) => {
      const theirs = peers[at]?.numbers ?? [];
      const isLike = numbersOf(sensor).every((one, index) => {
        const other = theirs[index];
        if (one === undefined || other === undefined) return one === other;
        return Math.abs(one - other) < CUT;
      });
      return isLike ? [] : [sensor.name];
    });

    expect(ours.map(wordsOf)).toEqual(peers.map(({ name, unit, words }) => [name, unit, words]));
    expect(unlike).toEqual(CUBE_ROOTS);
  });

  test('are the same in sensor list, which finds the way to the satellite controller', () => {
    const [told, all] = ['sensor list', 'all sensors'].map((name) => {
      const sensors = objectsOf(printedBy(name)) as readonly ToldSensor[];
      return sensors.map(({ key, name: title, status }) => ({ key, title, status }));
    });

    expect(told).toHaveLength(SENSORS + BEHIND);
    expect(told).toEqual(all);
  });
});

describe('the SEL of ipmi_sim', () => {
  interface Entry {
    readonly id: string;
    readonly raw: readonly number[];
    readonly sensor_name: string | null;
    readonly event_text: string;
    readonly direction: string | null;
  }

  test('has the bytes that ipmitool and FreeIPMI read', () => {
    const entries = (objectsOf(printedBy('sel list')) as readonly Entry[]).map(({ raw }) => raw);
    const { stdout } = guest.stepBytes('ipmitool sel, raw');
    const saved = Array.from({ length: stdout.length / ENTRY_BYTES }, (_, at) =>
      savedBytes([...stdout.subarray(at * ENTRY_BYTES, (at + 1) * ENTRY_BYTES)]),
    );

    expect(entries).toHaveLength(ENTRIES);
    expect(entries).toEqual(saved);
    expect(entries).toEqual(linesOf(printedBy('ipmi-sel, raw')).map(dumpedBytes));
  });

  // An event of each format; FreeIPMI has no direction, and calls times before a start "PostInit".
  test('has the words of both, each in its own', () => {
    const ours = (objectsOf(printedBy('sel list')) as readonly Entry[]).slice(0, WORDS.length);
    const told = ours.map((one) => [one.sensor_name, one.event_text, one.direction]);
    const ipmitool = rowsOf('ipmitool sel').slice(0, WORDS.length);
    const freeIpmi = linesOf(printedBy('ipmi-sel')).slice(0, WORDS.length);

    expect(told).toEqual(WORDS.map(([words]) => words));
    expect(ipmitool.map((cells) => cells.slice(-2))).toEqual(WORDS.map(([, cells]) => cells));
    expect(freeIpmi.map((line) => line.split(',').slice(5).join())).toEqual(
      WORDS.map(([, , text]) => text),
    );
  });
});

/** The first entries: sensor, event and direction; the last cells of ipmitool; FreeIPMI's event. */
const WORDS: readonly (readonly [
  ours: readonly (string | null)[],
  ipmitool: readonly string[],
  freeIpmi: string,
])[] = [
  [
    ['Temp 0', crossed('235 degrees C', '230 degrees C'), 'asserted'],
    ['Upper Non-critical going high', 'Asserted'],
    'Upper Non-critical - going high ; Sensor Reading = 235.00 C ; Threshold = 230.00 C',
  ],
  [
    ['Volt 1', crossed('14 Volts', '16.1 Volts'), 'deasserted'],
    ['Upper Non-critical going high', 'Deasserted'],
    'Upper Non-critical - going high ; Sensor Reading = 14.00 V ; Threshold = 16.10 V',
  ],
  [
    ['Fan 2', 'failed', 'asserted'],
    ['Failure detected', 'Asserted'],
    'Power Supply Failure detected',
  ],
  [
    ['Delta 3', 'correctable error, OEM data 2 0x00, OEM data 3 0x03', 'asserted'],
    ['Correctable ECC', 'Asserted'],
    'Correctable memory error ; OEM Event Data2 code = 00h ; OEM Event Data3 code = 03h',
  ],
  [
    ['Amp 4', 'powered off', 'asserted'],
    ['Transition to Power Off', 'Asserted'],
    'transition to Power Off',
  ],
];

function crossed(reading: string, threshold: string): string {
  return `upper non-critical, going high, reading ${reading}, threshold ${threshold}`;
}

describe('rows with the labels of ipmitool have its values:', () => {
  /** Rows in other words on purpose, and rows of ours alone. */
  const OWN: Readonly<Record<string, readonly string[]>> = {
    // A line for all in place of one for each.
    'mc info': ['Additional Device Support', 'Aux Firmware Rev Info'],
    'chassis status': [],
    'lan print': [],
    // A number where ipmitool has a name, and a date that sorts; ipmitool leaves out the file ids.
    'fru print': [
      ...['FRU ID', 'Chassis Type', 'Board Mfg Date', 'Board FRU ID', 'Product FRU ID'],
      ...['Record power-supply', 'Record oem'],
    ],
  };

  test.each(Object.keys(OWN))('%s', (name) => {
    const [ours, theirs] = [printedBy(name), printedBy(`ipmitool ${name}`)].map(labelsOf);
    const shared = Object.entries(ours ?? {}).filter(([label]) => !OWN[name]?.includes(label));

    expect(shared.length).toBeGreaterThan(7);
    expect(theirs).toMatchObject(Object.fromEntries(shared));
  });

  test('FreeIPMI says the same of the controller and the chassis', () => {
    const info = labelsOf(printedBy('bmc-info'));
    const ours = labelsOf(printedBy('mc info'));

    for (const label of ['Device ID', 'Device Revision', 'Firmware Revision', 'IPMI Version']) {
      expect(info[label]).toBe(ours[label]);
    }
    expect(info['Manufacturer ID']).toContain(`(${ours['Manufacturer ID']})`);
    expect(labelsOf(printedBy('ipmi-chassis'))).toMatchObject({
      'System Power': 'on',
      'Power restore policy': 'Always off',
      'Front panel lockout': 'inactive',
    });
  });

  test('FreeIPMI reads the same fields of the FRU', () => {
    const text = printedBy('ipmi-fru');
    const fields = Object.entries(labelsOf(printedBy('fru print'))).filter(
      ([label]) => !OWN['fru print']?.includes(label),
    );

    expect(offenders(fields, ([, value]) => !text.includes(`: ${value}\n`))).toEqual([]);
  });
});

test('users are those that ipmitool lists', () => {
  interface User {
    readonly id: number;
    readonly name: string;
    readonly messaging: boolean;
    readonly privilege: string;
  }
  const ours = (objectsOf(printedBy('user list')) as readonly User[]).slice(0, 3);
  const rows = linesOf(printedBy('ipmitool user list'))
    .slice(1, 4)
    .map((line) => line.split(/\s+/));

  expect(ours.map(({ privilege }) => privilege.toUpperCase())).toEqual(
    rows.map((cells) => cells.at(-1)),
  );
  expect(ours.map(({ id, messaging }) => [String(id), String(messaging)])).toEqual(
    rows.map((cells) => [cells[0], cells.at(-2)]),
  );
  expect(rows.slice(1).map((cells) => cells[1])).toEqual(ours.slice(1).map(({ name }) => name));
});

describe("QEMU's own BMC, with records and a FRU from files", () => {
  test('does not have the sensors of the records, which is no error', () => {
    const ours = sensorsOf('sensors of QEMU');

    expect(ours.map(ipmitoolRow)).toEqual(rowsOf('ipmitool sensors of QEMU'));
    expect(ours.map(({ status }) => status)).toContain('absent');
  });

  test('has the FRU', () => {
    expect(printedBy('fru of QEMU')).toBe(printedBy('fru print'));
    expect(printedBy('ipmitool fru of QEMU')).toBe(printedBy('ipmitool fru print'));
  });
});

describe('the simulated BMC of this project', () => {
  test('has sensors that ipmitool reads as ours do', () => {
    const ours = sensorsOf('sensors of ours');

    expect(ours.map(ipmitoolRow)).toEqual(rowsOf('ipmitool sensors of ours').map(withoutReserved));
    expect(objectsOf(printedBy('sensors of ours'))).toHaveLength(FEW);
  });

  test('has a SEL with dates, which both read alike', () => {
    const ours = objectsOf(printedBy('sel of ours')) as readonly { readonly time: string | null }[];
    const dates = ours.map(({ time }) => time?.slice(0, 10));

    expect(dates.filter((date) => date !== undefined)).toContain('2018-08-21');
    expect(rowsOf('ipmitool sel of ours').map(([, date]) => date === '08/21/18')).toEqual(
      dates.map((date) => date === '2018-08-21'),
    );
  });

  test('has the power by DCMI that ipmitool and FreeIPMI print', () => {
    const [power] = objectsOf(printedBy('dcmi power')) as readonly Readonly<
      Record<string, number>
    >[];
    const names = ['current_watts', 'minimum_watts', 'maximum_watts', 'average_watts'];
    const watts = names.map((name) => power?.[name]);
    const printed = (name: string) => [...printedBy(name).matchAll(/(\d+) [Ww]atts/g)];

    expect(watts).toEqual([202, 10, 320, 199]);
    expect(printed('ipmitool dcmi power').map(([, value]) => Number(value))).toEqual(watts);
    expect(printed('ipmi-dcmi').map(([, value]) => Number(value))).toEqual(watts);
  });
});

describe('a BMC that refuses long pieces and cancels reservations', () => {
  test('gives the same sensors, entries and FRU', () => {
    const [hard, easy] = ['hard sensors', 'sensors of ours'].map((name) =>
      linesOf(printedBy(name)),
    );
    const [entries, all] = ['hard sel', 'sel of ours'].map((name) => linesOf(printedBy(name)));

    expect(hard).toEqual(easy?.slice(0, FEWEST));
    expect(entries).toEqual(all?.slice(0, FEWEST));
    expect(printedBy('hard fru')).toBe(printedBy('fru print'));
  });

  test('gives ipmitool its sensors, and neither the SEL nor the FRU', () => {
    expect(rowsOf('ipmitool hard sensors').map(withoutReserved)).toEqual(
      sensorsOf('hard sensors').map(ipmitoolRow),
    );
    expect(guest.step('ipmitool hard sel').stdout).toBe('');
    expect(guest.step('ipmitool hard fru').stdout).toContain('Device not present');
  });
});

describe.for(Object.keys(TABLES) as TableName[])('ipmitool and ipmi-bt ipmitool on %s:', (name) => {
  test.for(TABLES[name])('%s', (line) => {
    const { ours, theirs } = endingsOf(guest, name, line);

    expect(ours).toEqual(theirs);
  });
});

describe('transactions, counted by the BMC, are at most so many times those of the peer:', () => {
  test.for(Object.keys(PAIRS) as PairName[])('%s', async (name, { annotate }) => {
    const { ours, peer } = costsOf(guest, name);
    const ratio = ours.transactions / peer.transactions;
    await annotate(`${ours.transactions} / ${peer.transactions} = ${ratio.toFixed(2)}`);

    expect(ratio).toBeLessThanOrEqual(PAIRS[name].most);
  });
});
