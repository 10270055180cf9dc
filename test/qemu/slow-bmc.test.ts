/**
 * The driver over QEMU and a BMC that answers late, not at all, or is away: in real time, with the
 * order of things on the wire as the oracle. QEMU itself gives a silent BMC up after 4 s; the tests
 * that have to wait for that run side by side.
 */

import { expect, onTestFinished, test } from 'vitest';

import { open } from '../../src/index.ts';
import type { Device, OpenOptions, RequestOptions } from '../../src/index.ts';
import { RecordingPort } from '../support/recording-port.ts';
import { GET_DEVICE_ID, echo, outcomeOf } from '../support/rig.ts';
import { Ctrl, boot, readCtrl, sendFrame, until, untilCtrl } from './by-hand.ts';
import { describeWithQemu } from './describe-with-qemu.ts';
import { EXTERN_DEVICE_ID, ExternBmc } from './extern-bmc.ts';
import type { BmcFate, BmcRequest } from './extern-bmc.ts';
import { startQemu } from './qemu.ts';
import type { Qemu } from './qemu.ts';

/** Payloads that are not to be taken for one another. */
const A = [0xa1, 0xa2, 0xa3];
const B = [0xb1, 0xb2];
const C = [0xc1];

const DEVICE_ID = [...EXTERN_DEVICE_ID];

/**
 * The caller's patience, and the time of the BMC for its first command: much longer, so that a host
 * under load looks in between, and shorter than the 4 s after which QEMU gives the BMC up.
 */
const PATIENCE_MS = 150;
const SLOW_MS = 2_500;

/** Silence is noticed long before QEMU gives the BMC up, which is no multiple of it. */
const IMPATIENT = { attemptTimeoutMs: 1200 };

/** What QEMU answers for a BMC that is silent, and for one that is away. */
const SILENT = 0xc3;
const AWAY = { completionCode: 0xd2 };

/** What is lost, and how often the BMC executes the command nevertheless. */
const LOSSES: readonly (readonly ['request' | 'reply', number])[] = [
  ['request', 0],
  ['reply', 1],
];

type Plan = (request: BmcRequest, index: number) => BmcFate;

interface Rig {
  readonly bmc: ExternBmc;
  readonly qemu: Qemu;
  readonly port: RecordingPort;
  readonly device: Device;
  readonly stop: () => Promise<void>;
}

describeWithQemu('the driver over QEMU with a BMC that is slow', () => {
  test.each<[string, string, () => RequestOptions]>([
    ['whose time was over', 'REQUEST_TIMEOUT', () => ({ timeoutMs: PATIENCE_MS })],
    ['who aborted', 'REQUEST_ABORTED', () => ({ signal: AbortSignal.timeout(PATIENCE_MS) })],
  ])('drops the late answer to a caller %s, and gives the next his own', async (_, code, how) => {
    const { bmc, qemu, port, device } = await rig(firstFate({ delayMs: SLOW_MS }));

    const first = device.request(echo(...A), how());
    expect(await outcomeOf(first)).toEqual({ code, outcome: 'unknown' });
    const second = device.request(echo(...B));
    expect(readCtrl(qemu)).toBe(Ctrl.B_BUSY);
    expect(await outcomeOf(second)).toEqual(B);

    // The first answer was taken before the second command was written: they never overlapped.
    expect(payloads(port)).toEqual([
      ['out', ...A],
      ['in', ...A],
      ['out', ...B],
      ['in', ...B],
    ]);
    expect(executed(bmc)).toEqual([A, B]);
    expect(device.statistics()).toMatchObject({ orphans: 1, retries: 0 });
  });

  test.each<[string, number]>([
    ['before', Ctrl.B_BUSY],
    ['after', Ctrl.B2H_ATN],
  ])('closes in mid-command, and works when opened %s the late answer', async (_, ctrl) => {
    const { bmc, qemu, device } = await rig(firstFate({ delayMs: SLOW_MS }));
    const sent = outcomeOf(device.request(echo(...A)));
    const queued = outcomeOf(device.request(echo(...C)));

    // QEMU may still be busy with the answer before, and the request waits for that.
    await untilCtrl(qemu, Ctrl.B_BUSY);
    await device.close();
    expect(await sent).toEqual({ code: 'DEVICE_CLOSED', outcome: 'unknown' });
    expect(await queued).toEqual({ code: 'DEVICE_CLOSED', outcome: 'not-sent' });
    expect(readCtrl(qemu)).toBe(Ctrl.B_BUSY);

    await untilCtrl(qemu, ctrl);
    const again = await open({ base: qemu.base, port: new RecordingPort(qemu.port, qemu.base) });
    expect(again.deviceId?.manufacturerId).toBe(0xbeef);
    expect(await outcomeOf(again.request(echo(...B)))).toEqual(B);
    expect(again.statistics()).toMatchObject({ staleReplies: 1, retries: 0 });
    await again.close();

    expect(executed(bmc)).toEqual([A, [], B]);
    expect(readCtrl(qemu)).toBe(0x00);
  });
});

describeWithQemu('the driver over QEMU with a BMC that loses things', () => {
  test.concurrent.for(LOSSES)(
    'asks for the device id again, under the same seq, when the %s is lost',
    async ([drop, executions], { onTestFinished }) => {
      const { bmc, port, device, stop } = await start(firstFate({ drop }), IMPATIENT);
      onTestFinished(stop);

      expect(await outcomeOf(device.request(GET_DEVICE_ID))).toEqual(DEVICE_ID);

      // QEMU gives the first one up, and frees the interface with an answer that comes too late.
      const [asked, givenUp, looked, found, askedAgain] = port.frames();
      expect(givenUp?.bytes.at(-1)).toBe(SILENT);
      // By then the device has looked for the BMC, as it had been busy for so long.
      expect(looked?.bytes.slice(3)).toEqual(asked?.bytes.slice(3));
      expect(found?.bytes.slice(5)).toEqual(DEVICE_ID);
      expect(askedAgain).toEqual(asked);
      expect(port.frames()).toHaveLength(6);
      expect(executed(bmc)).toHaveLength(executions + 2);
      expect(device.statistics()).toMatchObject({ retries: 1, longTimeouts: 1, staleReplies: 1 });
    },
  );

  test.concurrent.for(LOSSES)(
    'does not repeat what is not known to be harmless when the %s is lost',
    async ([drop, executions], { onTestFinished }) => {
      const { bmc, qemu, port, device, stop } = await start(firstFate({ drop }), IMPATIENT);
      onTestFinished(stop);

      const lost = await outcomeOf(device.request(echo(...A)));
      expect(lost).toEqual({ code: 'BMC_UNRESPONSIVE', outcome: 'unknown' });
      expect(readCtrl(qemu)).toBe(Ctrl.B_BUSY);
      expect(await outcomeOf(device.request(echo(...B)))).toEqual(B);

      const looks = [['out'], ['in', ...DEVICE_ID]];
      expect(payloads(port)).toEqual([
        ...[['out', ...A], ['in']],
        ...looks,
        ...[
          ['out', ...B],
          ['in', ...B],
        ],
      ]);
      expect(executed(bmc)).toEqual([...Array<number[]>(executions).fill(A), [], B]);
      expect(device.statistics()).toMatchObject({ retries: 0, longTimeouts: 1, staleReplies: 1 });
    },
  );

  test('does not take the answer to another program for its own', async () => {
    const { bmc, qemu, port, device } = await rig(firstFate({ drop: 'reply' }), IMPATIENT);
    const asked = device.request(echo(...A));
    await until(
      () => bmc.executed.length === 1,
      () => 'the BMC has no command',
    );

    // The other program does not care that B_BUSY is set.
    const seq = ((port.frames()[0]?.bytes[2] ?? NaN) + 1) & 0xff;
    sendFrame(qemu, [0x05, 0x30 << 2, seq, 0x01, ...B]);

    expect(await outcomeOf(asked)).toEqual({ code: 'BMC_UNRESPONSIVE', outcome: 'unknown' });
    expect(payloads(port)).toEqual([
      ['out', ...A],
      ['in', ...B],
    ]);
    expect(device.statistics()).toMatchObject({ completeTransactions: 0, staleReplies: 1 });
  });
});

describeWithQemu('the driver over QEMU with a BMC that is away', () => {
  test("hands QEMU's 0xd2 to the caller, and the BMC's own answers when it is back", async () => {
    const { bmc, qemu, port, device } = await rig();
    await bmc.close();

    expect(await outcomeOf(device.request(echo(...A)))).toEqual(AWAY);
    expect(port.rings()).toBe(1);
    // After 0, 100, 300 and 700 ms.
    expect(await outcomeOf(device.request(GET_DEVICE_ID, { timeoutMs: 1000 }))).toEqual(AWAY);
    expect(port.rings()).toBe(1 + 4);

    await bmc.start(qemu.bmcPath);
    expect(await outcomeOf(device.request(echo(...B)))).toEqual(B);
    expect(await outcomeOf(device.request(GET_DEVICE_ID))).toEqual(DEVICE_ID);
    expect(executed(bmc)).toEqual([B, []]);
  });

  test('asks for the device id again, under the next seq, until the BMC is back', async () => {
    const { bmc, qemu, port, device } = await rig();
    await bmc.close();

    const asked = device.request(GET_DEVICE_ID, { retries: 100 });
    await untilRung(port, 2);
    await bmc.start(qemu.bmcPath);
    expect(await outcomeOf(asked)).toEqual(DEVICE_ID);

    const seqs = port.frames().map(({ bytes }) => bytes[2] ?? NaN);
    const [first = NaN] = seqs;
    // Each frame out and its answer, at least two of them.
    expect(seqs).toEqual(seqs.map((_, index) => (first + (index >> 1)) & 0xff));
    expect(seqs.length).toBeGreaterThanOrEqual(4);
    expect(executed(bmc)).toEqual([[]]);
  });

  test('opens when it is back', async () => {
    const bmc = new ExternBmc();
    const qemu = await boot({ bmc });
    const port = new RecordingPort(qemu.port, qemu.base);
    await bmc.close();

    const opening = open({ base: qemu.base, port });
    // Capabilities, which QEMU answers itself, and the device id.
    await untilRung(port, 2);
    await bmc.start(qemu.bmcPath);

    const device = await opening;
    expect(device.deviceId?.manufacturerId).toBe(0xbeef);
    await device.close();
  });
});

/** A driver that has asked nothing yet, over a BMC that treats its commands as planned. */
async function start(plan: Plan, options: Partial<OpenOptions> = {}): Promise<Rig> {
  const bmc = new ExternBmc({ plan });
  const qemu = await startQemu({ bmc });
  const { base } = qemu;
  const port = new RecordingPort(qemu.port, base);
  const device = await open({ base, port, bringUp: 'lazy', ...options });
  const stop = async (): Promise<void> => {
    await device.close();
    await qemu.stop();
  };
  return { bmc, qemu, port, device, stop };
}

/** The same, ended with the test; not for tests side by side. */
async function rig(plan: Plan = () => ({}), options: Partial<OpenOptions> = {}): Promise<Rig> {
  const all = await start(plan, options);
  onTestFinished(all.stop);
  return all;
}

/** Nothing unusual happens but to the first command. */
function firstFate(fate: BmcFate): Plan {
  return (_, index) => (index === 0 ? fate : {});
}

/** The data of the commands executed, in order. */
function executed(bmc: ExternBmc): readonly (readonly number[])[] {
  return bmc.executed.map(({ data }) => [...data]);
}

/** The data that went each way, in order. */
function payloads(port: RecordingPort): readonly (readonly (string | number)[])[] {
  return port.frames().map(({ direction, bytes }) => {
    return [direction, ...bytes.slice(direction === 'out' ? 4 : 5)];
  });
}

async function untilRung(port: RecordingPort, count: number): Promise<void> {
  await until(
    () => port.rings() >= count,
    () => `H2B_ATN was rung ${port.rings()} times, not ${count}`,
  );
}
