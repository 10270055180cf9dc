/** The command line of `ipmi-bt-fleet serve`. */

import { CommanderError } from 'commander';
import { expect, test } from 'vitest';

import { readOptions } from '../../src/fleet-tool/options.ts';
import type { ServeOptions } from '../../src/fleet-tool/page-options.ts';

function served(line: string): ServeOptions {
  const words = line.split(' ').filter((word) => word !== '');
  const output = { out: () => 0, err: () => 0 };
  const chosen = readOptions(['serve', '--user', 'alice', ...words], '1', output);
  if (chosen.kind !== 'serve') throw new Error(`${chosen.kind} is no page`);
  return chosen.options;
}

test('by default it is for this host alone, shows all hosts, and asks for no smoke test', () => {
  expect(served('')).toMatchObject({
    ...{ listen: { host: '127.0.0.1', port: 9180 }, webConfigFile: undefined, hosts: undefined },
    ...{ discoverS: 2, intervalS: 30, timeoutS: 10, smokeIntervalS: undefined, fanout: 1024 },
    ...{ withoutEvents: false, logLevel: 'info', user: 'alice', prefix: 'ipmi-bt' },
    server: ['nats://127.0.0.1:4222'],
  });
});

test('takes what it is told', () => {
  const line =
    '--listen [::1]:80 --web.config.file web.yml --hosts a,b --interval 60 --timeout-s 5';

  expect(served(`${line} --smoke-interval 86400 --without-events`)).toMatchObject({
    ...{ listen: { host: '::1', port: 80 }, webConfigFile: 'web.yml', hosts: 'a,b' },
    ...{ intervalS: 60, timeoutS: 5, smokeIntervalS: 86_400, withoutEvents: true },
  });
  expect(served('--all').hosts).toBeUndefined();
});

test.each([
  ...[
    '--interval 4',
    '--interval x',
    '--interval 604801',
    '--smoke-interval 599',
    '--listen 9180',
    '--fanout 0',
  ],
  ...['--hosts a --all', '--timeout-s 30', '--interval 10', '--log-level loud', 'host', '--json'],
])('"%s" is refused', (line) => {
  expect(() => served(line)).toThrow(CommanderError);
});
