/**
 * `ipmi-bt smoke`: hardware smoke tests of the BT interface. Only the specification is here; the
 * rest is loaded when it is asked for.
 */

import { command } from '../globals.ts';
import { SMOKE_OPTIONS } from './smoke-spec.ts';

export const SMOKE_COMMAND = command({
  name: 'smoke',
  device: 'own',
  help: 'test whether the BT interface is sound, on this machine, with this firmware',
  options: SMOKE_OPTIONS,
  notes: `With --timeout each check has that limit. Nothing is changed on the BMC, in its
event log or in the kernel, but with --write, --reset or --takeover.
docs/smoke.md explains each check.`,
  examples: [
    { line: '--sim smoke --quick', help: 'test the simulated BMC' },
    { line: 'smoke', help: 'run all checks that only read' },
    { line: 'smoke --takeover --json', help: 'borrow the interface from ipmi_si; OCP JSON Lines' },
    { line: 'smoke --only bring-up,latency', help: 'run two of the checks' },
  ],
  exitCodes: {
    0: 'every check passed, or may be skipped, and one at least passed',
    1: 'a check failed, or did not run although it should',
    64: 'an option or a file is wrong, or the baseline is of another machine',
    69: 'there is no BT interface here, or every check was skipped',
    74: 'a report could not be written',
    75: 'another driver or process has the interface',
    77: 'this process may not use the ports',
    130: 'SIGINT ended the run; the reports have what was done',
  },
  run: async (given) => {
    const { smoke } = await import('./smoke-run.ts');
    return await smoke(given);
  },
});
