/** The door below a device: registers and machine alone, and everything undone at its end. */

import { expect, onTestFinished, test } from 'vitest';

import { OpenDevices } from '../../src/registry/open-devices.ts';
import { openDoor } from '../../src/registry/door.ts';
import type { Plan } from '../../src/registry/register.ts';
import { targetAt } from '../../src/registry/target.ts';
import { btBlock } from '../../src/port/register-block.ts';
import { SimBmc } from '../../src/sim/bmc.ts';
import { VirtualClock } from '../../src/sim/virtual-clock.ts';
import { GET_DEVICE_ID } from '../support/rig.ts';

function bench(options: Partial<Plan['options']> = {}) {
  const clock = new VirtualClock();
  const bmc = new SimBmc({ clock, responseMs: 5 });
  const openDevices = new OpenDevices();
  const plan: Plan = {
    options: { port: bmc, clock, ...options },
    target: targetAt(btBlock(bmc.base)),
    firstSeq: 0,
    deadlineMs: 1000,
    openDevices,
  };
  onTestFinished(() => {
    expect(clock.pending).toBe(0);
  });
  return { clock, bmc, plan };
}

const ATTEMPT = { request: GET_DEVICE_ID, seq: 7, startByMs: 100, replyWithinMs: 500 };

test('nothing is asked or written until the test does it', async () => {
  const { bmc, plan } = bench();

  const door = await openDoor(plan);

  expect([bmc.executed, bmc.writes]).toEqual([[], 0]);
  expect(door.registers.presence()).toMatchObject({ kind: 'present' });
  expect([bmc.executed, bmc.writes]).toEqual([[], 0]);
  await door.close();
  expect(() => bmc.inb(bmc.base)).toThrow('after close()');
});

test('the machine can be polled by hand, and what it leaves is quiet', async () => {
  const { clock, bmc, plan } = bench();
  const door = await openDoor(plan);
  await door.arbiter.acquire(clock, { deadlineMs: 1000, signal: undefined });

  door.machine.start(ATTEMPT);
  expect(door.machine.poll(0)).toMatchObject({ kind: 'wait', rung: true });
  clock.skip(5);
  expect(door.machine.poll(5)).toMatchObject({ kind: 'done', reply: { completionCode: 0 } });

  bmc.leaveResponse([0x1c, 8, 0x01, 0x00]);
  await door.close();
  bmc.assertQuiet();
});

test('every register access can be traced', async () => {
  const lines: string[] = [];
  const { plan } = bench({ trace: { write: (line) => lines.push(line), payload: false } });
  const door = await openDoor(plan);

  door.registers.status();

  expect(lines).toEqual(['in  BT_CTRL    0x00']);
  await door.close();
});

test('the end of the process leaves the hardware quiet, and close() is idempotent', async () => {
  const { clock, bmc, plan } = bench();
  const door = await openDoor(plan);
  await door.arbiter.acquire(clock, { deadlineMs: 1000, signal: undefined });
  door.machine.start(ATTEMPT);
  door.machine.poll(0);
  bmc.leaveResponse([0x1c, 8, 0x01, 0x00]);

  for (const listener of process.listeners('exit').slice(-1)) listener(0);

  bmc.assertQuiet();
  expect(() => bmc.inb(bmc.base)).toThrow('after close()');
  await door.close();
  await door.close();
});

test('an interface that another device has is refused, and nothing is left', async () => {
  const { plan } = bench();
  const owner = plan.openDevices.add(plan.target.block.base, true);

  const refused = openDoor({ ...plan, options: { ...plan.options, port: 'native' } });

  await expect(refused).rejects.toThrow('DEVICE_LOCKED');
  owner.rollback.runNow();
});
