/** The page as text: what is in it, and that nothing gets out of its place. */

import { describe, expect, test } from 'vitest';

import type { NewEvent } from '../../../src/smoke/events.ts';
import { htmlReport } from '../../../src/smoke/report/html.ts';
import { nonEmpty, offenders } from '../../support/lists.ts';
import { ended, latencies, runWith, timed, typicalRun } from '../../support/smoke-page-run.ts';

const SAVED_AT = '2026-10-02T11:00:00.000Z';

/** The page without the script and the style, which are the same in all of them. */
async function bodyOf(...args: Parameters<typeof htmlReport>): Promise<string> {
  const page = await htmlReport(...args);
  const [, body] = /<body>\n(.*)<script>/s.exec(page) ?? [];
  return body ?? '';
}

/** Text of a piece of the page. */
function textOf(html: string): string {
  return html
    .replace(/<[^>]*>/g, ' ')
    .replace(/&#39;/g, "'")
    .replace(/\s+/g, ' ')
    .trim();
}

function rowOf(body: string, id: string): string {
  return textOf(new RegExp(`<tr id="check-${id}".*?</tr>`, 's').exec(body)?.[0] ?? '');
}

function registersFinding(text: string, evidence: readonly string[] = []): NewEvent {
  const kind = { kind: 'finding', severity: 'fail', slug: 'bt-registers' } as const;
  return { ...kind, id: 'registers', text, evidence };
}

describe('the page of a typical run', () => {
  test('has the verdict in words on top', async () => {
    const body = await bodyOf(typicalRun());
    const top = textOf(body.slice(0, body.indexOf('</header>')));

    expect(top).toBe(
      'IPMI BT smoke test of uv4-0017, port 0xce4, 2026-11-29 08:24:31 UTC FAIL bring-up and ' +
        'interrupt failed: the interface is not sound on this machine with this firmware. ' +
        'Look at: bring-up , interrupt . 16 checks: 2 failed, 1 skipped, 13 passed \u00b7 1 warning ' +
        '\u00b7 87.5 s \u00b7 exit code 1',
    );
  });

  test('lists each check once, with result, time and findings', async () => {
    const body = await bodyOf(typicalRun());

    expect(body.match(/<tr id="check-/g)).toHaveLength(16);
    expect(rowOf(body, 'latency')).toBe(
      'latency How long does an answer take? pass 12.7 s ' +
        'polled-first 1,041 ms \u00b7 polled-p50 10.02 ms \u00b7 polled-p99 27.4 ms',
    );
    expect(rowOf(body, 'bring-up')).toMatch(/ FAIL 18\.4 s bt-bring-up 2 of 100 .* evidence$/);
    expect(rowOf(body, 'firmware-agreement')).toContain('warning: bt-firmware-disagrees SMBIOS');
    expect(rowOf(body, 'attention')).toContain('skipped 60 ms because of interrupt');
  });

  test('has a heading for each section, in order', async () => {
    const body = await bodyOf(typicalRun());
    const headings = [...body.matchAll(/<h2>(.*?)<\/h2>/g)].map(([, text]) => text);

    expect(headings).toEqual([
      ...['Checks', 'What firmware, kernel and registers say', 'Times', 'Timeline'],
      ...['Evidence', 'Facts and measurements', 'Machine and run'],
    ]);
    expect(body.match(/<h1>/g)).toHaveLength(1);
  });

  test('marks the cell of firmware that disagrees, in words as well', async () => {
    const body = await bodyOf(typicalRun());
    const marked = [...body.matchAll(/<td class="differs">.*?<\/td>/g)].map(([cell]) =>
      textOf(cell),
    );

    expect(marked).toEqual(['\u2260 memory 0xce4 (disagrees)']);
  });

  test('shows evidence, facts of the machine, and measurements out of bounds', async () => {
    const body = await bodyOf(typicalRun());
    const text = textOf(body);

    expect(body).toMatch(/<pre>in {2}BT_INTMASK 0x03 B2H_IRQ_EN B2H_IRQ\n/);
    expect(body.match(/<pre class="long">/g)).toHaveLength(1);
    expect(text).toContain('firmware HPE SGI UV4 7.64 03/18/2018');
    expect(text).toContain('failures 2 (at most 0, outside)');
    expect(text).toContain('seed 20261129');
  });

  test('draws a timeline, and says in words what failed', async () => {
    const body = await bodyOf(typicalRun());

    expect(body).toContain('aria-label="Timeline of bring-up: 400 periods in 18.9 s, 4 failed"');
    expect(body.match(/<rect class="good"/g)).toHaveLength(396);
    expect(body.match(/<rect class="bad"/g)).toHaveLength(4);
    expect(textOf(body)).toMatch(/Failed: bring-up 38 at \d\.\d s, for 2\.5 s; waitReply at /);
  });

  test('compares each series with the baseline', async () => {
    const series = new Map([['polled', latencies(1).map((ms) => ms / 2)]]);
    const body = await bodyOf(typicalRun(), { savedAt: SAVED_AT, series });
    const rows = /<table class="series">.*?<\/table>/s.exec(body)?.[0] ?? '';

    expect(textOf(body)).toContain('baseline, saved 2026-10-02 11:00:00 UTC');
    expect(textOf(rows)).toMatch(
      /latency: polled, ms 1,000 \S+ \(\+100 %\) .* baseline of 2026-10/,
    );
    expect(body).toMatch(/&quot;before&quot;:\[\d/);
    expect(await bodyOf(typicalRun())).not.toContain('baseline, saved');
  });

  test('links lead to a place in the page, and no name is given twice', async () => {
    const body = await bodyOf(typicalRun());
    const names = [...body.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
    const links = [...body.matchAll(/href="([^"]*)"/g)].map(([, href]) => href);

    expect(offenders(links, (href = '') => !names.includes(href.replace(/^#/, '')))).toEqual([]);
    expect(names).toHaveLength(new Set(names).size);
  });

  test('gives every table heads of columns or rows', async () => {
    const body = await bodyOf(typicalRun());
    const tables = [...body.matchAll(/<table.*?<\/table>/gs)].map(([table]) => table);

    expect(offenders(tables, (table) => !table.includes('<th scope="row">'))).toEqual([]);
    expect(
      offenders(tables, (table) => /<th(?! scope=)/.test(table.replace(/<thead/g, ''))),
    ).toEqual([]);
  });

  test('is the same for the same events', async () => {
    expect(await htmlReport(typicalRun())).toBe(await htmlReport(typicalRun()));
  });

  test('names no other place, but for that of its policy', async () => {
    const page = await htmlReport(typicalRun());

    expect(page).not.toMatch(/https?:\/\//);
    expect(page).not.toMatch(/\b(src|srcset)=|url\(|@import/);
    expect(page).toContain(`content="default-src &#39;none&#39;; script-src &#39;sha256-`);
  });
});

describe('hostile text stays text:', () => {
  const HOSTILE = `</script><script>alert(1)</script>"'<img src=x onerror=alert(2)>\x1b[31m\0&amp;]]>`;

  test('in every place of the page', async () => {
    const id = 'registers' as const;
    const events = runWith(
      { kind: 'fact', id, name: HOSTILE, value: HOSTILE },
      { kind: 'measurement', id, name: HOSTILE, value: 1, unit: HOSTILE, bounds: {} },
      { kind: 'series', id, name: HOSTILE, unit: HOSTILE, values: [1, 2, Number.NaN] },
      { kind: 'matrix', id, columns: [HOSTILE], rows: [{ name: HOSTILE, cells: [HOSTILE] }] },
      { kind: 'span', id, name: HOSTILE, fromMs: 0, toMs: 1, isFailed: true },
      registersFinding(HOSTILE, [HOSTILE]),
    );
    const body = await bodyOf(events, { savedAt: HOSTILE, series: new Map([[HOSTILE, [1]]]) });

    expect(body).not.toMatch(/<(script|img)/);
    expect(body).not.toContain('alert(1)</');
    expect(body).not.toMatch(/(?![\t\n])\p{Cc}/u);
    expect(body.match(/&lt;\/script&gt;&lt;script&gt;alert\(1\)/g)?.length).toBeGreaterThan(15);
    // No attribute is ended by a quote that is not its own.
    const tags = body.match(/<[^>]*onerror[^>]*>/g) ?? [];
    for (const tag of nonEmpty(tags)) expect(tag).toMatch(/^<\w+(?: [\w-]+="[^"]*")*\/?>$/);
  });

  test('also when a name is one of all objects', async () => {
    const event: NewEvent = {
      ...{ kind: 'series', id: 'registers', name: '__proto__', unit: 'ms', values: [1] },
    };

    const body = await bodyOf(runWith(event), { savedAt: SAVED_AT, series: new Map() });
    expect(textOf(body)).toContain('registers: __proto__, ms 1 1 1 1 1 1');
  });
});

describe('other runs:', () => {
  test('one that was killed says so, and what had not run', async () => {
    const body = await bodyOf(
      typicalRun()
        .slice(0, -60)
        .filter(({ kind }) => kind !== 'run-end'),
    );

    expect(body).toContain('<strong>INCOMPLETE</strong>');
    expect(textOf(body)).toContain('The run ended before its verdict');
    expect(rowOf(body, 'not-wedged')).toContain('not run');
  });

  test('one that passed is calm: no link, no evidence, no chart', async () => {
    const body = await bodyOf(runWith());

    expect(body).toContain('<div class="verdict good">\n<strong>PASS</strong>');
    expect(textOf(body)).toContain('1 check: 1 passed \u00b7 31 ms \u00b7 exit code 0');
    expect(body).not.toMatch(/Look at|<h2>(Evidence|Times|Timeline)|data-chart/);
  });

  test('one without an event is a page, too', async () => {
    const body = await bodyOf([]);

    expect(textOf(body)).toContain('IPMI BT smoke test of an unknown machine INCOMPLETE');
  });

  test('that of the simulated BMC says that no hardware was tested', async () => {
    const events = runWith().map((event) => {
      return event.kind === 'run-start'
        ? { ...event, info: { ...event.info, isSimulated: true } }
        : event;
    });

    expect(textOf(await bodyOf(events))).toContain(
      'The simulated BMC was tested, and no hardware.',
    );
  });

  test('a retry that passed leaves the check failed, and an allowed skip is said', async () => {
    const id = 'registers' as const;
    const end = ended(id, 5, ['bt-registers']);
    if (end.kind !== 'check-end') throw new Error('it is no end of a check');
    const retested = { failures: 1, tries: 3 };
    const skip = { ...end, result: 'skip' as const, reason: 'no interrupt line', isAllowed: true };

    expect(rowOf(await bodyOf(timed([{ ...end, retested }])), id)).toContain(
      'FAIL 5 ms bt-registers Tried 3 times: failed in 1.',
    );
    expect(rowOf(await bodyOf(timed([skip])), id)).toContain(
      'skipped 5 ms no interrupt line (allowed)',
    );
  });

  test('evidence that findings share is shown once, and of long evidence the end', async () => {
    const lines = Array.from({ length: 100 }, (_, at) => `line ${at + 1}`);
    const body = await bodyOf(
      runWith(registersFinding('One.', lines), registersFinding('Two.', lines)),
    );

    expect(body.match(/href="#evidence-registers-1"/g)).toHaveLength(2);
    expect(body).toContain('<summary>40 earlier lines</summary>');
    expect(body.match(/line 100</g)).toHaveLength(1);
  });
});
