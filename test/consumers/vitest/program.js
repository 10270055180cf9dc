/** Reads the firmware's version of the BMC. */
export async function firmwareOf(device) {
  const { completionCode, data } = await device.request({ netFn: 0x06, cmd: 0x01 });
  if (completionCode !== 0) throw new Error(`the BMC refused it: ${completionCode}`);
  return `${data[2] & 0x7f}.${data[3].toString(16).padStart(2, '0')}`;
}
