/** The options of `ipmi-bt smoke`, as they stand on the command line. */

import type { GlobalValues } from '../globals.ts';
import type { Given, OptionSpecs, Values } from '../spec.ts';

export const SMOKE_OPTIONS = {
  list: { help: 'list the checks of the run, and run none' },
  only: { value: 'ids', help: 'run these checks only, separated by commas' },
  skip: { value: 'ids', help: 'do not run these checks' },
  allowSkip: { value: 'ids', help: 'pass although these checks do not apply here' },
  quick: { help: 'run in less than 30 s, and print one line' },
  totalTime: { value: 'time', help: 'repeat the checks for so long: 90s, 30m, 8h, or forever' },
  fatal: { help: 'end at the first failure' },
  retestOnFailure: { value: 'n', help: 'try a check again that failed; it stays failed' },
  seed: { value: 'n', help: 'repeat the run of that seed' },
  numa: { help: 'measure the latency from each NUMA node' },
  write: { help: 'also run checks that change something on the BMC; a SEL entry of theirs stays' },
  reset: {
    value: 'kind',
    help: 'also reset the BMC or its interface, once; needs --yes',
    choices: ['warm', 'cold', 'interface'],
  },
  yes: { help: 'with --reset: do reset it' },
  save: { value: 'file', help: 'save the results as the baseline of this machine' },
  baseline: { value: 'file', help: 'compare the results with a baseline of this machine' },
  strict: { help: 'with --baseline: a change is a failure' },
  prove: { help: 'show that each check finds the fault it is there for, on simulated BMCs' },
  nagios: { help: 'print one line as a Nagios plugin does; exit codes 0 to 3' },
  lava: { help: 'print the results as LAVA reads them' },
  tap: { help: 'print the results as TAP 13' },
  junit: { value: 'file', help: 'write a JUnit report' },
  html: { value: 'file', help: 'write a page with the results, charts included' },
} as const satisfies OptionSpecs;

/** Their values. */
export type SmokeValues = Values<typeof SMOKE_OPTIONS>;

/** The input of `smoke`. */
export type SmokeGiven = Given<typeof SMOKE_OPTIONS, GlobalValues>;
