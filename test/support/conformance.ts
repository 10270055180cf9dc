/**
 * What the driver does over any BT interface, as one suite: a bench brings the registers and says
 * what its BMC answers, and the tests are the same for all. Nothing here looks behind the
 * registers; time is real.
 */

import { describe, expect, onTestFinished, test } from 'vitest';

import { BtMachine } from '../../src/bt/machine.ts';
import type { PollResult } from '../../src/driver/machine.ts';
import { BtRegisters } from '../../src/bt/registers.ts';
import { systemClock } from '../../src/clock.ts';
import { open } from '../../src/index.ts';
import type { Device, OpenOptions } from '../../src/index.ts';
import { CAPABILITIES, CONVERSATIONS, echo, getDeviceId, globalEnables } from './exchanges.ts';
import { replyFrame, requestFrame } from './exchanges.ts';
import type { BmcFacts } from './exchanges.ts';
import { FORMER_SEQ, REMAINS, leaveResponse, ring } from './former-owner.ts';
import type { Interface } from './former-owner.ts';
import { Ctrl } from '../qemu/by-hand.ts';
import { nonEmpty, offenders } from './lists.ts';
import { RecordingPort } from './recording-port.ts';

/** A BT interface to test over. */
export interface Bench extends Interface, BmcFacts {
  /** Makes the BMC set SMS_ATN; resolves when it reads 1. */
  raiseSmsAttention(): void | Promise<void>;
  /** Ends it; throws when its BMC has something to complain of. */
  stop(): void | Promise<void>;
}

/** A bench that ends with the test, and the driver's way to its registers. */
interface Rig {
  readonly bench: Bench;
  /** Has written down the driver's cycles, and no others. */
  readonly port: RecordingPort;
  /** Opens the bench's interface and closes it when the test is over. */
  readonly openDevice: (options?: OpenOptions) => Promise<Device>;
}

type MakeRig = () => Promise<Rig>;

/** Most data a request can carry. */
const REQUEST_DATA_MAX = 252;

/** Nothing here takes so long; it only keeps a failure from being a hang. */
const PATIENCE_MS = 5_000;

/** Registers the suite for one kind of bench; every test starts one and stops it. */
export function conformance(name: string, start: () => Promise<Bench>): void {
  const makeRig = async (): Promise<Rig> => {
    const bench = await start();
    onTestFinished(() => bench.stop());
    const port = new RecordingPort(bench.port, bench.base);
    return { bench, port, openDevice: (options) => openOn(bench, { ...options, port }) };
  };
  describe(name, () => {
    requestTests(makeRig);
    formerOwnerTests(makeRig);
    openAndCloseTests(makeRig);
  });
}

function requestTests(makeRig: MakeRig): void {
  test.each(CONVERSATIONS)('%s is answered byte for byte', async (_, exchangesWith) => {
    const { bench, openDevice } = await makeRig();
    const device = await openDevice();

    for (const { request, reply } of nonEmpty(exchangesWith(bench))) {
      expect(await device.request(request)).toEqual(reply);
    }
  });

  test('request data of every length, 0 to 252 bytes, arrive and are answered', async () => {
    const { bench, openDevice } = await makeRig();
    const device = await openDevice();

    for (let length = 0; length <= REQUEST_DATA_MAX; length += 1) {
      const { request, reply } = echo(bench, length);
      expect(await device.request(request), `${length} bytes`).toEqual(reply);
    }
  });

  test('253 bytes are refused before any port is touched', async () => {
    const { bench, port, openDevice } = await makeRig();
    const device = await openDevice();
    const { length } = port.cycles;

    const refused = device.request(echo(bench, REQUEST_DATA_MAX + 1).request);

    await expect(refused).rejects.toMatchObject({ code: 'REQUEST_TOO_LONG', outcome: 'not-sent' });
    expect(port.cycles).toHaveLength(length);
  });

  test('fifty requests at once each get their own answer, in the order of asking', async () => {
    const { bench, openDevice } = await makeRig();
    const device = await openDevice();
    // What was set just before is what Get says: the BMC keeps the order too.
    const rounds = [...Array(17).keys()];
    const all = rounds.flatMap((round) => [...globalEnables(round << 2), echo(bench, round)]);
    const exchanges = all.slice(0, 50);
    const settled: number[] = [];

    const replies = await Promise.all(
      exchanges.map(async ({ request }, index) => {
        const reply = await device.request(request);
        settled.push(index);
        return reply;
      }),
    );

    expect(replies).toEqual(exchanges.map(({ reply }) => reply));
    expect(settled).toEqual([...exchanges.keys()]);
  });

  test('SMS_ATN neither disturbs nor is cleared', async () => {
    const { bench, openDevice } = await makeRig();
    await bench.raiseSmsAttention();

    const device = await openDevice();
    const { request, reply } = echo(bench, 8);
    expect(await device.request(request)).toEqual(reply);
    await device.close();

    expect(bench.port.inb(bench.base)).toBe(Ctrl.SMS_ATN);
    expect(device.statistics()).toMatchObject({ attentions: 1, completeTransactions: 3 });
  });
}

function formerOwnerTests(makeRig: MakeRig): void {
  describe.each(['full', 'lazy'] as const)('left behind before a %s open()', (bringUp) => {
    test.each(REMAINS)('%s is no harm', async (_, staleReplies, leave) => {
      const { bench, openDevice } = await makeRig();
      await leave(bench);

      const device = await openDevice({ bringUp });
      const { request, reply } = echo(bench, 8);
      expect(await device.request(request)).toEqual(reply);

      const completeTransactions = bringUp === 'full' ? 3 : 1;
      expect(device.statistics()).toMatchObject({ completeTransactions, staleReplies, retries: 0 });
      expect(bench.port.inb(bench.base)).toBe(0x00);
    });
  });

  test('polling early and often moves no other byte and brings no other result', async () => {
    const { bench, port } = await makeRig();
    const registers = new BtRegisters(port, { base: bench.base, spacing: 1 });
    const machine = new BtMachine(registers);
    const [exchange, seq] = [echo(bench, 40), FORMER_SEQ + 1];
    ring(bench);

    const startByMs = systemClock.now() + PATIENCE_MS;
    const { request, reply } = exchange;
    machine.start({ request, seq, startByMs, replyWithinMs: PATIENCE_MS });
    const [end, ...after] = await pollOften(machine);

    expect(end).toEqual({ kind: 'done', rung: true, stale: false, reply, more: false });
    expect(new Set(after.map(({ kind }) => kind))).toEqual(new Set(['idle']));
    expect(port.rings()).toBe(1);
    expect(port.frames()).toEqual([
      { direction: 'in', bytes: replyFrame(getDeviceId(bench), FORMER_SEQ) },
      { direction: 'out', bytes: requestFrame(exchange, seq) },
      { direction: 'in', bytes: replyFrame(exchange, seq) },
    ]);
  });
}

function openAndCloseTests(makeRig: MakeRig): void {
  test('open() asks for capabilities and device id, and nothing else', async () => {
    const { bench, port, openDevice } = await makeRig();

    const device = await openDevice();

    const [outstandingRequests, inputBytes, outputBytes, responseTimeSeconds, retries] =
      CAPABILITIES;
    const sizes = { outstandingRequests, inputBytes, outputBytes };
    expect(device.capabilities).toEqual({ ...sizes, responseTimeSeconds, retries });
    expect(device.deviceId?.deviceId).toBe(bench.deviceId[0]);
    expect(port.rings()).toBe(2);
  });

  test('a lazy open() writes to no port', async () => {
    const { port, openDevice } = await makeRig();

    const device = await openDevice({ bringUp: 'lazy' });

    expect(device.deviceId).toBeUndefined();
    expect(offenders(port.cycles, ({ direction }) => direction === 'out')).toEqual([]);
  });

  test('close() leaves the registers as they were found', async () => {
    const { bench, port, openDevice } = await makeRig();
    const readBoth = (): number[] => [0, 2].map((offset) => bench.port.inb(bench.base + offset));
    const found = readBoth();

    const device = await openDevice();
    await device.request(echo(bench, 8).request);
    await device.close();

    expect(readBoth()).toEqual(found);
    expect(port.writes(2)).toEqual([]);
  });

  test('close() takes out a response that nobody waits for', async () => {
    const { bench, port, openDevice } = await makeRig();
    const device = await openDevice();
    await leaveResponse(bench);

    await device.close();

    expect(bench.port.inb(bench.base)).toBe(0x00);
    const bytes = replyFrame(getDeviceId(bench), FORMER_SEQ);
    expect(port.frames().at(-1)).toEqual({ direction: 'in', bytes });
  });
}

async function openOn(bench: Bench, options: OpenOptions): Promise<Device> {
  const device = await open({ base: bench.base, ...options });
  onTestFinished(async () => {
    await device.close();
    expect(bench.port.inb(bench.base) & (Ctrl.H_BUSY | Ctrl.B2H_ATN)).toBe(0);
  });
  return device;
}

/** Polls ten times wherever once would do, until the attempt is over and then again. */
async function pollOften(machine: BtMachine): Promise<readonly PollResult[]> {
  const steps: PollResult[] = [];
  const burst = (): void => {
    for (let count = 0; count < 10; count += 1) steps.push(machine.poll(systemClock.now()));
  };
  while (steps.every(({ kind }) => kind === 'wait')) {
    burst();
    await new Promise<void>((resolve) => systemClock.turn(resolve));
  }
  burst();
  return steps.filter(({ kind }) => kind !== 'wait');
}
