/** Looking at the page in a browser: what it shows, and waiting until it does. */

import { expect, vi } from 'vitest';

import type { Chromium } from '../../../../test/support/chromium.ts';

/** A host under load takes long; nothing depends on it. */
const PATIENCE = { timeout: 120_000, interval: 25 };

const SCREEN = { width: 1280, height: 800, deviceScaleFactor: 1, mobile: false };

/** In the page: the number of rows, and the host of the first. */
export const ROWS = `document.querySelectorAll('#rows tr').length`;
export const FIRST = `document.querySelector('#rows th').innerText`;

export const EVIL = '<img src=x onerror="window.evil=1"><script>window.evil=1</script>';

/** In the page: elements that a text became, and the trace of a script that ran. */
export const MARKUP = `[document.querySelectorAll('body img, body script').length, typeof window.evil]`;

/** A window in which the page is shown. */
export interface Window {
  readonly scheme?: 'light' | 'dark';
  readonly width?: number | undefined;
}

export function eyesOf(browser: () => Chromium) {
  const see = async (expression: string): Promise<unknown> => await browser().evaluate(expression);

  const texts = async (selector: string): Promise<readonly string[]> =>
    (await see(
      `[...document.querySelectorAll('${selector}')].map((one) => one.innerText.trim())`,
    )) as readonly string[];

  /** Waits until the page says so. */
  const until = async (expression: string, value: unknown): Promise<void> => {
    await vi.waitFor(async () => {
      expect(await see(expression)).toEqual(value);
    }, PATIENCE);
  };

  const show = async (port: number, { scheme = 'light', width = SCREEN.width }: Window = {}) => {
    const features = [{ name: 'prefers-color-scheme', value: scheme }];
    await browser().send('Emulation.setDeviceMetricsOverride', { ...SCREEN, width });
    await browser().send('Emulation.setEmulatedMedia', { features });
    await browser().send('Emulation.setTimezoneOverride', { timezoneId: 'Europe/Berlin' });
    await browser().show(`http://127.0.0.1:${port}/`);
  };

  /** Ends a server, which the page would go on looking for. */
  const leave = async (server: { close: () => Promise<void> }): Promise<void> => {
    await browser().show('about:blank');
    await server.close();
  };

  return { see, texts, until, show, leave };
}
