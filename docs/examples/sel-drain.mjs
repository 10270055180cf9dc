// Saves all entries of the system event log in a file, erases them, and loses none that comes meanwhile.

import { open as openFile, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { open } from 'ipmi-bt';
import { commands } from 'ipmi-bt/commands';
import { SimBmc } from 'ipmi-bt/sim';

const sim = new SimBmc();
const device = await open({ base: sim.base, port: sim });
const { sel } = commands(device);
const file = await openFile(join(await mkdtemp(join(tmpdir(), 'sel-')), 'sel.jsonl'), 'a');
const asArrays = (_, value) => (value instanceof Uint8Array ? [...value] : value);
const beforeClear = () => file.sync(); // if it rejects, nothing is erased
for await (const item of sel.drain({ beforeClear })) {
  await file.write(`${JSON.stringify(item, asArrays)}\n`);
  if (item.kind === 'entry') console.log(item.words.subject, '-', item.words.event);
}
console.log((await sel.info()).entries);
await file.close();
await device.close();
// Event Logging Disabled (0x00) - log cleared
// Temperature (0x30) - upper non-critical, going high, reading 0x56 (raw), threshold 0x55 (raw)
// 0
