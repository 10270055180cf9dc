/**
 * `npm run bench:page`: the page of fleets of any size: the first picture over a socket, for one
 * that reads and for 64 at once, and in headless Chromium, if it is installed. `--hosts 1000,20000`
 * takes other numbers, `--json` prints one JSON object.
 */

import { get } from 'node:http';
import { parseArgs } from 'node:util';

import { systemClock } from 'ipmi-bt';

import { formatTable, report } from '../../../../test/bench/table.ts';
import type { Row } from '../../../../test/bench/table.ts';
import { startChromium } from '../../../../test/support/chromium.ts';
import type { Chromium } from '../../../../test/support/chromium.ts';
import { programPath } from '../../../../test/support/program-path.ts';
import { HOSTS_MAX } from '../../src/fleet/host-names.ts';
import { VIEWERS_MAX } from '../../src/page/viewers.ts';
import { INTERVAL_MS, servePage, typicalHosts, watchRig } from '../page/rig.ts';

const { values } = parseArgs({
  options: {
    hosts: { type: 'string', default: `1000,10000,${HOSTS_MAX}` },
    json: { type: 'boolean' },
  },
});

interface Measured {
  readonly hosts: number;
  readonly pictureBytes: number;
  readonly longestBytes: number;
  readonly oneMs: number;
  readonly allMs: number;
  /** In the browser: the whole picture, and a search; undefined without one. */
  readonly shownMs: number | undefined;
  readonly searchMs: number | undefined;
}

async function picture(port: number) {
  const beganMs = systemClock.now();
  let [bytes, longest, rest] = [0, 0, ''];
  await new Promise<void>((resolve) => {
    get({ host: '127.0.0.1', port, path: '/live', agent: false }, (response) => {
      response.setEncoding('utf8').on('data', (text: string) => {
        bytes += text.length;
        const messages = (rest + text).split('\n\n');
        rest = messages.pop() ?? '';
        for (const one of messages) longest = Math.max(longest, one.length);
        if (!messages.some((one) => one.includes('"isWhole":true'))) return;
        response.destroy();
        resolve();
      });
    });
  });
  return { bytes, longest, tookMs: systemClock.now() - beganMs };
}

/** The browser says itself when it has everything, so that no question disturbs it. */
const WHOLE = `new Promise((done) => {
  const count = document.getElementById('count');
  const isWhole = () => /^\\d/.test(count.innerText) && !count.innerText.includes('on their way');
  const look = () => (isWhole() ? done(performance.now()) : requestAnimationFrame(look));
  look();
})`;

const SEARCH = `(() => {
  const search = document.getElementById('search');
  search.value = '99';
  const beganMs = performance.now();
  search.dispatchEvent(new Event('input'));
  return performance.now() - beganMs;
})()`;

async function inBrowser(chromium: Chromium | undefined, port: number) {
  if (chromium === undefined) return { shownMs: undefined, searchMs: undefined };
  await chromium.show(`http://127.0.0.1:${port}/`);
  const shownMs = Number(await chromium.evaluate(WHOLE));
  const searchMs = Number(await chromium.evaluate(SEARCH));
  await chromium.show('about:blank');
  return { shownMs, searchMs };
}

async function measure(count: number, chromium: Chromium | undefined): Promise<Measured> {
  const hosts = typicalHosts(count);
  const rig = watchRig(hosts, { hosts: Object.keys(hosts) });
  await rig.clock.pass(INTERVAL_MS / 2);
  const page = await servePage(rig.model, systemClock);
  const one = await picture(page.port);
  const beganMs = systemClock.now();
  await Promise.all(Array.from({ length: VIEWERS_MAX }, () => picture(page.port)));
  const allMs = systemClock.now() - beganMs;
  const seen = await inBrowser(chromium, page.port);
  await rig.stop();
  await page.server.close();
  const { bytes: pictureBytes, longest: longestBytes, tookMs: oneMs } = one;
  return { hosts: count, pictureBytes, longestBytes, oneMs, allMs, ...seen };
}

const chromium = programPath('chromium') === undefined ? undefined : await startChromium();
const measured: Measured[] = [];
for (const count of values.hosts.split(',').map(Number)) {
  measured.push(await measure(count, chromium));
}
await chromium?.close();

const ms = (value: number | undefined): string =>
  value === undefined ? '' : `${Math.round(value)} ms`;
const HEAD: Row = [
  ...(['hosts', 'picture', 'longest message', 'one page', `${VIEWERS_MAX} pages at once`] as const),
  ...(['in Chromium', 'a search there'] as const),
];
const rows = measured.map((row): Row => [
  row.hosts.toLocaleString('en'),
  ...[`${(row.pictureBytes / 1e6).toFixed(2)} MB`, `${Math.round(row.longestBytes / 1000)} kB`],
  ...[ms(row.oneMs), ms(row.allMs), ms(row.shownMs), ms(row.searchMs)],
]);
report(measured, formatTable([HEAD, ...rows]));
