// Works with every version of Node that the package supports.

async function main() {
  const { completionText, open } = await import('ipmi-bt');
  const { SimBmc } = await import('ipmi-bt/sim');
  const sim = new SimBmc();
  const device = await open({ base: sim.base, port: sim });
  const reply = await device.request({ netFn: 0x06, cmd: 0x01 });
  await device.close();
  console.log(completionText(reply.completionCode), reply.data.length);
}

void main();
