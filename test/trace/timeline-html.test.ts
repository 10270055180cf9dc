/** The page of a recording: one file that loads nothing, with every request in it. */

import { expect, test } from 'vitest';

import { timelineHtml } from '../../src/trace/timeline-html.ts';
import { escaped } from '../../src/trace/timeline-svg.ts';
import { timelineOf } from '../../src/trace/timeline.ts';
import type { Recording } from '../../src/trace/recording.ts';
import { offenders } from '../support/lists.ts';
import { ECHO, GET_DEVICE_ID, SECRET, recording } from '../support/recordings.ts';

function pageOf(recorded: Recording): string {
  return timelineHtml(recorded, timelineOf(recorded));
}

const LIFE = recording({
  sim: { responseMs: 500 },
  life: async (device) => {
    const late = device.request({ ...ECHO, data: SECRET }, { timeoutMs: 100, retries: 0 });
    await Promise.all([late.catch(() => undefined), device.request(GET_DEVICE_ID)]);
  },
});

test('it has a row for each request and each bit, and says more of each state', async () => {
  const page = pageOf(await LIFE);

  for (const label of [
    '#1 netFn 0x30 cmd 0x01',
    '#2 Get Device ID',
    'B_BUSY',
    'B2H_ATN',
  ] as const) {
    expect(page).toContain(`>${label}</text>`);
  }
  const states = [...page.matchAll(/<rect class="waitReply" [^>]*><title>([^<]*)</g)];
  expect(states.map(([, title]) => title)).toContainEqual(
    expect.stringMatching(/^waitReply for .* ms, 6000\.000 ms left when it began, \d+\.\d+ at its/),
  );
  expect(page).toContain('<circle class="failed"');
  expect(page).toContain('<td>REQUEST_TIMEOUT</td>');
  expect(page).toMatch(/<td>waited \d+\.\d+ ms while #1 was with the BMC, whose caller had given/);
  expect(page).toMatch(/<rect class="orphan" [^>]*><title>its caller had given it up/);
});

test('it loads nothing, runs nothing, and has the colours of both schemes', async () => {
  const page = pageOf(await LIFE);

  expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
  expect(page).toContain('@media (prefers-color-scheme: dark)');
  const forbidden = ['<script', 'http:', 'https:', 'src=', 'href=', 'url(', '@import', 'onload'];
  expect(offenders(forbidden, (text) => page.includes(text))).toEqual([]);
});

test('every number of the picture is finite, also for an empty recording', async () => {
  const empty: Recording = { ...(await LIFE), entries: [] };

  expect(pageOf(await LIFE)).not.toMatch(/NaN|Infinity|undefined/);
  expect(pageOf(empty)).not.toMatch(/NaN|Infinity|undefined/);
});

test('many requests are drawn and listed up to a limit, and the page says so', async () => {
  const { entries, ...header } = await LIFE;
  const [first] = entries.filter(({ kind }) => kind === 'request');
  const many = Array.from({ length: 2001 }, (_, index) => ({
    ...first,
    id: index + 1,
    atMs: index,
  }));
  const page = pageOf({ ...header, entries: many as typeof entries });

  expect(page).toContain('Only the first 300 of 2001 requests are drawn.');
  expect(page).toContain('Only the first 2000 of 2001 requests are listed.');
  expect(page.match(/<tr>/g)).toHaveLength(2001);
});

test('texts of a recording are escaped', () => {
  expect(escaped('<a href="x">&')).toBe('&lt;a href=&quot;x&quot;&gt;&amp;');
});
