/** The command line. */

import { CommanderError } from 'commander';
import { expect, test } from 'vitest';

import { greatest } from '../../../../test/support/lists.ts';
import { readOptions } from '../../src/exporter/options.ts';

/** Reads a command line; `out` and `err` are what it prints. */
function optionsOf(...args: readonly string[]) {
  const printed = { out: '', err: '' };
  const options = (): ReturnType<typeof readOptions> =>
    readOptions(args, '1.2.3', {
      out: (text) => (printed.out += text),
      err: (text) => (printed.err += text),
    });
  return { options, printed };
}

test('the defaults', () => {
  expect(optionsOf().options()).toMatchObject({
    listen: { host: undefined, port: 9290 },
    ...{ webConfigFile: undefined, path: '/metrics', textfile: undefined },
    ...{ timeoutS: 10, marginS: 0.5, base: undefined, spacing: undefined, via: 'auto', sim: false },
    collectors: ['ipmi', 'dcmi', 'bmc', 'chassis', 'sel', 'bmc-watchdog'],
    ...{ excludeIds: [], logLevel: 'info' },
  });
});

test('all of them', () => {
  const line =
    '--web.listen-address [::1]:9 --web.config.file w.yml --web.telemetry-path /m --timeout-s 5 ' +
    '--margin-s 0.25 --collectors chassis,ipmi --exclude-sensor-ids 1,700 --base 0xce4 ' +
    '--spacing 4 --via ports --sim --log-level silent --textfile /run/a.prom';

  expect(optionsOf(...line.split(' ')).options()).toMatchObject({
    listen: { host: '::1', port: 9 },
    ...{ webConfigFile: 'w.yml', path: '/m', textfile: '/run/a.prom' },
    ...{ timeoutS: 5, marginS: 0.25, base: 0xce4, spacing: 4, via: 'ports', sim: true },
    ...{ collectors: ['ipmi', 'chassis'], excludeIds: [1, 700], logLevel: 'silent' },
  });
});

test.each([
  ['--web.listen-address', '9290'],
  ['--web.listen-address', '1.2.3.4:65536'],
  ['--web.telemetry-path', 'metrics'],
  ['--timeout-s', '-1'],
  ['--timeout-s', ''],
  ['--margin-s', 'x'],
  ['--collectors', 'ipmi,fru'],
  ['--collectors', 'ipmi,ipmi'],
  ['--exclude-sensor-ids', '1,-2'],
  ['--exclude-sensor-ids', '65536'],
  ['--base', 'ce4'],
  ['--base', '0x10000'],
  ['--spacing', '2'],
  ['--spacing', '4'],
  ['--via', 'lan'],
  ['--log-level', 'loud'],
  ['--no-such'],
  ['argument'],
])('%s %s is an error', (...args) => {
  const { options, printed } = optionsOf(...args);

  expect(options).toThrow(CommanderError);
  expect(printed.err).toMatch(/^ipmi-bt-exporter: [^\n]* \(see ipmi-bt-exporter --help\)\n$/);
});

test('help fits a terminal, and says the name', () => {
  const { options, printed } = optionsOf('--help');

  expect(options).toThrow(CommanderError);
  expect(printed.out).toMatch(/^Usage: ipmi-bt-exporter \[options\]\n/);
  expect(greatest(printed.out.split('\n').map(({ length }) => length))).toBeLessThan(81);
});

test('the version', () => {
  const { options, printed } = optionsOf('--version');

  expect(options).toThrow(CommanderError);
  expect(printed.out).toBe('1.2.3\n');
});
