// Deadlines and what is known afterwards, with a BMC that takes 1.5 s.

import { IpmiError, open } from 'ipmi-bt';
import { SimBmc } from 'ipmi-bt/sim';

const clock = { now: () => performance.now() };
const sim = new SimBmc({ clock, responseMs: 1500 });
const bmc = await open({ base: sim.base, port: sim, bringUp: 'lazy' });

try {
  await bmc.request({ netFn: 0x30, cmd: 0x01, data: Uint8Array.of(1) }, { timeoutMs: 1000 });
} catch (error) {
  if (!(error instanceof IpmiError)) throw error;
  console.log(error.code, error.outcome);
}

// The first command is still on the wire. Its late answer is dropped; this one gets its own.
const reply = await bmc.request({ netFn: 0x30, cmd: 0x01, data: Uint8Array.of(2) });
console.log(...reply.data);
await bmc.close();
// REQUEST_TIMEOUT unknown
// 2
