/** The start of ipmitool as `-v` tells it, and what else the families tell with it. */

import type { LEFT_OUT_OF_VERBOSE } from '../../../src/cli/ipmitool/unsupported.ts';
import type { DirectBmcOptions } from '../../support/direct-bmc.ts';
import { answering } from '../../support/ipmitool-answers.ts';
import { ipmitoolBmc } from '../../support/ipmitool-bmc.ts';
import { compareWithIpmitool } from '../../support/ipmitool-comparison.ts';

const GROUP_EXTENSION = 0x2c;
const GET_PROPERTIES = 0x00;
const GET_ADDRESS = 0x01;
const VITA_GET_ADDRESS = 0x40;

/** Lines of a family that read, and print no more with `-v` than both programs tell. */
const READS = `
    raw 6 1
    raw 6 99
    raw 6 0x34 0
    raw 0x30 1 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16
    raw 0x30 1 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18
    -t 0x20 -b 3 raw 6 99
    -t 0x20 -b 19 raw 6 99
    mc info
    mc guid
    mc selftest
    mc watchdog get
    mc getenables
    bmc reset
    chassis status
    chassis bootparam get 5
    chassis poh
    power status
    user list 1
    user summary 1
    channel info 1
    channel getaccess 1 2
    channel getciphers ipmi
    channel authcap 1 4
    dcmi discover
    dcmi power reading
    dcmi thermalpolicy get 7 0
    event
    sel info
    sel time get
    sdr info
    exec /dev/null
    help
    foo
    -m 0x24 raw 6 1
    -m 0 raw 6 1
    -m 0x20 raw 6 1
    -t 0x20 raw 6 1
    -t 0 raw 6 1
    -t 0x20 -b 3 raw 6 1
    -m 0x24 -t 0x24 raw 6 1
    -b 5 raw 6 1
    -l 1 raw 6 1
    -c mc info
    -V
    -h
    -N x raw 6 1
    -z 100 raw 6 1
    -z 0 raw 6 1
    -D /dev/ttyS0:9600 raw 6 1
    -f /nonexistent/file raw 6 1
    -f / raw 6 1
    -f /etc/hostname raw 6 1
    `;

/** The same for `-v` alone. */
const MORE = `
    sdr
    sdr elist
    sdr get 'PSU 1'
    sdr entity 7
    sdr type fan
    sensor
    sensor get 'PSU 1'
    sel list
    sel elist
    sel get 1
    fru print 0
    lan print 1
    lan print
    lan print 7
    lan alert print 1
    lan alert print 1 1
    lan stats get 1
    lan set 1 arp respond on
    mc getsysinfo os_name
    mc setsysinfo os_name abc
    event 1
    event 2
    event 3
    event 'Temp 0' unc
    `;

/** Whole lines that begin so, or that match to their end. */
const lines = (...begins: readonly string[]): RegExp =>
  new RegExp(`^(?:${begins.join('|')}).*\\n`, 'gm');

/** How the lines look that the document says are left out; for `-vv`, which tests can read. */
const LEFT_OUT: Partial<Record<(typeof LEFT_OUT_OF_VERBOSE)[number], RegExp>> = {
  '-vv: each step of reading the sensor data records and the sensors': lines(
    ...['Querying SDR for sensor list', 'SDR free space: ', 'SDR records {3}: '],
    ...['SDR reservation ID ', 'SDR record ', 'Getting \\d+ bytes from SDR at offset '],
    ...['Error reading (?:event|sensor) ', 'Sensor .* (?:scanning|reading) ', 'oem sensor type '],
    ' Event Type Code {7}: ',
  ),
  '-vv: the bytes of each entry of the event log, and the manufacturer': lines(
    ...['SEL Next ID: ', 'SEL Entry: ', 'Looking up SEL entry '],
    '(?<!Set IPMB address to 0x20\\n)Iana: ',
  ),
  '-vv: the size and the header of a FRU, in bytes': lines(
    ...['fru\\.(?:size|header)', 'FRU DATA \\(9 bytes\\)\\n', 'Multi-Record area ends at: '],
  ),
  '-vv: the type of each channel that lan looks at': lines('Channel type: '),
};

const prefixed = (lines: string, option: string): string =>
  lines.replace(/^ +(?=\S)/gm, (spaces) => `${spaces}${option} `);

/** A BMC that answers the requests for extensions, and for its own address by them, like this. */
function extended(
  picmg: readonly number[],
  vita: readonly number[],
  address: readonly number[] = [0xc1],
): () => DirectBmcOptions {
  const properties = answering(GROUP_EXTENSION, GET_PROPERTIES, [
    [[0], picmg],
    [[3], vita],
  ])();
  const addresses = [GET_ADDRESS, VITA_GET_ADDRESS].map((cmd) =>
    answering(GROUP_EXTENSION, cmd, [[[], address]])(),
  );
  const all = [properties, ...addresses];
  return () => ({ answer: (input) => all.map(({ answer }) => answer?.(input)).find(Boolean) });
}

/** Answers of BMCs with an extension, and odd ones. */
const EXTENSIONS: readonly (readonly [title: string, bmc: () => DirectBmcOptions])[] = [
  ['PICMG of another version', extended([0, 0, 0x13, 0, 0], [0xcc])],
  ['PICMG of another group', extended([0, 1, 0x12, 0, 0], [0xd4])],
  ['PICMG that is cut', extended([0, 0, 0x12], [0, 3, 0, 0])],
  ['PICMG that refuses', extended([0xcc], [0xff])],
  ['VITA of another group', extended([0xc1], [0, 0, 0, 0, 0, 1])],
  ['VITA of another standard', extended([0xc1], [0, 3, 0, 0, 2, 1])],
  ['VITA of another revision', extended([0xc1], [0, 3, 0, 0, 0, 0x12])],
];

compareWithIpmitool(
  {
    title: 'start',
    over: 'open',
    bmc: ipmitoolBmc,
    lines: ['-v', '-vv'].map((option) => prefixed(READS, option)).join('\n'),
    leftOut: [],
  },
  { title: 'start', over: 'open', bmc: ipmitoolBmc, lines: prefixed(MORE, '-v') },
  {
    title: 'start, but for what is left out',
    over: 'open',
    bmc: ipmitoolBmc,
    leftOut: Object.values(LEFT_OUT),
    lines: prefixed(
      `
    sdr
    sdr elist
    sdr get 'PSU 1'
    sensor
    sensor get 'PSU 1'
    sel list
    sel get 1
    fru print 0
    lan print 1
    lan alert print 1
    lan stats get 1
    event 'Temp 0' unc
    `,
      '-vv',
    ),
  },
  ...EXTENSIONS.map(([title, bmc]) => ({
    title: `start with ${title}`,
    ...{ over: 'open' as const, bmc, lines: '-v raw 6 1\n-vv raw 6 1' },
  })),
);
