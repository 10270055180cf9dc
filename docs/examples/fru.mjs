// Reads the inventory of the system board.

import { open } from 'ipmi-bt';
import { commands } from 'ipmi-bt/commands';
import { SimBmc } from 'ipmi-bt/sim';

const sim = new SimBmc();
const device = await open({ base: sim.base, port: sim });
const { board, product, warnings } = await commands(device).fru.read(0);
console.log(board?.productName?.text, board?.serialNumber?.text, product?.productName?.text);
console.log(warnings.length);
await device.close();
// Simulated board SN0001 Simulated server
// 0
