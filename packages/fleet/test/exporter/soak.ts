/**
 * `npm run soak:exporter -- --hours H --sensors N`: two Prometheus servers that scrape an exporter
 * each minute for 24 hours of virtual time, while the BMC goes away for two minutes of each hour.
 * Fails when a scrape of a BMC that answers is not whole, or when the memory after the first tenth
 * grows by more than 5 %.
 */

import { parseArgs } from 'node:util';

import { open } from 'ipmi-bt';
import { SimBmc } from 'ipmi-bt/sim';
import { VirtualClock } from 'ipmi-bt/sim/clock';

import { fullRecord } from '../../../../test/support/sdr-bytes.ts';
import { Exporter } from '../../src/exporter/exporter.ts';

const MINUTE_MS = 60_000;
const MINUTES = 60;

/** The second server comes so much later, in the middle of the scrape of the first one. */
const APART_MS = 300;

/** In a scrape of 10 s, of which half a second is left for the answer. */
const BUDGET_MS = 9500;

/** Minutes of an hour in which the BMC is away, and in which it may still be looked for. */
const [AWAY_FROM, AWAY_UNTIL, BACK_BY] = [30, 32, 36];

const COLLECTORS = 6;
const GROWTH_MAX = 1.05;

const { values } = parseArgs({
  options: {
    hours: { type: 'string', default: '24' },
    sensors: { type: 'string', default: '100' },
  },
});
const hours = Number(values.hours);
const { gc } = globalThis;
if (gc === undefined)
  throw new Error('run it with node --expose-gc, as npm run soak:exporter does');

const clock = new VirtualClock();
const records = Array.from({ length: Number(values.sensors) }, (_, index) =>
  fullRecord(index + 1, { number: index & 0xff, lun: index >> 8 }),
);
const bmc = new SimBmc({ clock, responseMs: 10, sdrs: { records } });
const device = await clock.until(open({ base: bmc.base, port: bmc, clock }));
let failures = 0;
const exporter = new Exporter({
  ...{ requester: device, clock },
  onFailure: () => (failures += 1),
});
exporter.follow(device);

const scrapes = { whole: 0, partial: 0 };

/** Seconds of the first scrape, which reads the records, and of the longest one after it. */
const seconds = { first: NaN, longest: 0 };

/** The number of collectors that were up, in the text of a scrape. */
async function upIn(scrape: Promise<{ text: string }>): Promise<number> {
  const { text } = await scrape;
  const up = [...text.matchAll(/^ipmi_up\{.*\} 1$/gm)].length;
  const took = Number(/^ipmi_scrape_duration_seconds (.*)$/m.exec(text)?.[1]);
  if (Number.isNaN(seconds.first)) seconds.first = took;
  else if (up === COLLECTORS && scrapes.whole > 1) {
    seconds.longest = Math.max(seconds.longest, took);
  }
  return up;
}

const heaps: number[] = [];
for (let hour = 1; hour <= hours; hour += 1) {
  for (let minute = 0; minute < MINUTES; minute += 1) {
    if (minute === AWAY_FROM) bmc.fail('silent');
    if (minute === AWAY_UNTIL) bmc.calm();
    const startMs = clock.now();
    const first = upIn(exporter.scrape({ budgetMs: BUDGET_MS }));
    await clock.pass(APART_MS);
    const both = Promise.all([first, upIn(exporter.scrape({ budgetMs: BUDGET_MS }))]);
    for (const up of await clock.until(both)) {
      scrapes[up === COLLECTORS ? 'whole' : 'partial'] += 1;
      const mayMiss = minute >= AWAY_FROM && minute < BACK_BY;
      if (up !== COLLECTORS && !mayMiss) {
        throw new Error(`hour ${hour}, minute ${minute}: ${up} of ${COLLECTORS} collectors are up`);
      }
    }
    await clock.pass(Math.max(MINUTE_MS - (clock.now() - startMs), 0));
  }
  // The simulator keeps the commands that it has executed.
  (bmc.executed as unknown[]).length = 0;
  gc();
  heaps.push(process.memoryUsage().heapUsed);
  const mebibytes = ((heaps.at(-1) ?? 0) / 2 ** 20).toFixed(2);
  print(JSON.stringify({ hour, ...scrapes, failures, mebibytes }));
}
const first = heaps[Math.floor(hours / 10)] ?? NaN;
const last = heaps.at(-1) ?? NaN;
print(`${device.statistics().transactions} transactions, ${scrapes.whole} whole scrapes`);
print(`the first scrape took ${seconds.first} s, the longest one after it ${seconds.longest} s`);
print(`memory: ${(((last - first) / first) * 100).toFixed(2)} % more than after a tenth`);
exporter.close();
await clock.until(device.close());
if (!(last <= first * GROWTH_MAX)) process.exitCode = 1;

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
