/** Scrapes: shared by those that come at once, ended by a deadline, with what there is. */

import { VirtualClock } from 'ipmi-bt/sim/clock';
import { describe, expect, test } from 'vitest';

import { fullRecord } from '../../../../test/support/sdr-bytes.ts';
import { sleep } from '../../src/clock.ts';
import type { Collector } from '../../src/exporter/collector.ts';
import type { Sample } from '../../src/exporter/metrics.ts';
import { Scraper } from '../../src/exporter/scraper.ts';
import { rig, startingWith } from '../rig.ts';

/** A scraper of one collector that adds a sample each second, `seconds` times. */
function slowScraper(seconds: number) {
  const clock = new VirtualClock();
  const runs: { startMs: number; endMs: number | undefined; wasAborted: boolean }[] = [];
  const slow: Collector = {
    name: 'slow',
    collect: async ({ signal, add }) => {
      const run = { startMs: clock.now(), endMs: NaN, wasAborted: false };
      runs.push(run);
      try {
        for (let value = 1; value <= seconds; value += 1) {
          await sleep(clock, 1000, signal);
          add({ metric: 'ipmi_sel_logs_count', value });
        }
      } finally {
        Object.assign(run, { endMs: clock.now(), wasAborted: signal.aborted });
      }
    },
  };
  const failures: string[] = [];
  const scraper = new Scraper({
    ...{ collectors: [slow], clock },
    onFailure: (name, error) => failures.push(`${name}: ${String(error)}`),
  });
  return { clock, runs, scraper, failures };
}

/** The last value, `ipmi_up`, and the seconds that it took. */
function told(samples: readonly Sample[]) {
  const values = (metric: string) =>
    samples.filter((sample) => sample.metric === metric).map(({ value }) => value);
  const [seconds = NaN] = values('ipmi_scrape_duration_seconds');
  return {
    last: values('ipmi_sel_logs_count').at(-1),
    up: values('ipmi_up')[0],
    seconds: Math.round(seconds * 10) / 10,
  };
}

describe('a deadline', () => {
  test('is not waited for when all has been read', async () => {
    const { clock, scraper } = slowScraper(3);

    expect(told(await clock.until(scraper.scrape({ budgetMs: 9500 })))).toEqual({
      ...{ last: 3, up: 1, seconds: 3 },
    });
    expect(clock.pending).toBe(0);
  });

  test('ends a scrape with what has been read, and the collector is down', async () => {
    const { clock, scraper, runs, failures } = slowScraper(30);

    expect(told(await clock.until(scraper.scrape({ budgetMs: 9500 })))).toEqual({
      ...{ last: 9, up: 0, seconds: 9.5 },
    });
    await clock.pass(0);
    expect(runs).toEqual([{ startMs: 0, endMs: 9500, wasAborted: true }]);
    expect(clock.pending).toBe(0);
    // The end of the time is no failure that would be worth a line in the log each minute.
    expect(failures).toEqual([]);
  });
});

describe('scrapes at once', () => {
  test('share one round, and each is answered by its own deadline', async () => {
    const { clock, scraper, runs } = slowScraper(5);
    const early = scraper.scrape({ budgetMs: 2500 });
    await clock.pass(1000);
    const late = Array.from({ length: 50 }, () => scraper.scrape({ budgetMs: 9500 }));

    expect(told(await clock.until(early))).toEqual({ last: 2, up: 0, seconds: 2.5 });
    const answers = await clock.until(Promise.all(late));
    expect(answers.map(told)).toEqual(Array(50).fill({ last: 5, up: 1, seconds: 4 }));
    expect(runs).toEqual([{ startMs: 0, endMs: 5000, wasAborted: false }]);
  });

  test('after the end of a round the next one reads anew', async () => {
    const { clock, scraper, runs } = slowScraper(1);
    await clock.until(scraper.scrape({ budgetMs: 9500 }));
    await clock.until(scraper.scrape({ budgetMs: 9500 }));

    expect(runs).toHaveLength(2);
  });

  test('a round is given up when the last program that waits has gone away', async () => {
    const { clock, scraper, runs } = slowScraper(5);
    const [first, second] = [new AbortController(), new AbortController()];
    const scrapes = [first, second].map(({ signal }) => scraper.scrape({ budgetMs: 9500, signal }));
    await clock.pass(1500);
    first.abort();
    await clock.pass(1000);
    expect(runs[0]?.wasAborted).toBe(false);
    second.abort();
    await clock.until(Promise.all(scrapes));
    await clock.pass(0);

    expect(runs).toEqual([{ startMs: 0, endMs: 2500, wasAborted: true }]);
    expect(clock.pending).toBe(0);
  });

  test('one whose program is gone already asks for nothing that lasts', async () => {
    const { clock, scraper, runs } = slowScraper(5);

    await clock.until(scraper.scrape({ budgetMs: 9500, signal: AbortSignal.abort() }));
    await clock.pass(0);

    expect(runs.map(({ wasAborted }) => wasAborted)).toEqual([true]);
    expect(clock.pending).toBe(0);
  });

  test('a round that was given up and does not end delays no scrape beyond its time', async () => {
    const clock = new VirtualClock();
    const stuck: Collector = { name: 'stuck', collect: () => new Promise(() => undefined) };
    const scraper = new Scraper({ collectors: [stuck], clock, onFailure: () => undefined });
    await clock.until(scraper.scrape({ budgetMs: 1000 }));

    expect(told(await clock.until(scraper.scrape({ budgetMs: 2000 })))).toEqual({
      ...{ last: undefined, up: 0, seconds: 2 },
    });
  });
});

test('a collector that fails is told, and does not keep the others from being read', async () => {
  const answer = ({ netFn }: { netFn: number }) => (netFn === 0x00 ? [0xd5] : undefined);
  const { scrape, failures } = await rig({ sim: { answer } });

  expect(startingWith(await scrape(), 'ipmi_up')).toEqual({
    'ipmi_up{collector="ipmi"}': 1,
    'ipmi_up{collector="dcmi"}': 1,
    'ipmi_up{collector="bmc"}': 1,
    'ipmi_up{collector="chassis"}': 0,
    'ipmi_up{collector="sel"}': 1,
    'ipmi_up{collector="bmc-watchdog"}': 1,
  });
  expect(failures.map((failure) => failure.split(':')[0])).toEqual(['chassis']);
});

describe('a BMC with 300 sensors that answers in 10 ms', () => {
  const records = Array.from({ length: 300 }, (_, index) =>
    fullRecord(index + 1, { number: index & 0xff, lun: index >> 8, name: `S ${index}` }),
  );

  test('is read within a scrape of 10 s, the records besides the first time', async () => {
    const { scrape } = await rig({ sim: { sdrs: { records }, responseMs: 10 } });
    const scrapes = [await scrape(), await scrape()];
    const seconds = scrapes.map((samples) => samples['ipmi_scrape_duration_seconds'] ?? NaN);

    for (const samples of [scrapes[0], scrapes[1]] as const) {
      expect(samples?.['ipmi_up{collector="ipmi"}']).toBe(1);
      expect(Object.keys(startingWith(samples ?? {}, 'ipmi_temperature_celsius'))).toHaveLength(
        300,
      );
    }
    expect(seconds[0]).toBeLessThan(9.5);
    expect(seconds[1]).toBeLessThan((seconds[0] ?? NaN) * 0.65);
  });
});

describe('a BMC that is gone', () => {
  test('costs a scrape its time; the next one after its return has everything', async () => {
    const { scrape, sim, device, clock } = await rig();
    await scrape();
    sim.fail('silent');
    const gone = [await scrape(), await scrape(), await scrape()];
    sim.calm();
    await clock.pass(60_000);
    const back = await scrape();

    for (const samples of [gone[0], gone[1], gone[2]] as const) {
      const up = startingWith(samples ?? {}, 'ipmi_up');
      expect(Object.values(up)).toEqual([0, 0, 0, 0, 0, 0]);
      expect(samples?.['ipmi_scrape_duration_seconds']).toBe(9.5);
      expect(Object.keys(startingWith(samples ?? {}, 'ipmi_temperature'))).toEqual([]);
    }
    expect(Object.values(startingWith(back, 'ipmi_up'))).toEqual([1, 1, 1, 1, 1, 1]);
    expect(device.state).toBe('ready');
    expect(back).toMatchObject({
      ipmi_bt_losses_total: 1,
      ipmi_bt_recoveries_total: 1,
      ipmi_bt_ready: 1,
    });
  });

  test('may be gone in the middle of a scrape, which has what was read before', async () => {
    const { scrape, sim } = await rig({ sim: { responseMs: 10 } });
    await scrape();
    sim.fail('drop', { commands: 1000, skip: 8 });
    const samples = await scrape();

    const up = Object.values(startingWith(samples, 'ipmi_up'));
    expect(up).toContain(0);
    expect(up).toContain(1);
  });
});
