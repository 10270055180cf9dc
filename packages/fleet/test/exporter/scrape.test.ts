/** One round: what is added after its end does not count. */

import { expect, test } from 'vitest';

import type { Round } from '../../src/exporter/collector.ts';
import { Scrape } from '../../src/exporter/scrape.ts';

test('what a collector adds after the end is not there', async () => {
  const rounds: Round[] = [];
  let finish: () => void = () => undefined;
  const collect = async (round: Round): Promise<void> => {
    rounds.push(round);
    round.add({ metric: 'ipmi_sel_logs_count', value: 1 });
    await new Promise<void>((resolve) => (finish = resolve));
    round.add({ metric: 'ipmi_sel_free_space_bytes', value: 2 });
  };
  const failures: unknown[] = [];
  const scrape = new Scrape([{ name: 'one', collect }], (...failure) => failures.push(failure));
  scrape.join();
  scrape.leave();
  finish();
  await scrape.ended;

  expect(scrape.isAbandoned).toBe(true);
  expect(scrape.samples()).toEqual([
    { metric: 'ipmi_sel_logs_count', value: 1 },
    { metric: 'ipmi_up', labels: { collector: 'one' }, value: 0 },
  ]);
  expect(failures).toEqual([]);
});
