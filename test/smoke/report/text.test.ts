/** The report for people, shown whole, and what hostile text does to it: nothing. */

import { describe, expect, test } from 'vitest';

import type { SmokeEvent } from '../../../src/smoke/events.ts';
import { TextReport } from '../../../src/smoke/report/text.ts';
import { greatest, offenders } from '../../support/lists.ts';
import * as runs from '../../support/smoke-run.ts';

function textOf(events: readonly SmokeEvent[]): string {
  let text = '';
  const report = new TextReport((part) => (text += part));
  for (const event of events) report.emit(event);
  return text;
}

test('a run that passed says what was measured, and how to repeat it', () => {
  expect(textOf(runs.PASSING)).toMatchInlineSnapshot(`
    "ipmi-bt 0.2.0 smoke: 2 checks of uv4, port 0xce4, seed 42

    ok    host                   0.0 s
          kernel: 6.1.0-18-amd64; node: 20.20.2; clocksource: tsc; cpus: 1792
    ok    latency               11.4 s
          polled-p50  9.951 ms
          polled-p99  13.4 ms
          polled-max  122.2 ms  (at most 1000)
          bmc-guid: 0b0a0908-0706-0504-0302-0100efbeadde; bmc-firmware: 2.35

    PASS after 75.3 s (exit code 0): all checks passed.
    Seed 42; to repeat this run: ipmi-bt smoke --seed 42
    "
  `);
});

test('a run that failed says what is wrong, what proves it, and what it passed over', () => {
  expect(textOf(runs.FAILING)).toMatchInlineSnapshot(`
    "ipmi-bt 0.2.0 smoke: 4 checks of uv4, port 0xce4, seed 42

    ok    host                   0.0 s
          kernel: 6.1.0-18-amd64; node: 20.20.2; clocksource: tsc; cpus: 1792
    FAIL  firmware-agreement     0.0 s  two sources disagree
          bt-firmware-disagrees: SMBIOS says that the interface is memory-mapped at 0xce4, and ACPI
            that it is at I/O port 0xce4. Update the firmware, or give --base 0xce4.
              | dmidecode -t 38: Base Address: 0x0000000000000CE4 (Memory-mapped)
          warning, bt-slow-port: A read of the port takes 5 us.
                  type  address       interrupt
          SMBIOS  BT    memory 0xce4  0
          ACPI    BT    I/O 0xce4     6
    skip  share                  0.0 s  because of bring-up
    ok    latency               11.4 s
          polled-p50  9.951 ms
          polled-p99  13.4 ms
          polled-max  122.2 ms  (at most 1000)
          bmc-guid: 0b0a0908-0706-0504-0302-0100efbeadde; bmc-firmware: 2.35

    FAIL after 75.3 s (exit code 1): firmware-agreement failed, and share was skipped.
    Seed 42; to repeat this run: ipmi-bt smoke --seed 42
    "
  `);
});

test('a check that could not be done says why', () => {
  const text = textOf(runs.runOf([runs.REFUSED], { result: 'error', exit: 77, text: 'no ports.' }));

  expect(text).toMatchInlineSnapshot(`
    "ipmi-bt 0.2.0 smoke: 1 check of uv4, port 0xce4, seed 42

    error owner                  0.0 s  PORT_DENIED: ioperm 0xce4+3: Operation not permitted (needs root
                                        or CAP_SYS_RAWIO)

    ERROR after 75.3 s (exit code 77): no ports.
    Seed 42; to repeat this run: ipmi-bt smoke --seed 42
    "
  `);
});

describe('a check', () => {
  test('is written when it ends, and its changes before', () => {
    const parts: string[] = [];
    const report = new TextReport((part) => parts.push(part));
    const events = [
      runs.started('sel-entry', 'adds an entry to the SEL.'),
      runs.ended('sel-entry'),
    ];
    for (const event of runs.timed(events)) report.emit(event);

    expect(parts).toEqual([
      '      sel-entry changes something: adds an entry to the SEL.\n',
      'ok    sel-entry              1.2 s\n',
    ]);
  });

  test.each([
    [1, 3, 'intermittent: failed 1 of 3 tries'],
    [3, 3, 'lasting: failed 3 of 3 tries'],
  ])('that was tried again, %i of %i: %s', (failures, tries, words) => {
    const end = runs.ended('pace', { result: 'fail', retested: { failures, tries } });

    expect(textOf(runs.runOf([[runs.started('pace'), end]]))).toContain(`      ${words}\n`);
  });

  test('whose skip is allowed says so', () => {
    const end = runs.ended('interrupt', { result: 'skip', isAllowed: true, reason: 'no line' });

    const text = textOf(runs.runOf([[runs.started('interrupt'), end]]));

    expect(text).toContain('skip  interrupt              1.2 s  no line (allowed)\n');
  });

  test('that is repeated begins anew', () => {
    const again = [runs.started('latency'), runs.ended('latency')];

    const lines = textOf(runs.runOf([runs.LATENCY, again])).split('\n');

    expect(offenders(lines, (line) => line.includes('polled-p50'))).toHaveLength(1);
  });
});

test('a run that was cut off keeps what it has', () => {
  expect(textOf(runs.PASSING.slice(0, -3))).toContain('ok    host');
});

test('the simulated BMC is named at the beginning and at the end', () => {
  const text = textOf(runs.runOf([runs.HOST], {}, { isSimulated: true }));

  expect(text.match(/simulated BMC/g)).toHaveLength(2);
});

test('a run without interface says so', () => {
  const text = textOf(runs.runOf([runs.HOST], {}, { base: undefined }));

  expect(text).toContain('no BT interface');
});

test('no line but evidence and the command has more than 100 columns', () => {
  const long = runs.runOf([runs.FIRMWARE, runs.LATENCY, runs.HOST], { text: 'word '.repeat(100) });
  const lines = textOf(long).split('\n');
  const laidOut = lines.filter((line) => !/^ +\| |^Seed /.test(line));

  expect(greatest(laidOut.map((line) => line.length))).toBeLessThanOrEqual(100);
});

test('hostile text leaves no control character and no line of its own', () => {
  const lines = textOf(runs.ATTACKING).split('\n');

  // eslint-disable-next-line no-control-regex
  expect(offenders(lines, (line) => /[\u0000-\u001f\u007f-\u009f\u2028\ud800]/.test(line))).toEqual(
    [],
  );
  expect(offenders(lines, (line) => line.startsWith('d'))).toEqual([]);
});
