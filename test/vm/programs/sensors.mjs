/**
 * A program that prints all sensors of a BMC, one JSON object a line; those of other controllers
 * through `bridge()`. Its arguments are bases, or BASE=FILE to write into a file, and words:
 * `thresholds` for these; `count` for what the BMC then says to the OEM command of `sim-bmc.ts`.
 */

import { writeFileSync } from 'node:fs';

import { open } from 'ipmi-bt';
import { bridge, commands } from 'ipmi-bt/commands';

const words = process.argv.slice(2);
const COUNT = { netFn: 0x30, cmd: 0x10 };

/** The lines of one BMC. */
async function linesOf(base) {
  const device = await open({ base: Number(base) });
  const options = {
    thresholds: words.includes('thresholds'),
    requesterFor: ({ address, channel }) => bridge(device, { address, channel }),
  };
  const lines = [];
  for await (const item of commands(device).sensors(options)) {
    const { key, name, value, unit, status, thresholds, error } = item;
    const states = item.states?.map(({ text }) => text);
    const told = { key, name, value, unit, status, states, severity: item.severity, thresholds };
    lines.push(JSON.stringify({ ...told, error: error?.message }));
  }
  if (words.includes('count')) {
    const { data } = await device.request(COUNT);
    lines.push([...data].map((byte) => byte.toString(16)).join(' '));
  }
  await device.close();
  return lines;
}

for (const word of words.filter((one) => /^\d/.test(one))) {
  const [base, file] = word.split('=');
  const text = (await linesOf(base)).map((line) => `${line}\n`).join('');
  if (file === undefined) process.stdout.write(text);
  else writeFileSync(file, text);
}
