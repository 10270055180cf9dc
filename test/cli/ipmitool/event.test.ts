/** `ipmitool event`. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

import type { RequestInput } from '../../../src/ipmi/requester.ts';
import { answering } from '../../support/ipmitool-answers.ts';
import { ipmitoolBmc } from '../../support/ipmitool-bmc.ts';
import { compareWithIpmitool } from '../../support/ipmitool-comparison.ts';
import { IPMITOOL_RECORDS } from '../../support/ipmitool-records.ts';
import { compactRecord } from '../../support/sdr-bytes.ts';

const SENSOR_EVENT = 0x04;
const PLATFORM_EVENT = 0x02;
const GET_HYSTERESIS = 0x25;

const FOLDER = mkdtempSync(join(tmpdir(), 'ipmi-bt-event-'));

afterAll(() => {
  rmSync(FOLDER, { recursive: true });
});

/** Files of events, and what goes wrong in some. */
const FILES = [
  '# a comment\n0x04 0x01 0x30 0x01 0x09 0xff 0xff # Temperature\n\n4 12 83 111 0 255 255\n',
  '   0x04 0x0c 0x53 0xef 0x05 0xff 0xff\n0x04 0x0c 0x53 0x6f 0x06 0xff 0xff',
  '0x04 0x0c 0x53\n',
  '4 1 2 3 4 5 6 7\n4 1 2 3 4 5 x\n4 1 2 3 4 5 6 x\n',
  '0x04,0x0c 0x53 0x6f 0x02 0xff 0xff\n4 1\n',
  '0x104 1\n4 1 2 3 4 -1 6\n4\t1\t2\t3\n4 1 2 3 4 5 6\n',
  '4 1 2 3 4 5 6\nx\n4 1\n',
  '# only\n',
  '',
].map((text, index) => {
  const path = join(FOLDER, String(index));
  writeFileSync(path, text);
  return path;
});

/** Sensors of types that are not common, and hysteresis. */
function oddBmc() {
  const types = [
    ...[0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a, 0x0b, 0x0c],
    ...[0x00, 0x0d, 0x20, 0x70],
  ].map((eventType) => ({ sensorType: 8, eventType }));
  const specific = [0x02, 0x0f, 0x12, 0x19, 0x23, 0x28, 0x2b, 0x2d, 0xc0, 0xf0];
  const all = [...types, ...specific.map((sensorType) => ({ sensorType, eventType: 0x6f }))];
  const records = all.map((type, index) => {
    const name = `${type.sensorType}-${type.eventType}`;
    return compactRecord(100 + index, { ...type, number: 0xa0 + index, name });
  });
  const bmc = ipmitoolBmc();
  const answer = (input: RequestInput): readonly number[] | undefined => {
    const isHysteresis = input.netFn === SENSOR_EVENT && input.cmd === GET_HYSTERESIS;
    const steps: Readonly<Record<number, readonly number[]>> = {
      ...{ 0x30: [0, 2, 3], 0x31: [0, 0xff, 0xff], 0x33: [0, 0, 0] },
    };
    return (isHysteresis ? steps[input.data?.[0] ?? 0] : undefined) ?? bmc.answer?.(input);
  };
  return { ...bmc, sdrs: { records: [...IPMITOOL_RECORDS, ...records] }, answer };
}

const THRESHOLDS = ['lnr', 'lcr', 'lnc', 'unc', 'ucr', 'unr'];
const SHORT =
  'present absent assert deassert limit nolimit fail nofail yes no on off up down'.split(' ');

compareWithIpmitool(
  {
    title: 'event',
    lines: `
      event
      event help
      event file
      event file /nonexistent
      event 1
      event 2
      event 3
      event 4
      event 1 x
      -c event 1
      -c event 3
      ${FILES.map((path) => `event file ${path}`).join('\n')}
      event file ${FILES[0]} x
      -v event file ${FILES[0]}
    `,
  },
  {
    title: 'sensors',
    lines: `
      event list
      event foo list
      event 'CPU Temp'
      event 'CPU Temp' list
      event 'CPU Temp' LIST deassert
      event 'CPU Temp' ucr foo
      event 'CPU Temp' UCR
      event 'CPU Temp' 'Upper Critical going high'
      event 'cpu temp' ucr
      event 'CPU Temp' ucr assert x
      -c event 'CPU Temp' ucr
      -v event 'CPU Temp' ucr
      event '12V' list
      event '12V' unc
      event '12V' lcr
      event Absent unc
      event 'Other LUN' ucr
      event 'Compact thresh' list
      event 'Compact thresh' ucr
      event 'No analog' unc
      event Boot list
      event EEPROM list
      event BMC list
      event Generic foo
      event 'PSU 1'
      event 'PSU 1' List
      event 'PSU 1' list foo
      event 'PSU 1' foo
      event 'PSU 1' 'Presence detected'
      event 'PSU 1' 'presence DETECTED' deassert
      event 'PSU 1' Presence
      event 'PSU 1' 'Config Error: Vendor Mismatch'
      -v event 'PSU 1' 'Presence detected'
      event 'Unknown type' list
      event 'Unknown type' x
      event '' list
      event ACPI list
      event ACPI Unknown
      event Firmware 'BIOS corruption detected'
      event 'Full units' IERR
      event Redundancy list
    `,
    bmc: ipmitoolBmc,
  },
  {
    title: 'odd sensors',
    lines: [
      ...THRESHOLDS.flatMap((name) => [`'CPU Temp' ${name}`, `'CPU Temp' ${name} deassert`]),
      ...["'Long name of 16c' ucr", "'Long name of 16c' ucr deassert", "'Fan 1' lcr deassert"],
      ...[2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0, 13, 32, 112].map((type) => `8-${type} list`),
      ...[2, 4, 5, 6, 7, 9, 10, 0, 13].map((type) => `8-${type} on`),
      ...SHORT.flatMap((word) => [`8-3 ${word}`, `8-8 ${word.toUpperCase()} deassert`]),
      ...["8-3 'State Asserted'", '8-3 state', '8-3 1'],
      ...[2, 15, 18, 25, 35, 40, 43, 45, 192, 240].map((type) => `${type}-111 list`),
      ...["43-111 'Firmware or software change success'", '35-111 reserved', '45-111 x'],
    ]
      .map((words) => `event ${words}`)
      .join('\n'),
    bmc: oddBmc,
  },
  ...[0x80, 0xc1, 0xd4].map((code) => ({
    title: `the event is refused ${code}`,
    lines: `event 1\nevent 3\nevent file ${FILES[0]}`,
    bmc: answering(SENSOR_EVENT, PLATFORM_EVENT, [[[], [code]]]),
  })),
);
