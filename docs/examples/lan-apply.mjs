// Makes the LAN configuration as it is wanted; a second run would change nothing.

import { open } from 'ipmi-bt';
import { commands } from 'ipmi-bt/commands';
import { SimBmc } from 'ipmi-bt/sim';

const sim = new SimBmc();
const device = await open({ base: sim.base, port: sim });
const { lan } = commands(device);
const wanted = { ipv4: { source: 'static', address: '192.0.2.77', gateway: '192.0.2.1' } };
const { changes } = await lan.apply(wanted);
for (const { path, from, to } of changes) console.log(`${path}: ${from} -> ${to}`);
console.log((await lan.apply(wanted, { check: true })).changes.length);
await device.close();
// lan.ipv4.address: 192.0.2.10 -> 192.0.2.77
// 0
