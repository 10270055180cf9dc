/**
 * A program that keeps the interface open and sends some 100 requests a second, as a daemon does,
 * from when it makes `/tmp/opened` until `/tmp/stop` is there. It prints how many were answered and
 * how many of them rightly.
 */

import { existsSync, writeFileSync } from 'node:fs';
import { Buffer } from 'node:buffer';
import { setTimeout as wait } from 'node:timers/promises';

import { open } from 'ipmi-bt';

const ID = '2000000002070000000000';

const bmc = await open({ base: 0xce4 });
const result = { answered: 0, right: 0 };
writeFileSync('/tmp/opened', '');
while (!existsSync('/tmp/stop')) {
  const { completionCode, data } = await bmc.request({ netFn: 0x06, cmd: 0x01 });
  result.answered += 1;
  if (completionCode === 0 && Buffer.from(data).toString('hex') === ID) result.right += 1;
  await wait(8);
}
await bmc.close();
console.log(JSON.stringify(result));
