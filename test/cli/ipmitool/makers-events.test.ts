/** Events of the SEL whose words depend on the manufacturer of the BMC, and on the board. */

import { ipmitoolBmc } from '../../support/ipmitool-bmc.ts';
import { compareWithIpmitool } from '../../support/ipmitool-comparison.ts';

type Entry = readonly number[];

/** An event: type of sensor, sensor, type of event, event data 1 to 3. */
function event(...bytes: readonly number[]): Entry {
  return [0, 0, 0x02, 0, 0, 0, 0, 0x20, 0x00, 0x04, ...bytes];
}

/** A BMC of this manufacturer with these entries; further answers by number of the command. */
function makersBmc(
  maker: number,
  entries: readonly Entry[],
  answers: Readonly<Record<string, readonly number[]>> = {},
) {
  const number = [maker & 0xff, (maker >> 8) & 0xff, maker >> 16];
  const deviceId = [0, 0x20, 0x01, 0x02, 0x35, 0x02, 0x9f, ...number, 0, 1, 2, 3, 4, 5];
  return () => ({
    ...ipmitoolBmc(),
    sel: { entries },
    answer: ({ netFn, cmd }: { readonly netFn: number; readonly cmd: number }) =>
      answers[`${netFn}/${cmd}`] ?? (netFn === 6 && cmd === 1 ? deviceId : undefined),
  });
}

/** Each combination of these values. */
function product(...lists: readonly (readonly number[])[]): readonly Entry[] {
  return lists.reduce<readonly Entry[]>(
    (all, list) => all.flatMap((one) => list.map((value) => [...one, value])),
    [[]],
  );
}

function events(...lists: readonly (readonly number[])[]): readonly Entry[] {
  return product(...lists).map((bytes) => event(...bytes));
}

const SPECIFIC = [0x6f];

/** Event data 1 with bytes 2 and 3 unused, the maker's, one of them, and the type's. */
const DATA_1 = [0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0f, 0xc1].flatMap((offset) =>
  offset > 0x0f ? [offset] : [offset, 0xa0 + offset, 0x80 + offset, 0x20 + offset],
);

/** Types of sensors, with the sensors that Dell tells apart. */
const TYPES: readonly (readonly [types: readonly number[], sensors: readonly number[]])[] = [
  [[0x07], [0x0a, 0x01]],
  [[0x0c], [0x1c, 0x01, 0x00]],
  [[0x0f, 0x10, 0x12, 0x20], [0x01]],
  [
    [0x13, 0xc2, 0xc3],
    [0x29, 0x01],
  ],
  [
    [0x23, 0xc1],
    [0x23, 0x25],
  ],
  [[0x2b, 0x08, 0x05], [0x01]],
];

/** The same bytes for each type, and those that single types look at. */
const BYTES_2 = [0x02, 0x04, 0x1f, 0x85, 0x93, 0xfe];
const BYTES_3 = [0x00, 0x01, 0x96, 0xff];

const DELL: readonly Entry[] = TYPES.flatMap(([types, sensors]) =>
  events(types, sensors, SPECIFIC, DATA_1, BYTES_2, BYTES_3),
);

/** Modules by nodes of each size, errors of the power-on self-test, and links. */
const DELL_MORE: readonly Entry[] = [
  ...events(
    [0x0c],
    [0x01],
    SPECIFIC,
    [0xa0, 0x20],
    [0x00, 0x70, 0x80, 0x90, 0xa1, 0xb2, 0xc3, 0xd4, 0xe5, 0xf6, 0xff],
    [0x01, 0x81],
  ),
  ...events(
    [0x0f],
    [0x01],
    SPECIFIC,
    [0xaf, 0x8f],
    Array.from({ length: 256 }, (_, at) => at),
    [0],
  ),
  ...events([0x20], [0x01], SPECIFIC, [0xa0], [0], [1, 2, 3, 4, 5, 0xff]),
];

const MAKERS: readonly Entry[] = Array.from({ length: 0x40 }, (_, at) => 0xc0 + at).flatMap(
  (type) => events([type], [0x01], [0x6f, 0x70, 0x01, 0x0b], [0x00, 0x01, 0x82], [0x01], [0xff]),
);

const OFFSETS = Array.from({ length: 16 }, (_, offset) => offset);
const KONTRON: readonly Entry[] = [
  ...events(
    [0xc1, 0xc3, 0xc4, 0xc6, 0xc7, 0xc8, 0xc9, 0xca, 0xcb, 0xcc, 0xcd, 0xcf],
    ...[[0x01], SPECIFIC, OFFSETS, [0], [0]],
  ),
  ...MAKERS,
];

const MODULES = events(
  [0x0c],
  [0x00, 0x01],
  SPECIFIC,
  [0xa0, 0x21, 0x06],
  [0x1a, 0x5b, 0x0f],
  [0x12, 0xff],
);
const OTHERS: readonly Entry[] = [
  ...MODULES,
  ...events([0xd0], [0x01], SPECIFIC, [0x80, 0x81], [0, 1, 2, 3], [0xff, 0x00]),
  ...events([0x05, 0x08, 0x13, 0xc1], [0x00, 0xa1], SPECIFIC, [0x00, 0xa4, 0x0e], [0x12], [0x34]),
  ...events([0x01], [0x30], [0x01], [0x57], [0x12], [0x34]),
];

/** The commands that print events. */
const LINES = `
  sel list
  -v sel list
`;
const MORE_LINES = `${LINES}
  -c sel list
  sel elist 3
  sel get 1 2 3
  sel save /dev/null
`;

/** Boards of each family, and one that no family has. */
const BOARDS = [0x000a, 0x8080, 0x0841, 0x0635, 0x0651, 0x0726, 0x0872, 0x0853, 0x0923, 0x0958];

compareWithIpmitool(
  { title: 'Dell', bmc: makersBmc(674, DELL), lines: LINES },
  { title: 'Dell, modules and errors', bmc: makersBmc(674, DELL_MORE), lines: MORE_LINES },
  {
    title: 'Dell, IPMI 1.5',
    bmc: makersBmc(674, [...MODULES, ...DELL_MORE.slice(0, 20)], {
      '6/1': [0, 0x20, 1, 2, 0x35, 0x51, 0x9f, 0xa2, 0x02, 0, 1, 2, 3, 4, 5],
    }),
    lines: LINES,
  },
  { title: 'Kontron', bmc: makersBmc(15000, KONTRON), lines: MORE_LINES },
  { title: 'Intel', bmc: makersBmc(343, MAKERS), lines: LINES },
  ...BOARDS.map((board) => ({
    title: `Supermicro, board ${board.toString(16)}`,
    bmc: makersBmc(10876, MODULES, { '48/33': [0, board & 0xff, board >> 8] }),
    lines: 'sel list',
  })),
  {
    title: 'Supermicro',
    bmc: makersBmc(47488, OTHERS, { '48/33': [0, 0x41, 0x08] }),
    lines: MORE_LINES,
  },
  {
    title: 'Supermicro without a number of its board',
    bmc: makersBmc(10876, OTHERS, { '48/33': [0, 0, 0] }),
    lines: 'sel list',
  },
  { title: 'Supermicro that refuses', bmc: makersBmc(10876, OTHERS), lines: 'sel list' },
  ...[1, 2].map((platform) => ({
    title: `Quanta, platform ${platform}`,
    bmc: makersBmc(7244, OTHERS, { '54/101': [0, platform] }),
    lines: MORE_LINES,
  })),
  { title: 'Quanta that refuses', bmc: makersBmc(7244, OTHERS), lines: 'sel list 3' },
);
