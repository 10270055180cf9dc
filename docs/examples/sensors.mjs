// All sensors with their readings. On a server: open(), as root.

import { open } from 'ipmi-bt';
import { commands } from 'ipmi-bt/commands';
import { SimBmc } from 'ipmi-bt/sim';

const sim = new SimBmc();
const device = await open({ base: sim.base, port: sim });
for await (const item of commands(device).sensors()) {
  if (item.kind === 'error') console.log(item.recordId, item.error.message);
  else console.log(item.name, item.value ?? item.states.map(({ text }) => text).join(), item.unit);
}
await device.close();
// CPU 0 Temp 40 degrees C
// CPU 1 Core Temp. 40 degrees C
// PSU 0 Status present undefined
