// Has the BMC reset a system that stops telling that it is alive.

import { open } from 'ipmi-bt';
import { commands } from 'ipmi-bt/commands';
import { SimBmc } from 'ipmi-bt/sim';

const sim = new SimBmc();
const device = await open({ base: sim.base, port: sim });
const { watchdog } = commands(device);
await watchdog.set({ countdownMs: 60_000, action: 'hard-reset' });
await watchdog.reset(); // again and again, before the minute is over
const { use, countdownMs } = await watchdog.get();
console.log(use.isRunning, countdownMs);
await watchdog.off();
await device.close();
// true 60000
