/** When the process just ends: what it leaves behind, and what does not keep it from ending. */

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { expect, test } from 'vitest';

const run = promisify(execFile);

/** Less than the attempt of an hour that the orphan would be waited for. */
const PATIENCE_MS = 120_000;

test('a process that ends without close() leaves the interface quiet', async () => {
  const script = `
    import { open } from 'ipmi-bt';
    import { SimBmc } from 'ipmi-bt/sim';
    let ms = 0;
    const bmc = new SimBmc({ clock: { now: () => ms }, responseMs: 50 });
    const device = await open({ base: bmc.base, port: bmc, bringUp: 'lazy' });
    device.request({ netFn: 6, cmd: 1 }).catch(() => {});
    // On a busy host it is sent a turn of the event loop later.
    while (bmc.executed.length === 0) await new Promise(setImmediate);
    // The answer comes and is not taken: the event loop gets no further turn.
    process.on('exit', () => {
      bmc.assertQuiet();
      console.log('quiet', bmc.executed.length);
    });
    ms = 100;
    bmc.inb(bmc.base);
    process.exit(0);
  `;
  const { stdout } = await run('node', ['--input-type=module', '-e', script]);

  expect(stdout).toBe('quiet 1\n');
});

test('an orphan does not keep the process alive', async () => {
  const script = `
    import { open } from 'ipmi-bt';
    import { SimBmc } from 'ipmi-bt/sim';
    const bmc = new SimBmc({ clock: { now: () => 0 }, responseMs: 1 });
    const patience = { attemptTimeoutMs: 3_600_000 };
    const device = await open({ base: bmc.base, port: bmc, bringUp: 'lazy', ...patience });
    const request = device.request({ netFn: 6, cmd: 1 }, { timeoutMs: 20 });
    console.log(await request.catch((error) => error.code));
    process.on('exit', () => console.log('orphans', device.statistics().orphans));
  `;
  const options = { timeout: PATIENCE_MS };
  const { stdout } = await run('node', ['--input-type=module', '-e', script], options);

  expect(stdout).toBe('REQUEST_TIMEOUT\norphans 1\n');
});
