/** The page in a browser, with 1,000 hosts: what it shows, how it is used, what it survives. */

import { systemClock } from 'ipmi-bt';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';

import { DARK, LIGHT } from '../../../../src/smoke/report/html-style.ts';
import { startChromium } from '../../../../test/support/chromium.ts';
import type { Chromium } from '../../../../test/support/chromium.ts';
import { contrast } from '../../../../test/support/contrast.ts';
import { describeWith } from '../../../../test/support/describe-with.ts';
import { offenders } from '../../../../test/support/lists.ts';
import { SHOWN_TEXTS } from '../../../../test/support/shown-texts.ts';
import type { ShownText } from '../../../../test/support/shown-texts.ts';
import { EVIL, FIRST, MARKUP, ROWS, eyesOf } from './eyes.ts';
import type { TestHost } from './host-transport.ts';
import { INTERVAL_MS, START_MS, eventOf, servePage, typicalHosts, watchRig } from './rig.ts';

const COUNT = 1000;

const SCHEMES = [
  ['light', LIGHT],
  ['dark', DARK],
] as const;

/** Little is wrong, and what is wrong is of each kind. */
function hostsOf(): Record<string, TestHost> {
  const hosts: Record<string, TestHost> = { ...typicalHosts(COUNT) };
  hosts['uv0042'] = { isAway: true };
  hosts['uv0100'] = { failure: 'no response within 5000 ms' };
  hosts['uv0555'] = { smoke: { exitCode: 1, line: 'FAIL: 15 of 16 checks passed; latency slow' } };
  hosts['uv0777'] = { counts: [...Array<number>(22).fill(0), 5], maxUs: 4_000_000, losses: 3 };
  return hosts;
}

describeWith('chromium', 'in a browser, the page of a fleet', () => {
  const hosts = hostsOf();
  const rig = watchRig(hosts, { hosts: Object.keys(hosts), smokeIntervalMs: 3_600_000 });
  let page: Awaited<ReturnType<typeof servePage>>;
  let chromium: Chromium | undefined;

  beforeAll(async () => {
    await rig.clock.pass(INTERVAL_MS * 1.5);
    page = await servePage(rig.model, systemClock);
    chromium = await startChromium();
  });

  afterAll(async () => {
    await chromium?.close();
    await rig.stop();
    await page.server.close();
  });

  beforeEach(async () => {
    await shown('light');
  });

  const browser = (): Chromium => {
    if (chromium === undefined) throw new Error('Chromium was not started');
    return chromium;
  };

  const { see, texts, until, show } = eyesOf(browser);

  const chip = (name: string): string => `document.querySelector('.chip.${name}')`;

  async function shown(scheme: 'light' | 'dark', width?: number): Promise<void> {
    await show(page.port, { scheme, width });
    await until(ROWS, rig.model.hosts.length);
  }

  async function press(key: string, text?: string): Promise<void> {
    const code = { key, ...(text === undefined ? {} : { text }) };
    const enter = key === 'Enter' ? { windowsVirtualKeyCode: 13 } : {};
    const tab = key === 'Tab' ? { windowsVirtualKeyCode: 9 } : {};
    await browser().send('Input.dispatchKeyEvent', { type: 'keyDown', ...code, ...enter, ...tab });
    await browser().send('Input.dispatchKeyEvent', { type: 'keyUp', key, ...enter, ...tab });
  }

  /** Types into what has the focus. */
  async function type(text: string): Promise<void> {
    await browser().send('Input.insertText', { text });
  }

  test('says how many hosts are in each state, and has those that are wrong first', async () => {
    expect(await texts('.chip')).toEqual([
      ...['1\nsilent', '1\nBMC trouble', '1\nsmoke failed', '0\nnot asked yet', '997\nok'],
      '1,000\nall hosts',
    ]);
    expect((await texts('#rows tr:nth-child(-n+4) th')).map((text) => text)).toEqual([
      ...['uv0042', 'uv0100', 'uv0555', 'uv0001'],
    ]);
    const [first = ''] = await texts('#rows tr:first-child');
    expect(first).toMatch(/silent\s+13:00:00 CET\s.*no agent of that host is connected to NATS/);
    expect(await see('document.title')).toBe('(3) 1000 hosts: ipmi-bt fleet');
    expect(await texts('#round')).toEqual([
      'asked every 30 s; 999 of 1,000 answered at 13:00:30 CET',
    ]);
  });

  test('has the odd firmware, the slowest BMC and the failed checks at the first glance', async () => {
    expect((await texts('#firmware li')).map((text) => text.replace(/\s+/g, ' '))).toEqual([
      '3 2.31 (01020304) 11129/183 · odd',
      '995 2.35 (01020304) 11129/183',
    ]);
    expect((await texts('#latencies li'))[0]?.replace(/\s+/g, ' ')).toBe(
      '4.0 s uv0777 longest 4.0 s',
    );
    const widths = `[...document.querySelectorAll('#latencies i')].map((bar) => bar.offsetWidth)`;
    const [worst = 0, next = 0] = (await see(widths)) as readonly number[];
    expect(worst).toBeGreaterThan(20 * next);
    expect(await texts('#smoke-note')).toEqual(['997 passed, 1 failed, 1 unknown; every 1 h']);
    expect((await texts('#smoke li'))[0]).toMatch(/^fail\s+uv0555\s+FAIL: 15 of 16 checks passed/);
  });

  test('filters by a click on a state, a firmware, a host, and shows all again', async () => {
    await see(`${chip('trouble')}.click()`);
    expect(await texts('#rows th')).toEqual(['uv0100']);
    expect(await see(`${chip('trouble')}.getAttribute('aria-pressed')`)).toBe('true');
    await see(`${chip('trouble')}.click()`);
    expect(await see(ROWS)).toBe(COUNT);
    await see(`document.querySelector('#firmware .odd button').click()`);
    expect(await texts('#rows th')).toEqual(['uv0017', 'uv0417', 'uv0817']);
    await see(`document.querySelector('#latencies button').click()`);
    expect(await texts('#rows th')).toEqual(['uv0777']);
    await see(`document.getElementById('clear').click()`);
    expect(await see(ROWS)).toBe(COUNT);
  });

  test('is searched and sorted by keys alone, and says the order to a screen reader', async () => {
    await press('/', '/');
    await type('uv00');
    expect(await texts('#count')).toEqual(['99 of 1,000 hosts']);
    const sorted = `[...document.querySelectorAll('[aria-sort]')]
      .map((one) => one.innerText.replace(/\\W/g, '') + ' ' + one.ariaSort).join()`;
    expect(await see(sorted)).toBe('State ascending');
    for (const key of ['Tab', 'Tab', 'Tab']) await press(key);
    // From the search by way of "Show all" and the table, which scrolls, to the first heading.
    expect(await see('document.activeElement.innerText')).toBe('Host');
    await press('Enter', '\r');
    expect(await see(sorted)).toBe('Host ascending');
    expect(await see(FIRST)).toBe('uv0001');
    await press('Enter', '\r');
    expect([await see(sorted), await see(FIRST)]).toEqual(['Host descending', 'uv0099']);
    expect(await see('document.activeElement.innerText')).toMatch(/^Host/);
    const semantics = `[document.querySelector('table caption').innerText !== '',
      document.querySelectorAll('thead th[scope=col] button').length,
      document.querySelectorAll('tbody th[scope=row]').length]`;
    expect(await see(semantics)).toEqual([true, 9, 99]);
  });

  test('a host goes silent and comes back: it is told, and the focus stays', async () => {
    const host = rig.transport.hosts.get('uv0500') ?? {};
    // A line that moves up, as its host becomes slower; an element that moves loses the focus.
    await see(`document.querySelectorAll('#latencies button')[3].focus()`);
    const focused = `document.activeElement.querySelector('.name')?.innerText`;
    const before = String(await see(focused));
    host.isAway = true;
    rig.transport.hosts.set(before, { counts: [...Array<number>(18).fill(0), 5], maxUs: 1e5 });
    await rig.clock.pass(INTERVAL_MS);
    await until(`${chip('silent')}.innerText`, '2\nsilent');
    await until(`document.getElementById('told').innerText`, 'uv0500: silent');
    await until(`document.querySelectorAll('#latencies .name')[1].innerText`, before);
    const row = `[...document.querySelectorAll('#rows tr')]
      .find((one) => one.cells[0].innerText === 'uv0500').innerText`;
    expect(await see(row)).toMatch(/silent.*; last answer 13:0\d:\d\d CET/s);
    expect([await see(focused), /^uv\d+$/.test(before)]).toEqual([before, true]);

    host.isAway = false;
    await rig.clock.pass(INTERVAL_MS);
    await until(`${chip('silent')}.innerText`, '1\nsilent');
    await until(`document.getElementById('told').innerText`, 'uv0500: ok');
    expect(await see(`document.getElementById('told').getAttribute('role')`)).toBe('status');
  });

  test('an event arrives, the newest first, and a hundred of them are kept', async () => {
    rig.model.event(eventOf('uv0007', 'one', 'going high'), START_MS);
    await until(
      `document.querySelector('#events li')?.innerText.replace(/\\s+/g, ' ')`,
      '13:00:00 CET uv0007 Temperature CPU0: going high (critical)',
    );
    for (let at = 0; at < 150; at += 1) {
      const host = `uv001${at % 10}`;
      rig.model.event(eventOf(host, `n${at}`, `number ${at}`), START_MS + at * 1000);
    }
    await until(`document.querySelectorAll('#events li').length`, 100);
    expect((await texts('#events li'))[0]).toContain('number 149');
  });

  test('an event whose time is to come is said to be of another clock', async () => {
    rig.model.event(eventOf('uv0009', 'ahead', 'early'), rig.wallMs() + 3 * 3_600_000);
    await until(
      `/ CET \\(3 h ahead of this server\\)$/.test(
        document.querySelector('#events .count').innerText)`,
      true,
    );
  });

  test('hosts that are not shown are told, until all are', async () => {
    const limit = `document.getElementById('limit')`;
    expect(await see(`${limit}.hidden`)).toBe(true);
    rig.model.tell({ hostTrouble: 'there are 5 more' });
    await until(`${limit}.innerText`, 'Not all hosts are shown: there are 5 more.');
    rig.model.tell({ hostTrouble: '' });
    await until(`${limit}.hidden`, true);
  });

  test('what a host says is text, whatever it says', async () => {
    const failure = `${EVIL}\u202E`;
    rig.transport.hosts.set('uv0200', { firmware: EVIL, smoke: { exitCode: 1, line: EVIL } });
    rig.transport.hosts.set('uv0201', { failure });
    await rig.clock.pass(INTERVAL_MS);
    rig.model.event(eventOf('uv0200', 'evil', EVIL), START_MS);
    await until(
      `document.querySelector('#events .long')?.innerText`,
      `Temperature CPU0: ${EVIL} (critical)`,
    );
    await until(
      `document.querySelector('#firmware .name').innerText.slice(0, 20)`,
      EVIL.slice(0, 20),
    );
    const row = `[...document.querySelectorAll('#rows tr')]
      .find((one) => one.cells[0].innerText === 'uv0201').innerText`;

    expect(await see(row)).toContain(`${EVIL}\\x202e`);
    expect(await see(MARKUP)).toEqual([0, 'undefined']);
    rig.transport.hosts.set('uv0200', {});
    rig.transport.hosts.set('uv0201', {});
    await rig.clock.pass(INTERVAL_MS);
  });

  test('the loss of NATS is told, with its time', async () => {
    rig.model.tell({ natsLostMs: START_MS });
    const nats = `document.getElementById('nats')`;
    await until(
      `${nats}.innerText`,
      'The server lost NATS at 13:00:00 CET; states below are from before.',
    );
    rig.model.tell({ natsLostMs: null });
    await until(`${nats}.hidden`, true);
  });

  test.each(SCHEMES)('has no text of too little contrast in %s', async (scheme, { ground }) => {
    await shown(scheme);
    await see(`document.getElementById('lost').hidden = false;
      document.getElementById('lost').innerText = 'lost'`);
    const all = (await see(SHOWN_TEXTS)) as ShownText[];

    expect(all.length).toBeGreaterThan(5000);
    expect(contrast(all[0]?.ground ?? '', ground)).toBe(1);
    expect(offenders(all, (one) => contrast(one.colour, one.ground) < 4.5)).toEqual([]);
  });

  test.each([1920, 1280, 800, 360])('needs no horizontal scrolling at %d pixels', async (width) => {
    await shown('light', width);

    expect(await see('innerWidth')).toBe(width);
    expect(await see('document.documentElement.scrollWidth')).toBe(width);
    // What went wrong is in sight in a narrow window, too.
    expect(await see(`document.querySelector('#rows td.detail').checkVisibility()`)).toBe(true);
  });

  test('asks no server but its own, and nothing is refused or fails', () => {
    const told = browser().events;
    const requests = told.filter(({ method }) => method === 'Network.requestWillBeSent');
    const urls = requests.map(({ params }) => (params['request'] as { readonly url: string }).url);
    const trouble = ['Runtime.exceptionThrown', 'Runtime.consoleAPICalled', 'Log.entryAdded'];
    const own = /^http:\/\/127\.0\.0\.1:\d+\/(|page\.css|icon\.svg|live|\w+\.js)$/;

    expect(offenders(urls, (one) => !own.test(one))).toEqual([]);
    expect(offenders(told, ({ method }) => trouble.includes(method))).toEqual([]);
    expect(page.errors).toEqual([]);
  });

  // The last one, because the server is gone after it.
  test('says when it last saw its server, and goes on when there is one again', async () => {
    await page.server.close();
    const lost = `document.getElementById('lost')`;
    await until(`${lost}.hidden`, false);

    expect(await see(`${lost}.innerText`)).toMatch(
      /^The server was last seen \d\d:\d\d:\d\d CET; reconnecting\. All below is from then\.$/,
    );
    expect(await see(ROWS)).toBe(rig.model.hosts.length);
    page = await servePage(rig.model, systemClock, { port: page.port });
    await until(`${lost}.hidden`, true);
    expect(await see(`document.getElementById('told').innerText`)).toBe(
      'The server is there again.',
    );
  });
});
