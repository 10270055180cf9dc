import { Worker, isMainThread, parentPort } from 'node:worker_threads';

import { completionText, open } from 'ipmi-bt';
import { SimBmc } from 'ipmi-bt/sim';

const WORKERS = 3;

async function ask() {
  const sim = new SimBmc();
  const device = await open({ base: sim.base, port: sim });
  const reply = await device.request({ netFn: 0x06, cmd: 0x01 });
  await device.close();
  // The addon is loaded anew in each thread, and refuses these ports.
  const error = await open({ base: 0x20, port: 'native', timeoutMs: 1 }).catch((one) => one);
  const addon = /addon cannot be loaded/.test(error.message) ? 'no addon' : 'addon';
  return `${completionText(reply.completionCode)} ${reply.data.length} ${addon}`;
}

function inWorker() {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url));
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

if (isMainThread) {
  const answers = await Promise.all([ask(), ...Array.from({ length: WORKERS }, inWorker)]);
  for (const answer of answers) console.log(answer);
} else {
  parentPort.postMessage(await ask());
}
