// Needs Node 20.19, or 22.12 or newer.

const { completionText, open } = require('ipmi-bt');
const { commands } = require('ipmi-bt/commands');
const { SimBmc } = require('ipmi-bt/sim');

async function main() {
  const sim = new SimBmc();
  const device = await open({ base: sim.base, port: sim });
  const reply = await device.request({ netFn: 0x06, cmd: 0x01 });
  const { guids } = commands(device).mc;
  await device.close();
  console.log(completionText(reply.completionCode), reply.data.length, typeof guids);
}

void main();
