/**
 * Events from the log of a simulated BMC to a stream: each record that the agent has read reaches
 * it once, in order, whatever fails meanwhile. An agent is killed at each step of the disk and of
 * publishing, and at random by seed.
 */

import { open } from 'ipmi-bt';
import type { Device } from 'ipmi-bt';
import { SimBmc } from 'ipmi-bt/sim';
import { VirtualClock } from 'ipmi-bt/sim/clock';
import { describe, expect, test } from 'vitest';

import { POLL_MS, SelSource } from '../../src/agent/sel-source.ts';
import { Publisher, publishError } from '../../src/agent/publisher.ts';
import { Spool, WAITING_MAX } from '../../src/agent/spool.ts';
import { parseHostEvent } from '../../src/nats/protocol.ts';
import { FakeDisk } from '../disk/fake-disk.ts';

/** The records that the log of the simulated BMC begins with. */
const FIRST = 2;

const ADD_ENTRY = { netFn: 0x0a, cmd: 0x44 };
const RESERVE = { netFn: 0x0a, cmd: 0x42 };
const CLEAR = { netFn: 0x0a, cmd: 0x47 };

/** A record of a sensor's event, with a number of its own in its last byte. */
function record(number: number): Uint8Array {
  const own = [number & 0xff, number >> 8];
  return Uint8Array.of(0, 0, 2, 0, 0, 0, 0, 0x20, 0, 4, 1, 0x30, 1, 0x59, ...own);
}

/** A stream with a duplicate window without end, and ways to lose what is sent to it. */
class Stream {
  readonly records: string[] = [];
  readonly #ids = new Set<string>();
  /** The next publication: is lost, or has its acknowledgement lost. */
  trouble: 'none' | 'lost' | 'unacknowledged' = 'none';

  take(body: Uint8Array, id: string): void {
    const { trouble } = this;
    this.trouble = 'none';
    if (trouble === 'lost') throw new Error('no server');
    const event = parseHostEvent(body);
    expect(event.id).toBe(id);
    if (!this.#ids.has(id)) this.records.push(event.record ?? '');
    this.#ids.add(id);
    if (trouble === 'unacknowledged') throw new Error('no acknowledgement');
  }
}

class Rig {
  readonly clock = new VirtualClock();
  readonly bmc = new SimBmc({ clock: this.clock });
  readonly disk = new FakeDisk();
  readonly stream = new Stream();
  readonly errors: unknown[] = [];
  #device: Device | undefined;
  #stop: (() => Promise<void>) | undefined;

  async begin(): Promise<void> {
    const { clock, bmc } = this;
    this.#device = await clock.until(open({ base: bmc.base, port: bmc, clock }));
  }

  get device(): Device {
    if (this.#device === undefined) throw new Error('bug: begin() first');
    return this.#device;
  }

  /** Starts an agent; a Killed error of its disk ends it as the process would. */
  start(keeps = 1): void {
    const { clock, disk, device, stream } = this;
    disk.restart(keeps);
    const onError = (error: unknown): number => this.errors.push(error);
    const spool = new Spool(disk, onError);
    const parts = { host: 'a', requester: device, spool, clock, wallMs: () => 0, onError };
    const source = new SelSource(parts);
    const end = new AbortController();
    void source.run(end.signal);
    const publisher = new Publisher({
      ...{ spool, clock, onError, random: () => 0 },
      publish: async (body, id) => {
        disk.step();
        stream.take(body, id);
        disk.step();
        await Promise.resolve();
      },
    });
    this.#stop = async () => {
      end.abort(new Error('stop'));
      await publisher.close();
    };
  }

  /** Ends the agent, killed or not. */
  async stop(): Promise<void> {
    await this.clock.until(this.#stop?.() ?? Promise.resolve());
  }

  async add(number: number): Promise<void> {
    const data = record(number);
    const { completionCode } = await this.clock.until(this.device.request({ ...ADD_ENTRY, data }));
    expect(completionCode).toBe(0);
  }

  async clear(): Promise<void> {
    const { data } = await this.clock.until(this.device.request(RESERVE));
    const words = Uint8Array.of(data[0] ?? 0, data[1] ?? 0, 0x43, 0x4c, 0x52, 0xaa);
    await this.clock.until(this.device.request({ ...CLEAR, data: words }));
  }

  /** The numbers of the records in the stream, without those that the log began with. */
  get numbers(): readonly number[] {
    const own = this.stream.records.filter((digits) => digits.slice(22, 28) === '300159');
    return own.map((digits) => parseInt(digits.slice(30, 32) + digits.slice(28, 30), 16));
  }
}

async function started(): Promise<Rig> {
  const rig = new Rig();
  await rig.begin();
  rig.start();
  await rig.clock.pass(POLL_MS + 1);
  return rig;
}

const PAUSES = 10 * POLL_MS;

test('each record is told once, in the order of the log', async () => {
  const rig = await started();
  expect(rig.stream.records).toHaveLength(FIRST);
  for (const number of [1, 2, 3]) await rig.add(number);
  await rig.clock.pass(2 * POLL_MS);

  expect(rig.numbers).toEqual([1, 2, 3]);
  expect(rig.errors).toEqual([]);
  await rig.stop();
});

test('a log that was cleared is read from its beginning, and what was told is not told again', async () => {
  const rig = await started();
  await rig.add(1);
  await rig.clock.pass(POLL_MS);
  await rig.clear();
  // So many that the number of the last record of before is there again.
  const after = [2, 3, 4, 5, 6, 7];
  for (const number of after) await rig.add(number);
  await rig.clock.pass(2 * POLL_MS);
  await rig.stop();
  rig.start();
  await rig.clock.pass(2 * POLL_MS);

  expect(rig.numbers).toEqual([1, ...after]);
  await rig.stop();
});

test.each(['lost', 'unacknowledged'] as const)(
  'an event that is %s is sent again',
  async (trouble) => {
    const rig = await started();
    await rig.add(1);
    rig.stream.trouble = trouble;
    await rig.add(2);
    await rig.clock.pass(PAUSES);

    expect(rig.numbers).toEqual([1, 2]);
    expect(rig.errors).toHaveLength(1);
    await rig.stop();
  },
);

test('a spool that is full leaves the rest in the log, and takes it when there is room', async () => {
  const rig = new Rig();
  await rig.begin();
  const onError = (error: unknown): number => rig.errors.push(error);
  const spool = new Spool(rig.disk, onError);
  for (let number = 0; number < WAITING_MAX - 1; number += 1) {
    spool.add({ host: 'a', id: `old-${number}`, kind: 'sel', at: '2026-01-01T00:00:00.000Z' });
  }
  const { clock, device: requester } = rig;
  const source = new SelSource({ host: 'a', requester, spool, clock, wallMs: () => 0, onError });
  await clock.until(source.poll());
  expect(spool.size).toBe(WAITING_MAX);
  await clock.until(source.poll());
  expect(spool.size).toBe(WAITING_MAX);

  spool.done('old-0');
  spool.done('old-1');
  await clock.until(source.poll());
  expect(spool.size).toBe(WAITING_MAX - 2 + FIRST - 1);
  expect(rig.errors).toEqual([]);
});

test('of events that a full log has overwritten, only so many are remembered', async () => {
  const rig = await started();
  await rig.stop();
  const onError = (error: unknown): number => rig.errors.push(error);
  const spool = new Spool(rig.disk, onError);
  const { clock, device: requester } = rig;
  const source = new SelSource({ host: 'a', requester, spool, clock, wallMs: () => 0, onError });
  await clock.until(source.poll());
  for (let number = 0; number < 1500; number += 1) {
    spool.add({ host: 'a', id: `old-${number}`, kind: 'sel', at: '2026-01-01T00:00:00.000Z' });
    spool.done(`old-${number}`);
  }
  await rig.add(1);
  await clock.until(source.poll());

  expect([spool.knownSize, spool.size]).toEqual([FIRST + 1, 1]);
  expect(rig.errors).toEqual([]);
});

test('a record that cannot be read keeps none of the others back', async () => {
  const rig = new Rig();
  Object.assign(rig, { bmc: new SimBmc({ clock: rig.clock, sel: { unreadable: { 1: 0xce } } }) });
  await rig.begin();
  rig.start();
  await rig.clock.pass(POLL_MS);
  await rig.add(7);
  await rig.clock.pass(PAUSES);

  expect(rig.numbers).toEqual([7]);
  expect(rig.stream.records).toHaveLength(FIRST);
  // The error is told a few times, and not with each look at the log.
  expect(rig.errors.length).toBeGreaterThan(0);
  expect(rig.errors.length).toBeLessThan(PAUSES / POLL_MS);
  await rig.stop();
});

describe('an agent that is killed', () => {
  /** Steps of two events: append, sync, two of publishing, append, sync, for each. */
  const STEPS = Array.from({ length: 13 }, (_, step) => step);
  const KEEPS = [1, 0.5, 0];

  test.each(STEPS.flatMap((step) => KEEPS.map((keeps) => [step, keeps] as const)))(
    'at step %i, with %f of what was not synchronized, tells each event once',
    async (step, keeps) => {
      const rig = await started();
      rig.disk.killAt(step);
      for (const number of [1, 2]) await rig.add(number);
      await rig.clock.pass(2 * POLL_MS);
      await rig.stop();
      rig.start(keeps);
      await rig.clock.pass(PAUSES);

      expect(rig.numbers).toEqual([1, 2]);
      await rig.stop();
    },
  );

  test.each(Array.from({ length: 40 }, (_, seed) => seed + 1))(
    'again and again, by seed %i, tells each event once and in order',
    async (seed) => {
      let state = seed;
      const random = (most: number): number => {
        state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
        return (state >> 8) % most;
      };
      const rig = await started();
      const added: number[] = [];
      for (let round = 0; round < 12; round += 1) {
        rig.disk.killAt(random(30));
        for (let count = random(4); count > 0; count -= 1) {
          added.push(added.length + 1);
          await rig.add(added.length);
        }
        rig.stream.trouble = (['none', 'lost', 'unacknowledged'] as const)[random(3)] ?? 'none';
        await rig.clock.pass(random(3) * POLL_MS);
        await rig.stop();
        rig.start(random(5) / 4);
      }
      await rig.clock.pass(PAUSES);

      expect(rig.numbers).toEqual(added);
      await rig.stop();
    },
  );
});

describe('an error of publishing', () => {
  test('for want of a stream says to make one', () => {
    const error = Object.assign(new Error('jetstream is not enabled'), {
      name: 'JetStreamNotEnabled',
    });

    expect(String(publishError(error, 'ipmi-bt-events.uv1'))).toMatch(
      /no stream of NATS has the subject ipmi-bt-events\.uv1: make one/,
    );
  });

  test('of another kind stays as it is', () => {
    const error = new Error('timeout');

    expect(publishError(error, 'ipmi-bt-events.uv1')).toBe(error);
  });
});
