// Asks a BMC for its identity. On a server: open({ base: 0xce4 }), as root.

import { completionText, open } from 'ipmi-bt';
import { SimBmc } from 'ipmi-bt/sim';

const sim = new SimBmc();
const bmc = await open({ base: sim.base, port: sim });
console.log(`firmware ${bmc.deviceId?.firmwareRevision}, IPMI ${bmc.deviceId?.ipmiVersion}`);

const reply = await bmc.request({ netFn: 0x06, cmd: 0x99 });
console.log(`command 0x99: ${completionText(reply.completionCode)}`);
await bmc.close();
// firmware 2.35, IPMI 2.0
// command 0x99: Invalid command
