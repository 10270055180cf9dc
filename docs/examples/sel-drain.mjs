// Takes all entries out of the system event log, and loses none that comes meanwhile.

import { open } from 'ipmi-bt';
import { commands } from 'ipmi-bt/commands';
import { SimBmc } from 'ipmi-bt/sim';

const sim = new SimBmc();
const device = await open({ base: sim.base, port: sim });
const { sel } = commands(device);
for await (const item of sel.drain()) {
  if (item.kind === 'entry') console.log(item.words.subject, '-', item.words.event);
}
console.log((await sel.info()).entries);
await device.close();
// Event Logging Disabled (0x00) - log cleared
// Temperature (0x30) - upper non-critical, going high, reading 0x56 (raw), threshold 0x55 (raw)
// 0
