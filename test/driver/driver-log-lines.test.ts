/** What a device logs: one line for each thing that an operator looks for, with its numbers. */

import { expect, test } from 'vitest';

import { open } from '../../src/index.ts';
import type { Log } from '../../src/log.ts';
import { SimBmc } from '../../src/sim/bmc.ts';
import type { SimOptions } from '../../src/sim/options.ts';
import { VirtualClock } from '../../src/sim/virtual-clock.ts';
import { outcomeOf } from '../support/rig.ts';

const READ = { netFn: 0x06, cmd: 0x01 };
const CHANGE = { netFn: 0x30, cmd: 0x01 };

type Line = readonly [level: string, fields: object, message: string];

/** A lazy device, and the lines it logs from then on; opening and closing left out. */
async function bench(options: SimOptions) {
  const clock = new VirtualClock();
  const bmc = new SimBmc({ clock, ...options });
  const lines: Line[] = [];
  const at = (level: string) => (fields: object, message: string) => {
    if (level !== 'info') lines.push([level, fields, message]);
  };
  const [trace, debug, info, warn, error] = ['trace', 'debug', 'info', 'warn', 'error'].map(at);
  const logger = { trace, debug, info, warn, error, child: () => logger } as Log;
  const device = await open({ base: bmc.base, port: bmc, clock, logger, bringUp: 'lazy' });
  const seq = (): number | undefined => bmc.executed.at(-1)?.seq;
  return { clock, bmc, device, lines, seq };
}

test('a reply, with its completion code and how long it took', async () => {
  const { clock, device, lines, seq } = await bench({ responseMs: 40, answer: () => [0xc9] });
  await clock.pass(500);

  await clock.until(outcomeOf(device.request(CHANGE)));

  const [line] = lines;
  expect(lines).toHaveLength(1);
  expect(line).toMatchObject(['debug', { seq: seq(), ...CHANGE, completionCode: 0xc9 }, 'reply']);
  // Looked for ever more rarely: at most a tenth of the time late.
  const { ms } = line?.[1] as { ms: number };
  expect([ms >= 40, ms <= 44]).toEqual([true, true]);
  await device.close();
});

test('a repeat after silence, and after a BMC that says it is busy', async () => {
  const answers: ('drop' | readonly number[])[] = ['drop', [0xc0]];
  const { clock, bmc, device, lines } = await bench({ answer: () => answers.shift() });

  await clock.until(outcomeOf(device.request(READ)));

  const warnings = lines.filter(([level]) => level === 'warn');
  const [, second, third] = bmc.executed;
  expect(warnings).toEqual([
    ['warn', { seq: second?.seq, ...READ }, 'repeat'],
    ['warn', { seq: third?.seq, ...READ }, 'repeat'],
  ]);
  expect(device.statistics().retries).toBe(2);
  await device.close();
});

test('an orphan, and that its reply came after all', async () => {
  const { clock, device, lines, seq } = await bench({ responseMs: 1000 });

  await clock.until(outcomeOf(device.request(CHANGE, { timeoutMs: 100 })));
  await clock.pass(2000);

  expect(lines).toMatchObject([
    ['warn', { seq: seq(), ...CHANGE }, 'orphan'],
    ['debug', { seq: seq(), ...CHANGE, completionCode: 0 }, 'reply'],
  ]);
  await device.close();
});

test('a stale reply, once for each', async () => {
  const { clock, bmc, device, lines, seq } = await bench({ responseMs: 50 });
  bmc.leaveResponse([0x1c, 8, 0x01, 0x00]);

  await clock.until(outcomeOf(device.request(CHANGE)));

  expect(lines).toMatchObject([
    ['warn', { seq: seq(), ...CHANGE }, 'stale reply'],
    ['debug', { seq: seq() }, 'reply'],
  ]);
  await device.close();
});

test('a request that is given up on the wire at close(), and none that waits', async () => {
  const { clock, device, lines, seq } = await bench({ responseMs: 1000 });
  const sent = [CHANGE, READ].map((request) => outcomeOf(device.request(request)));
  await clock.pass(10);

  await device.close();

  expect(lines).toEqual([['warn', { seq: seq(), ...CHANGE }, 'given up on the wire']]);
  await clock.until(Promise.all(sent));
});

test('nothing at close() when nothing is on the wire', async () => {
  const { clock, device, lines } = await bench({});
  await clock.until(outcomeOf(device.request(READ)));
  lines.length = 0;

  await device.close();

  expect(lines).toEqual([]);
});
