// Lists the users that may log in over the LAN.

import { open } from 'ipmi-bt';
import { commands } from 'ipmi-bt/commands';
import { SimBmc } from 'ipmi-bt/sim';

const sim = new SimBmc();
const device = await open({ base: sim.base, port: sim });
const { users } = await commands(device).user.list(1);
for (const { id, name, isEnabled } of users) if (isEnabled) console.log(id, name);
await device.close();
// 2 ADMIN
