/**
 * `npm run soak:serve -- --commands N --hours H`: a million commands through a broker in 24 hours
 * of virtual time, by clients that come, send and are killed. Fails when an answer is another's, or
 * when the memory after the first tenth grows by more than 5 %.
 */

import { parseArgs } from 'node:util';

import { open } from '../../src/index.ts';
import { silentLog } from '../../src/log.ts';
import { Broker } from '../../src/serve/broker.ts';
import { NO_GRANTS } from '../../src/serve/policy.ts';
import { SimBmc } from '../../src/sim/bmc.ts';
import { VirtualClock } from '../../src/sim/virtual-clock.ts';
import { live } from '../support/broker-life.ts';
import { SERVER_UID, rootOf } from '../support/broker-rig.ts';

const PARTS = 20;
const HOUR_MS = 3_600_000;
const GROWTH_MAX = 1.05;

const { values } = parseArgs({
  options: {
    commands: { type: 'string', default: '1000000' },
    hours: { type: 'string', default: '24' },
  },
});
const commands = Number(values.commands);
const partMs = (Number(values.hours) * HOUR_MS) / PARTS;
const { gc } = globalThis;
if (gc === undefined) throw new Error('run it with node --expose-gc, as npm run soak:serve does');

const clock = new VirtualClock();
const bmc = new SimBmc({ clock, responseMs: 5 });
const device = await clock.until(open({ base: bmc.base, port: bmc, clock }));
const broker = new Broker({
  ...{ device, grants: NO_GRANTS, serverUid: SERVER_UID, clock, log: silentLog },
});
const rig = {
  clock,
  bmc,
  device,
  broker,
  lines: [],
  client: (pid: number) => broker.open(rootOf(pid)),
};

const heaps: number[] = [];
for (let part = 0; part < PARTS; part += 1) {
  const startMs = clock.now();
  const isOver = { is: false };
  const life = live(rig, {
    ...{ seed: part, clients: 8, requests: commands / PARTS, atOnce: 2, killPercent: 5 },
    pauseMs: [0, 400],
  }).finally(() => (isOver.is = true));
  while (!isOver.is) await clock.pass(60_000);
  const { answered, wrong, failed, kills } = await life;
  if (wrong.length > 0) throw new Error(`answers of other requests: ${wrong.join(', ')}`);
  await clock.pass(Math.max(partMs - (clock.now() - startMs), 0));
  // The simulator keeps the commands that it has executed.
  (bmc.executed as unknown[]).length = 0;
  gc();
  heaps.push(process.memoryUsage().heapUsed);
  const hours = Math.round(clock.now() / HOUR_MS);
  const mebibytes = ((heaps.at(-1) ?? 0) / 2 ** 20).toFixed(2);
  print(JSON.stringify({ hours, answered, failed, kills, mebibytes }));
}
const [first = NaN, last = NaN] = [heaps[PARTS / 10], heaps.at(-1)];
print(`memory: ${(((last - first) / first) * 100).toFixed(2)} % more than after a tenth`);
await clock.until(device.close());
if (!(last <= first * GROWTH_MAX)) process.exitCode = 1;

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
