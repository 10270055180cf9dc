import { completionText, open } from 'ipmi-bt';
import { SimBmc } from 'ipmi-bt/sim';

async function main() {
  const sim = new SimBmc();
  const device = await open({ base: sim.base, port: sim });
  const reply = await device.request({ netFn: 0x06, cmd: 0x01 });
  await device.close();
  // Ports of the interrupt controller, which are refused before any is read.
  const error = await open({ base: 0x20, port: 'native', timeoutMs: 1 }).catch((one) => one);
  const addon = /addon cannot be loaded/.test(error.message) ? 'no addon' : 'addon';
  console.log(completionText(reply.completionCode), reply.data.length, addon);
}

void main();
