/** The examples of docs/smoke-reports.md are what the reports write of one run. */

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

import { runOf, ended, FIRMWARE, measured, started } from '../support/smoke-run.ts';
import { codeBlocks } from '../support/markdown.ts';
import { recordOf } from '../../src/smoke/record.ts';
import { LavaReport } from '../../src/smoke/report/lava.ts';
import { nagiosStatus } from '../../src/smoke/report/nagios.ts';
import { TapReport, junitXml } from '../../src/smoke/report/node-reports.ts';
import { OcptvReport } from '../../src/smoke/report/ocptv.ts';
import { TextReport } from '../../src/smoke/report/text.ts';

/** That of the package: the examples are not of one that there is not. */
const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

const RUN = runOf(
  [
    FIRMWARE,
    [started('latency'), measured('latency', 'polled-p50', 9.951), ended('latency')],
    [started('share'), ended('share', { result: 'skip', reason: 'because of bring-up' })],
  ],
  { result: 'fail', exit: 1, text: 'firmware-agreement failed, share was skipped.' },
  { version },
);

async function examples(): Promise<readonly string[]> {
  const parts = { text: '', ocptv: '', tap: '', lava: '' };
  const tap = new TapReport((part) => (parts.tap += part));
  const reports = [
    new TextReport((part) => (parts.text += part)),
    new OcptvReport((part) => (parts.ocptv += part)),
    new LavaReport((part) => (parts.lava += part)),
  ];
  for (const event of RUN) for (const report of [tap, ...reports]) report.emit(event);
  await tap.finish();
  const junit = (await junitXml(RUN)).replace(/ hostname="[^"]*"/, ' hostname="uv4"');
  const { line } = nagiosStatus(recordOf(RUN));
  return [parts.text, parts.ocptv, junit, parts.tap, line, parts.lava];
}

test('every example is what a report writes', async () => {
  const shown = codeBlocks('report').map(({ text }) => text);

  expect(shown).toEqual(await examples());
});
