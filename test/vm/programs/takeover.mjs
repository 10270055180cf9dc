/**
 * Programs that take the interface from the kernel's driver and end without close(): the first
 * argument tells how. What they print tells what became of the interface.
 */

import { setTimeout as wait } from 'node:timers/promises';

import { Worker, isMainThread, parentPort } from 'node:worker_threads';

import { open } from 'ipmi-bt';

const LONG_MS = 600_000;
const EXIT_CODE = 3;

const quiet = () => undefined;
const logger = {
  ...{ trace: quiet, debug: quiet, warn: quiet },
  info: (fields, message) => console.log(message),
  error: (fields, message) => console.log(`${message}: ${fields.error}`),
  child: () => logger,
};

/** The ends of a worker that has the interface, as its main thread brings them about. */
const mainEndings = {
  'worker-terminated': async (worker) => {
    await worker.terminate();
    console.log('ended');
    await wait(LONG_MS);
  },
  'worker-exit': () => process.exit(EXIT_CODE),
  'worker-SIGTERM': () => process.kill(process.pid, 'SIGTERM'),
};
const mainEnding = mainEndings[process.argv[2]];
if (isMainThread && mainEnding !== undefined) {
  const worker = new Worker(new URL(import.meta.url), { argv: ['stay'] });
  await new Promise((resolve) => worker.once('message', resolve));
  await mainEnding(worker);
}

const bmc = await open({ base: 0xce4, bringUp: 'lazy', takeover: true, logger });
await bmc.request({ netFn: 0x06, cmd: 0x01 });
parentPort?.postMessage('open');

const endings = {
  exit: () => process.exit(EXIT_CODE),
  busy: async () => {
    void bmc.request({ netFn: 0x06, cmd: 0x04 }).catch(quiet);
    await wait(100);
    process.exit(EXIT_CODE);
  },
  throw: () => {
    throw new Error('nobody catches this');
  },
  stay: () => wait(LONG_MS),
};
await endings[process.argv[2]]();
