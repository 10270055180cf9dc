/**
 * BMCs that never stop sending responses, that answer long after the attempt is over, and that meet
 * a sequence number again: what a device makes of them, and what other processes get.
 */

import { describe, expect, onTestFinished, test } from 'vitest';

import type { IpmiError } from '../../src/errors.ts';
import type { PortIo } from '../../src/port/port.ts';
import { openFrom } from '../../src/registry/open.ts';
import { SimBmc } from '../../src/sim/bmc.ts';
import { FaultyBmc } from '../../src/sim/faults.ts';
import type { Fault } from '../../src/sim/faults.ts';
import { VirtualClock } from '../../src/sim/virtual-clock.ts';
import { memoryStore } from '../../src/share/sequence-numbers.ts';
import { newDevice } from '../support/new-device.ts';
import { bringUpOptions } from '../support/rig.ts';
import { CyclePort } from '../support/wraps.ts';
import { SharedLock } from '../support/shared-lock.ts';

const HOUR_MS = 3_600_000;
const READ = { netFn: 0x06, cmd: 0x01 };

/** Echo, which is no command that may be repeated. */
function change(...data: number[]) {
  return { netFn: 0x30, cmd: 0x01, data: Uint8Array.from(data) };
}

/** The floods: what everyMs is, and what the BMC does besides. */
const FLOODS: readonly [string, readonly Fault[], { responseMs: number }][] = [
  ['at once', flood(0), { responseMs: 20_000 }],
  ['one a millisecond', flood(1), { responseMs: 20_000 }],
  ['one a second', flood(1000), { responseMs: 20_000 }],
  ['at once, while B_BUSY is set', [...flood(0), busy()], { responseMs: 0 }],
  [
    'one a millisecond, while B2H_ATN cannot be cleared',
    [...flood(1), sticky()],
    { responseMs: 0 },
  ],
];

function flood(everyMs: number): readonly Fault[] {
  return [{ kind: 'flood', fromMs: 1000, forMs: HOUR_MS, everyMs }];
}

function busy(): Fault {
  return { kind: 'busy', flapping: false, fromMs: 1000, forMs: HOUR_MS };
}

function sticky(): Fault {
  return { kind: 'sticky', hits: Infinity, fromMs: 1000, forMs: HOUR_MS };
}

describe('stale responses without end,', () => {
  test.each(FLOODS)(
    '%s: the attempt ends, the BMC is lost, others get the lock',
    async (...row) => {
      const [, faults, { responseMs }] = row;
      const clock = new VirtualClock();
      const port = new FaultyBmc({ clock, faults, responseMs, showsBusy: false, seed: 1 });
      const lock = new SharedLock();
      const device = newDevice({ port, clock, lock: lock.as('us') });
      onTestFinished(() => clock.until(device.close()));
      await clock.until(device.bringUp('lazy', bringUpOptions(clock)));
      await clock.pass(1000 - clock.now());
      const fromMs = clock.now();
      const failed = device.request(change(1)).catch((error: unknown) => error as IpmiError);

      expect(await clock.until(failed)).toMatchObject({ name: 'IpmiError' });
      await clock.pass(20_000);
      expect(device.state).toBe('lost');
      // The attempt took its time and no longer: 6 s to become ready at most, 6 s for the reply.
      expect(lock.holders.length).toBeGreaterThan(1);
      expect(clock.now() - fromMs).toBeLessThan(45_000);

      // Another process that waits gets its turn, again and again.
      const other = lock.as('other');
      for (let turn = 0; turn < 3; turn += 1) {
        const sinceMs = clock.now();
        while (!other.tryAcquire(false)) {
          await clock.pass(5);
          // Late replies make the search give the BMC four attempts' time.
          expect(clock.now() - sinceMs).toBeLessThan(25_000);
        }
        await clock.pass(100);
        other.release();
        await clock.pass(100);
      }
    },
  );

  test('one an instant costs no more looks than a BMC that is silent', async () => {
    const looks = await Promise.all(
      [flood(0), [{ kind: 'deaf', fromMs: 1000, forMs: HOUR_MS } as const]].map(async (faults) => {
        const clock = new VirtualClock();
        const port = new FaultyBmc({ clock, faults, seed: 1, responseMs: 20_000 });
        const device = newDevice({ port, clock });
        await clock.until(device.bringUp('lazy', bringUpOptions(clock)));
        await clock.pass(1000 - clock.now());
        void device.request(change(1)).catch(() => undefined);
        await clock.pass(600_000);
        const { shortTimeouts, hosedCount } = device.statistics();
        await clock.until(device.close());
        expect(hosedCount).toBe(1);
        return shortTimeouts;
      }),
    );

    expect(looks[0]).toBeLessThan(3 * (looks[1] ?? 0));
  });
});

/** A port that leads to another one. */
function passing(port: PortIo): PortIo {
  return new CyclePort(port, () => undefined);
}

/** How the process before came to its end while the BMC had its request. */
const ENDS = ['killed', 'closed', 'alive'] as const;

describe('an answer to a former request of the same number', () => {
  test.each(ENDS)('is never believed; the process before: %s', async (end) => {
    for (let firstSeq = 0; firstSeq < 256; firstSeq += 1) {
      const clock = new VirtualClock();
      // The first command's answer comes when its number is met again; later ones at once.
      const faults: Fault[] = [{ kind: 'metAgain', at: 0 }];
      const port = new FaultyBmc({ clock, faults, seed: 1, showsBusy: false, strict: false });
      // A port for each process, and what they keep in a file.
      const [store, how] = [memoryStore(), { clock, base: 0xce4, bringUp: 'lazy' } as const];
      const open = (seq: number) => openFrom(seq, { ...how, port: passing(port) }, store);
      const before = await clock.until(open(7));
      const lost = before.request(change(0xaa, 1, 1), { timeoutMs: 50 }).catch(() => undefined);
      await clock.until(lost);
      if (end === 'closed') await clock.until(before.close());
      if (end === 'alive') await clock.pass(30_000);
      const after = end === 'alive' ? before : await clock.until(open(firstSeq));
      const asked = end === 'alive' && firstSeq === 0 ? 600 : 1;
      for (let index = 0; index < asked; index += 1) {
        const reply = await clock.until(after.request(change(0xbb, 2, index & 0xff)));
        expect([...reply.data]).toEqual([0xbb, 2, index & 0xff]);
      }
      await clock.until(after.close());
      if (end === 'alive') break;
    }
  });

  test('is never believed, when every answer comes after its attempt', async () => {
    const clock = new VirtualClock();
    let isLate = true;
    const port = new SimBmc({
      ...{ clock, showsBusy: false, strict: false },
      responseMs: ({ cmd }) => (cmd === 0x01 && isLate ? 11_000 : 0),
    });
    const device = await clock.until(openFrom(0, { port, clock, base: 0xce4, bringUp: 'lazy' }));
    await clock.until(device.request(change(0xaa, 1, 1), { timeoutMs: 50 }).catch(() => undefined));
    await clock.pass(8000);
    isLate = false;
    for (let index = 0; index < 300; index += 1) {
      const reply = await clock.until(device.request(change(0xbb, 2, index & 0xff)));
      expect([...reply.data]).toEqual([0xbb, 2, index & 0xff]);
    }
    await clock.until(device.close());
  });
});

test('a command that only reads is answered by the reply to an earlier attempt', async () => {
  const clock = new VirtualClock();
  const port = new SimBmc({ clock, responseMs: ({ cmd }) => (cmd === 0x01 ? 9000 : 0) });
  const device = await clock.until(openFrom(0, { port, clock, base: 0xce4, bringUp: 'lazy' }));
  const startMs = clock.now();
  const reply = await clock.until(device.request(READ, { timeoutMs: 30_000 }));

  expect(reply.completionCode).toBe(0);
  expect(clock.now() - startMs).toBeLessThan(9300);
  // The BMC has executed it once.
  expect(port.executed.filter(({ cmd }) => cmd === 0x01)).toHaveLength(1);
  await clock.until(device.close());
});
