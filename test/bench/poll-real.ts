/**
 * The same costs with a real clock: the whole driver on a simulated BMC, one request after the
 * other. CPU time is the process's own, user and system, whatever else the machine does.
 */

import { Driver } from '../../src/driver/driver.ts';
import { limitsFor } from '../../src/driver/limits.ts';
import { BtMachine } from '../../src/bt/machine.ts';
import { PollPolicy } from '../../src/driver/poll-policy.ts';
import type { Curve } from '../../src/driver/poll-policy.ts';
import { BtRegisters } from '../../src/bt/registers.ts';
import { newStatistics } from '../../src/driver/statistics.ts';
import { Arbiter } from '../../src/share/arbiter.ts';
import { systemClock } from '../../src/clock.ts';
import type { Clock } from '../../src/clock.ts';
import { DEFAULT_CAPABILITIES } from '../../src/ipmi/bt-capabilities.ts';
import { privateLock } from '../../src/share/lock.ts';
import { silentLog } from '../../src/log.ts';
import { SimBmc } from '../../src/sim/bmc.ts';
import { around } from './poll-candidates.ts';
import type { Cost } from './poll-candidates.ts';

const GET_DEVICE_ID = { netFn: 0x06, cmd: 0x01, lun: 0, data: new Uint8Array() };
const ATTEMPT_MS = 60_000;

/** Each BMC time is measured for at least so long, and with at least so many requests. */
const LEAST_MS = 6000;
const REQUESTS_MIN = 2;
const REQUESTS_MAX = 60;

export interface RealCost extends Cost {
  readonly cpuMs: number;
}

/** The average cost of one request to a BMC that takes around `bmcMs`. */
export async function measure(curve: Curve, bmcMs: number): Promise<RealCost> {
  const count = Math.min(Math.max(Math.ceil(LEAST_MS / bmcMs), REQUESTS_MIN), REQUESTS_MAX);
  const fired = { wakes: 0, turns: 0 };
  let responseMs = 0;
  const bmc = new SimBmc({ clock: systemClock, responseMs: () => responseMs });
  const driver = newDriver(bmc, curve, counting(fired));
  const ask = async (ms: number): Promise<number> => {
    responseMs = ms;
    const how = { retries: 0, internal: false, timeoutMs: ATTEMPT_MS };
    await driver.submit(GET_DEVICE_ID, how);
    return systemClock.now() - (bmc.executed.at(-1)?.atMs ?? NaN) - ms;
  };
  for (let warmUp = 0; warmUp < 20; warmUp += 1) await ask(1);

  Object.assign(fired, { wakes: 0, turns: 0 });
  const before = process.cpuUsage();
  let lateMs = 0;
  for (const ms of around(bmcMs, count)) lateMs += await ask(ms);
  const { user, system } = process.cpuUsage(before);
  driver.close();
  return {
    wakes: fired.wakes / count,
    turns: fired.turns / count,
    lateMs: lateMs / count,
    cpuMs: (user + system) / 1000 / count,
  };
}

function newDriver(bmc: SimBmc, curve: Curve, clock: Clock): Driver {
  const statistics = newStatistics();
  const registers = new BtRegisters(bmc, bmc);
  return new Driver({
    machine: new BtMachine(registers, { policy: new PollPolicy(0, curve) }),
    arbiter: new Arbiter(privateLock(bmc, 0), ATTEMPT_MS),
    clock,
    log: silentLog,
    statistics,
    limits: limitsFor(DEFAULT_CAPABILITIES, ATTEMPT_MS),
    queueMax: 1,
    interrupt: undefined,
    onDoubt: () => undefined,
  });
}

/** The machine's clock, which counts the callbacks it makes. */
function counting(fired: { wakes: number; turns: number }): Clock {
  return {
    now: () => systemClock.now(),
    turn: (callback) =>
      systemClock.turn(() => {
        fired.turns += 1;
        callback();
      }),
    timer: (delayMs, callback, keepAlive) => {
      const fire = (): void => {
        fired.wakes += 1;
        callback();
      };
      return systemClock.timer(delayMs, fire, keepAlive);
    },
  };
}
