/** The page as a browser shows and prints it. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { htmlReport } from '../../../src/smoke/report/html.ts';
import { DARK, LIGHT } from '../../../src/smoke/report/html-style.ts';
import { startChromium } from '../../support/chromium.ts';
import type { Chromium } from '../../support/chromium.ts';
import { contrast } from '../../support/contrast.ts';
import { describeWith } from '../../support/describe-with.ts';
import { nonEmpty, offenders } from '../../support/lists.ts';
import { drawnIn, fillOf, pagesOf } from '../../support/pdf.ts';
import { SHOWN_TEXTS } from '../../support/shown-texts.ts';
import type { ShownText } from '../../support/shown-texts.ts';
import { latencies, typicalRun } from '../../support/smoke-page-run.ts';

const SCREEN = { width: 1280, height: 900, deviceScaleFactor: 1, mobile: false };

const SCHEMES = [
  ['light', LIGHT],
  ['dark', DARK],
] as const;

/** In the page: how many pixels of each canvas have one of these colours. */
const pixelsOf = (colours: readonly string[]): string => `(() => {
  const wanted = ${JSON.stringify(colours)};
  return [...document.querySelectorAll('canvas')].map((canvas) => {
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    const counts = Object.fromEntries(wanted.map((colour) => [colour, 0]));
    for (let at = 0; at < data.length; at += 4) {
      const pixel = [...data.slice(at, at + 3)].map((one) => one.toString(16).padStart(2, '0'));
      const colour = '#' + pixel.join('');
      if (data[at + 3] === 255 && colour in counts) counts[colour] += 1;
    }
    return counts;
  });
})()`;

describeWith('chromium', 'in a browser, the page', () => {
  let folder = '';
  let url = '';
  let chromium: Chromium | undefined;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ipmi-bt-page-'));
    const path = join(folder, 'report.html');
    const series = new Map([
      ['polled', latencies(7)],
      ['bring-up', [120, 125, 130]],
    ]);
    const baseline = { savedAt: '2026-10-02T11:00:00.000Z', series };
    writeFileSync(path, await htmlReport(typicalRun(), baseline));
    url = pathToFileURL(path).href;
    chromium = await startChromium();
  });

  afterAll(async () => {
    await chromium?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Shows the page on a screen of 1280 pixels, in one of the colour schemes. */
  async function shown(scheme: 'light' | 'dark'): Promise<Chromium> {
    if (chromium === undefined) throw new Error('Chromium was not started');
    const features = [{ name: 'prefers-color-scheme', value: scheme }];
    await chromium.send('Emulation.setDeviceMetricsOverride', SCREEN);
    await chromium.send('Emulation.setEmulatedMedia', { features });
    await chromium.show(url);
    return chromium;
  }

  test('says the verdict, lists the checks, and has a chart of each series', async () => {
    const browser = await shown('light');

    expect(await browser.evaluate(`document.querySelector('.verdict strong').innerText`)).toBe(
      'FAIL',
    );
    expect(await browser.evaluate('document.title')).toBe('FAIL: BT smoke test of uv4-0017');
    expect(await browser.evaluate(`document.querySelectorAll('.checks tbody tr').length`)).toBe(16);
    expect(await browser.evaluate(`document.querySelectorAll('.plot canvas').length`)).toBe(2);
    expect(await browser.evaluate(`document.querySelectorAll('.timeline rect').length`)).toBe(400);
  });

  test.each(SCHEMES)('draws bars, and the baseline, in %s', async (scheme, { bar, before }) => {
    const browser = await shown(scheme);
    const canvases = (await browser.evaluate(pixelsOf([bar, before]))) as Record<string, number>[];

    for (const counts of nonEmpty(canvases)) {
      expect(counts[bar]).toBeGreaterThan(2000);
      expect(counts[before]).toBeGreaterThan(200);
    }
  });

  test('says what a bar is to a reader who points at it', async () => {
    const browser = await shown('light');
    const place = (await browser.evaluate(`(() => {
      const over = document.querySelectorAll('.u-over')[1];
      over.scrollIntoView({ block: 'center' });
      const { left, top, width, height } = over.getBoundingClientRect();
      return { x: left + width / 8, y: top + height / 2 };
    })()`)) as object;
    await browser.send('Input.dispatchMouseEvent', { type: 'mouseMoved', ...place });

    const told = await browser.evaluate(`new Promise((resolve) => requestAnimationFrame(() =>
      requestAnimationFrame(() => resolve(document.querySelectorAll('.readout')[1].innerText))))`);
    expect(told).toMatch(/^[\d.]+ to [\d.]+ ms: \d+ values, [\d.]+ %; baseline [\d.]+ %$/);
  });

  test('makes no request, and nothing is refused or fails', async () => {
    const browser = await shown('light');
    const told = browser.events.slice();
    const requests = told.filter(({ method }) => method === 'Network.requestWillBeSent');
    const urls = requests.map(({ params }) => (params['request'] as { readonly url: string }).url);
    const trouble = ['Runtime.exceptionThrown', 'Runtime.consoleAPICalled', 'Log.entryAdded'];

    expect(offenders(urls, (one) => one !== url)).toEqual([]);
    expect(offenders(told, ({ method }) => trouble.includes(method))).toEqual([]);
  });

  test.each(SCHEMES)('has no text of too little contrast in %s', async (scheme, { ground }) => {
    const browser = await shown(scheme);
    const texts = (await browser.evaluate(SHOWN_TEXTS)) as ShownText[];

    expect(texts.length).toBeGreaterThan(300);
    expect(contrast(texts[0]?.ground ?? '', ground)).toBe(1);
    expect(offenders(texts, (one) => contrast(one.colour, one.ground) < 4.5)).toEqual([]);
  });

  test.each([1280, 1920])('needs no horizontal scrolling at %d pixels', async (width) => {
    const browser = await shown('light');
    await browser.send('Emulation.setDeviceMetricsOverride', { ...SCREEN, width });

    expect(await browser.evaluate('innerWidth')).toBe(width);
    expect(await browser.evaluate('document.documentElement.scrollWidth')).toBe(width);
  });

  test('prints on four pages at most, in light colours, with its charts', async () => {
    const browser = await shown('dark');
    const options = { printBackground: true, preferCSSPageSize: true };
    const { data } = await browser.send('Page.printToPDF', options);
    const pdf = Buffer.from(String(data), 'base64');
    const drawn = drawnIn(pdf);
    // A chart is bars of one colour: many figures of straight lines.
    const bars = drawn
      .split(fillOf(LIGHT.bar))
      .map((after) => /^\n(?:(?:[\d.-]+ [\d.-]+ [ml]|h)\n)+/.exec(after)?.[0] ?? '')
      .map((figure) => figure.match(/^h$/gm)?.length ?? 0);

    expect(pagesOf(pdf)).toBeGreaterThan(1);
    expect(pagesOf(pdf)).toBeLessThanOrEqual(4);
    expect(bars.filter((count) => count >= 10)).toHaveLength(2);
    expect(drawn).not.toContain(fillOf(DARK.bar));
  });

  test('is not changed by printing', async () => {
    const browser = await shown('dark');
    await browser.send('Page.printToPDF', {});

    const [first] = (await browser.evaluate(pixelsOf([DARK.bar]))) as Record<string, number>[];
    expect(first?.[DARK.bar]).toBeGreaterThan(2000);
  });
});
