/**
 * JUnit and TAP: shown whole, read by a strict reader of XML and by Perl's own parser of TAP, and
 * held to the rules of GitLab, which drops what breaks them.
 */

import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import type { SmokeEvent } from '../../../src/smoke/events.ts';
import { TapReport, junitXml } from '../../../src/smoke/report/node-reports.ts';
import { offenders } from '../../support/lists.ts';
import * as runs from '../../support/smoke-run.ts';
import { elementsOf, parseXml } from '../../support/strict-xml.ts';
import type { XmlElement } from '../../support/strict-xml.ts';
import { tempFolder } from '../../support/temp-folder.ts';

async function tapOf(events: readonly SmokeEvent[]): Promise<string> {
  let text = '';
  const report = new TapReport((part) => (text += part));
  for (const event of events) report.emit(event);
  await report.finish();
  return text;
}

/** Without the name of this host, which Node writes. */
async function junitOf(events: readonly SmokeEvent[]): Promise<string> {
  return (await junitXml(events)).replace(/ hostname="[^"]*"/, '');
}

async function casesOf(events: readonly SmokeEvent[]): Promise<readonly XmlElement[]> {
  return elementsOf(parseXml(await junitXml(events)), 'testcase');
}

/** The results that Perl's TAP::Parser sees, and what it cannot parse. */
function parsedByPerl(tap: string): string {
  const path = join(tempFolder(), 'smoke.tap');
  writeFileSync(path, tap);
  const program = `
    my $parser = TAP::Parser->new({ source => $ARGV[0] });
    while (my $result = $parser->next) {
      print $result->type, ' ', $result->as_string, "\\n" if $result->is_unknown || $result->is_test;
    }
    print 'errors: ', join(',', $parser->parse_errors), "\\n";
    print 'failed: ', join(',', $parser->failed), "\\n";
    print 'skipped: ', join(',', $parser->skipped), "\\n";`;
  const run = spawnSync('perl', ['-MTAP::Parser', '-e', program, path], { encoding: 'utf8' });
  return run.stdout + run.stderr;
}

const REPEATED = runs.runOf([runs.HOST, [runs.started('host'), runs.ended('host')]]);
const NOT_FOUND = runs.runOf([runs.SKIPPED], { result: 'skip', exit: 69, text: 'no BT here.' });

describe('TAP', () => {
  test('of a run that failed', async () => {
    expect(await tapOf(runs.FAILING)).toMatchInlineSnapshot(`
      "TAP version 13
      ok 1 - host
        ---
        duration_ms: 40
        type: 'test'
        ...
      # warning: firmware-agreement bt-slow-port: A read of the port takes 5 us.
      not ok 2 - firmware-agreement
        ---
        duration_ms: 20
        type: 'test'
        failureType: 'bt-firmware-disagrees'
        error: 'bt-firmware-disagrees: SMBIOS says that the interface is memory-mapped at 0xce4, and ACPI that it is at I/O port 0xce4. Update the firmware, or give --base 0xce4.'
        ...
      ok 3 - share # SKIP because of bring-up
        ---
        duration_ms: 0
        type: 'test'
        ...
      ok 4 - latency
        ---
        duration_ms: 11400
        type: 'test'
        ...
      1..4
      "
    `);
  });

  test.each<[string, readonly SmokeEvent[], [readonly string[], string, string]]>([
    ['passed', runs.PASSING, [['ok 1 - host', 'ok 2 - latency'], '', '']],
    [
      'failed',
      runs.FAILING,
      [
        ['ok 1 - host', 'not ok 2 - firmware-agreement', 'ok 3 - share # SKIP', 'ok 4 - latency'],
        '2',
        '3',
      ],
    ],
    ['is hostile', runs.ATTACKING, [['not ok 1 - frames', 'ok 2 - pace # SKIP'], '1,3', '2']],
    ['found nothing', NOT_FOUND, [['ok 1 - share # SKIP', 'not ok 2 - verdict'], '2', '1']],
  ])('of a run that %s is read by Perl', async (_, events, [lines, failed, skipped]) => {
    const parsed = parsedByPerl(await tapOf(events));

    expect(parsed).not.toContain('unknown');
    expect(parsed).toContain(`errors: \nfailed: ${failed}\nskipped: ${skipped}\n`);
    expect(offenders(lines, (line) => !parsed.includes(`test ${line}`))).toEqual([]);
  });

  test('is written as the checks end', async () => {
    const parts: string[] = [];
    const report = new TapReport((part) => parts.push(part));
    for (const event of runs.PASSING.slice(0, -1)) report.emit(event);
    await expect.poll(() => parts.join('')).toContain('ok 2 - latency');

    expect(parts.join('')).not.toContain('1..');
    await report.finish();
  });

  test('of a run that was cut off has no plan, which Perl calls an error', async () => {
    expect(parsedByPerl(await tapOf(runs.PASSING.slice(0, -1)))).toContain('No plan found');
  });

  test('has no stack', async () => {
    expect(await tapOf(runs.ATTACKING)).not.toMatch(/stack|\|-/);
  });
});

describe('JUnit', () => {
  test('of a run that failed', async () => {
    expect(await junitOf(runs.FAILING)).toMatchInlineSnapshot(`
      "<?xml version="1.0" encoding="utf-8"?>
      <testsuites>
      	<testsuite name="ipmi-bt.smoke" time="75.300000" disabled="0" errors="0" tests="4" failures="1" skipped="1">
      		<testcase name="host" time="0.040000" classname="ipmi-bt.smoke"/>
      		<testcase name="firmware-agreement" time="0.020000" classname="ipmi-bt.smoke" failure="bt-firmware-disagrees: SMBIOS says that the interface is memory-mapped at 0xce4, and ACPI that it is at I/O port 0xce4. Update the firmware, or give --base 0xce4.">
      			<failure type="bt-firmware-disagrees" message="bt-firmware-disagrees: SMBIOS says that the interface is memory-mapped at 0xce4, and ACPI that it is at I/O port 0xce4. Update the firmware, or give --base 0xce4.">
      two sources disagree
      bt-firmware-disagrees: SMBIOS says that the interface is memory-mapped at 0xce4, and ACPI that it is at I/O port 0xce4. Update the firmware, or give --base 0xce4.
      | dmidecode -t 38: Base Address: 0x0000000000000CE4 (Memory-mapped)
      warning, bt-slow-port: A read of the port takes 5 us.
      			</failure>
      		</testcase>
      		<testcase name="share" time="0.000000" classname="ipmi-bt.smoke">
      			<skipped type="skipped" message="because of bring-up"/>
      		</testcase>
      		<testcase name="latency" time="11.400000" classname="ipmi-bt.smoke"/>
      	</testsuite>
      </testsuites>
      "
    `);
  });

  test.each<[string, readonly SmokeEvent[], [failures: number, skipped: number]]>([
    ['passed', runs.PASSING, [0, 0]],
    ['failed', runs.FAILING, [1, 1]],
    ['is hostile', runs.ATTACKING, [2, 1]],
    ['was repeated', REPEATED, [0, 0]],
    ['found nothing', NOT_FOUND, [1, 1]],
  ])(
    'of a run that %s is well-formed, and counts right',
    async (_, events, [failures, skipped]) => {
      const root = parseXml(await junitXml(events));
      const [suite] = elementsOf(root, 'testsuite');
      const cases = elementsOf(root, 'testcase');
      const names = cases.map(({ attributes }) => attributes['name']);

      expect(suite?.attributes).toMatchObject({
        ...{ tests: String(cases.length), failures: String(failures), skipped: String(skipped) },
      });
      expect(elementsOf(root, 'failure')).toHaveLength(failures);
      expect(elementsOf(root, 'skipped')).toHaveLength(skipped);
      expect(new Set(names).size).toBe(names.length);
      expect(
        offenders(cases, ({ attributes }) => attributes['classname'] !== 'ipmi-bt.smoke'),
      ).toEqual([]);
    },
  );

  test('of a finding has the slug as its type, and the evidence below', async () => {
    const [, firmware] = await casesOf(runs.FAILING);
    const [failure] = firmware?.children ?? [];

    expect(failure?.attributes['type']).toBe('bt-firmware-disagrees');
    expect(failure?.text).toContain('dmidecode -t 38');
  });

  test('of hostile text keeps what can be kept', async () => {
    const [frames] = await casesOf(runs.ATTACKING);
    const [failure] = frames?.children ?? [];

    expect(failure?.attributes['message']).toBe(
      "bt-malformed: a b [31mc d e ]] > --> </failure> & ' ' ` | \u{1F4A5} \ufffd # not ok 9 \\ %n",
    );
  });

  test('of a run that passed although a check was skipped says nothing more', async () => {
    const events = runs.runOf([runs.SKIPPED], { result: 'pass' });

    expect(await casesOf(events)).toHaveLength(1);
  });
});
