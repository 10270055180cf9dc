/** Ends of a run: before it has begun to answer, and with a server that answers no more. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { IpmiError, systemClock } from 'ipmi-bt';
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';

import { openBmc, runAgent } from '../../src/agent/program.ts';
import { NatsServer } from '../nats/nats-server.ts';
import { hastened } from '../hastened.ts';
import { tempFolder } from '../temp-folder.ts';

test('the end comes at once, also while another process has the interface', async () => {
  const ending = new AbortController();
  const waits: string[] = [];
  await runAgent(
    {
      ...{ base: undefined, spacing: undefined, via: 'auto', sim: false, logLevel: 'info' },
      ...{ servers: ['localhost:1'], host: 'uv1', prefix: 'ipmi-bt', inFlight: 1, perSecond: 1 },
      ...{ policyFile: '/etc/ipmi-bt-agent.json', stateFolder: join(tempFolder(), 'state') },
      withoutEvents: true,
    },
    {
      ...{ version: '0', clock: systemClock, wallMs: () => 0, random: () => 0 },
      log: pino({ level: 'silent' }),
      openBmc: async (_, signal) =>
        await new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            waits.push('aborted');
            reject(new IpmiError('REQUEST_ABORTED', 'REQUEST_ABORTED: closed'));
          });
          ending.abort();
        }),
      ...{ onReload: () => undefined, signal: ending.signal },
    },
  );

  expect(waits).toEqual(['aborted']);
});

test('the end comes with a server that is stopped, too, which is told', async () => {
  const folder = tempFolder();
  const server = new NatsServer(folder);
  await server.start();
  onTestFinished(() => server.kill());
  const policyFile = join(folder, 'policy.json');
  writeFileSync(policyFile, '{ "users": { "alice": ["read"] } }', { mode: 0o600 });
  const ending = new AbortController();
  const told: string[] = [];
  const write = (line: string): void => {
    const { msg } = JSON.parse(line) as { readonly msg: string };
    told.push(msg);
    if (msg !== 'connected') return;
    process.kill(server.pid ?? NaN, 'SIGSTOP');
    ending.abort();
  };
  await runAgent(
    {
      ...{ base: undefined, spacing: undefined, via: 'auto', sim: true, logLevel: 'info' },
      ...{ ...server.options('uv1'), host: 'uv1', prefix: 'ipmi-bt', inFlight: 1, perSecond: 1 },
      ...{ policyFile, stateFolder: join(folder, 'state'), withoutEvents: true },
    },
    {
      ...{ version: '0', clock: hastened(1000), wallMs: () => 0, random: () => 0 },
      ...{ log: pino({ level: 'info' }, { write }), openBmc },
      ...{ onReload: () => undefined, signal: ending.signal },
    },
  );

  expect(told.slice(told.indexOf('connected'))).toContain(
    'the server does not answer; the last answers may be lost',
  );
});
