/** A run of the agent that ends before it has begun to answer. */

import { join } from 'node:path';

import { IpmiError, systemClock } from 'ipmi-bt';
import { pino } from 'pino';
import { expect, test } from 'vitest';

import { runAgent } from '../../src/agent/program.ts';
import { tempFolder } from '../temp-folder.ts';

test('the end comes at once, also while another process has the interface', async () => {
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const waits: string[] = [];
  await runAgent(
    {
      ...{ base: undefined, spacing: undefined, via: 'auto', sim: false, logLevel: 'info' },
      ...{ servers: ['localhost:1'], host: 'uv1', prefix: 'ipmi-bt', inFlight: 1, perSecond: 1 },
      ...{ policyFile: '/etc/ipmi-bt-agent.json', stateFolder: join(tempFolder(), 'state') },
      withoutEvents: true,
    },
    {
      ...{
        version: '0',
        clock: systemClock,
        wallMs: () => 0,
        random: () => 0,
        log: pino({ level: 'silent' }),
      },
      openBmc: async (_, signal) =>
        await new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            waits.push('aborted');
            reject(new IpmiError('REQUEST_ABORTED', 'REQUEST_ABORTED: closed'));
          });
          end();
        }),
      ...{ onReload: () => undefined, ended },
    },
  );

  expect(waits).toEqual(['aborted']);
});
