// Switches the system off and on. Each action is sent once, whatever happens.

import { open } from 'ipmi-bt';
import { commands } from 'ipmi-bt/commands';
import { SimBmc } from 'ipmi-bt/sim';

const sim = new SimBmc();
const device = await open({ base: sim.base, port: sim });
const { chassis } = commands(device);
await chassis.power('off');
console.log((await chassis.status()).power.isOn);
await chassis.power('on');
console.log((await chassis.status()).power.isOn);
await device.close();
// false
// true
