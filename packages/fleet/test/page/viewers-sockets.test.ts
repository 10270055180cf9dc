/** Pages that read, that never read, and that go in the middle, over real sockets. */

import { get } from 'node:http';
import type { IncomingMessage } from 'node:http';

import { systemClock } from 'ipmi-bt';
import { VirtualClock } from 'ipmi-bt/sim/clock';
import { expect, onTestFinished, test, vi } from 'vitest';

import { greatest } from '../../../../test/support/lists.ts';
import type { Delta } from '../../src/page/messages.ts';
import { FleetModel } from '../../src/page/model.ts';
import { BATCH_MS, BEAT_MS } from '../../src/page/viewers.ts';
import { START_MS, servePage } from './rig.ts';

const PATIENCE = { timeout: 120_000, interval: 25 };

/** Hosts whose rows are more than a connection of the system keeps. */
const COUNT = 20_000;

/** Far more than a connection of the system keeps for a page that does not read. */
const ROUNDS = 20;

async function serving(count: number, clock = systemClock) {
  const status = { version: '1', intervalMs: 30_000, smokeIntervalMs: null };
  const model = new FleetModel({ wallMs: () => START_MS, status });
  model.add(Array.from({ length: count }, (_, at) => `h${at}`));
  const page = await servePage(model, clock);
  onTestFinished(() => page.server.close());
  return { ...page, model };
}

async function begin(port: number): Promise<IncomingMessage> {
  const options = { host: '127.0.0.1', port, path: '/live', agent: false };
  const stream = await new Promise<IncomingMessage>((resolve, reject) => {
    get(options, resolve).on('error', reject);
  });
  stream.on('error', () => undefined);
  return stream;
}

/** Changes all rows, by texts as long as texts are. */
function change({ hosts, heard }: Pick<FleetModel, 'hosts' | 'heard'>, round: number): void {
  const [code, outcome] = ['BMC_UNRESPONSIVE', 'unknown'] as const;
  const message = `${round} ${'x'.repeat(250)}`;
  for (const host of hosts) {
    heard(host, { kind: 'failure', code, outcome, isFromAgent: true, message }, 1);
  }
}

test('a large fleet is there for a page that reads, in messages that are bounded', async () => {
  const { port, model, viewers } = await serving(COUNT);
  change({ hosts: model.hosts, heard: model.heard.bind(model) }, 0);
  const stream = await begin(port);
  const sizes: number[] = [];
  const hosts = new Set<string>();
  let rest = '';
  await new Promise<void>((resolve) => {
    stream.setEncoding('utf8').on('data', (text: string) => {
      const messages = (rest + text).split('\n\n');
      rest = messages.pop() ?? '';
      for (const one of messages) {
        sizes.push(one.length);
        const delta = JSON.parse(/^data: (.*)$/m.exec(one)?.[1] ?? '') as Delta;
        for (const { host } of delta.rows ?? []) hosts.add(host);
        if (delta.isWhole === true) resolve();
      }
    });
  });
  stream.destroy();

  expect([hosts.size, viewers.count]).toEqual([COUNT, 1]);
  expect(greatest(sizes)).toBeLessThan(500_000);
});

test('a page that never reads is cut off, and keeps nothing from one that does', async () => {
  const clock = new VirtualClock();
  const { port, model, viewers } = await serving(COUNT, clock);
  const deaf = await begin(port);
  deaf.pause();
  for (let round = 0; round < ROUNDS && viewers.count > 0; round += 1) {
    change({ hosts: model.hosts, heard: model.heard.bind(model) }, round);
    await clock.pass(BATCH_MS);
    // What the system takes, it takes at once.
    for (let turn = 0; turn < 100; turn += 1) {
      await new Promise<void>((resolve) => systemClock.turn(resolve));
    }
    await clock.pass(7 * BEAT_MS);
  }
  const count = viewers.count;
  const stream = await begin(port);
  const first = await new Promise((resolve) => stream.setEncoding('utf8').once('data', resolve));
  stream.destroy();
  deaf.destroy();

  expect(count).toBe(0);
  expect(first).toMatch(/^event: snapshot\n/);
});

test('a page that goes in the middle of the first picture leaves no trace', async () => {
  const { port, viewers, errors } = await serving(COUNT);
  const streams = await Promise.all(Array.from({ length: 8 }, () => begin(port)));
  for (const stream of streams) {
    stream.once('data', () => {
      stream.destroy();
    });
  }
  await vi.waitFor(() => {
    expect(viewers.count).toBe(0);
  }, PATIENCE);

  expect(errors).toEqual([]);
});
