/**
 * A program that uses the library the way its README shows, run as root in the guest. It stands in
 * the package's own folder there, so that the package knows itself by name.
 */

import { open } from 'ipmi-bt';

const bmc = await open({ base: 0xce4 });
const { completionCode, data } = await bmc.request({ netFn: 0x06, cmd: 0x01 });
await bmc.close();

console.log(
  JSON.stringify({ name: bmc.name, backend: bmc.backend, completionCode, data: [...data] }),
);
