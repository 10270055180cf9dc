/**
 * Prints what the kernel says of the PCI device while its interface is open and after, and answers
 * with the first byte of Get Device ID. With an argument it leaves without closing.
 */
import { readFileSync } from 'node:fs';

import { open } from '/opt/ipmi-bt/dist/index.js';

const enabled = () => readFileSync('/sys/bus/pci/devices/0000:00:02.0/enable', 'utf8').trim();

const before = enabled();
const bmc = await open();
const reply = await bmc.request({ netFn: 0x06, cmd: 0x01 });
console.log(before, enabled(), reply.data[0]);
if (process.argv.length > 2) process.exit(3);
await bmc.close();
console.log(enabled());
