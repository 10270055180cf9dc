/** Exit codes, and the errors with which a program goes on. */

import { CommanderError } from 'commander';
import { ConfigError, IpmiError } from 'ipmi-bt';
import type { IpmiErrorCode } from 'ipmi-bt';
import { expect, test } from 'vitest';

import { exitCodeOf, mayPass } from '../../src/interface/failure.ts';

test.each<readonly [IpmiErrorCode, number, boolean]>([
  ['PORT_DENIED', 77, false],
  ['PORT_LOCKED_DOWN', 77, false],
  ['PORT_UNSUPPORTED', 69, false],
  ['PORT_CLAIMED', 69, false],
  ['DEVICE_ABSENT', 69, false],
  ['DEVICE_LOCKED', 75, true],
  ['BMC_UNRESPONSIVE', 75, true],
])('%s ends it with %d, or passes: %s', (code, exit, passes) => {
  const error = new IpmiError(code, `${code}: text`);

  expect([exitCodeOf(error), mayPass(error)]).toEqual([exit, passes]);
});

test.each([
  ['help', new CommanderError(0, 'commander.help', 'x'), 0],
  ['a wrong command line', new CommanderError(1, 'commander.unknownOption', 'x'), 64],
  ['a wrong configuration of ipmi-bt', new ConfigError('x'), 78],
  ['a file that cannot be made', Object.assign(new Error('x'), { syscall: 'open' }), 73],
  ['a bug', new Error('x'), 70],
])('%s', (_, error, exit) => {
  expect([exitCodeOf(error), mayPass(error)]).toEqual([exit, false]);
});
