/**
 * A program that prints all sensors of the BMC at a base, one JSON object a line, with thresholds if
 * `thresholds` is given; those of other controllers through `bridge()`.
 */

import { open } from 'ipmi-bt';
import { bridge, commands } from 'ipmi-bt/commands';

const [base, ...words] = process.argv.slice(2);
const device = await open({ base: Number(base) });
const options = {
  thresholds: words.includes('thresholds'),
  requesterFor: ({ address, channel }) => bridge(device, { address, channel }),
};
for await (const item of commands(device).sensors(options)) {
  const { key, name, value, unit, status, thresholds, error } = item;
  const states = item.states?.map(({ text }) => text);
  const told = { key, name, value, unit, status, states, severity: item.severity, thresholds };
  console.log(JSON.stringify({ ...told, error: error?.message }));
}
await device.close();
