/** Everything from outside of `src/` that the sources use, and the files that may use it. */

import { LAYERS } from './layers.ts';

/** The files of the schemas of what the command line prints. */
const SCHEMAS = LAYERS.flatMap(([folder, files]) =>
  files
    .filter((file) => folder === 'cli' && /^schemas\/(?!all$)/.test(file))
    .map((file) => `cli/${file}`),
);

/** Everything from outside of `src/`, and the files that use it. */
export const OUTSIDE: Readonly<Record<string, readonly string[]>> = {
  commander: ['cli/parser', 'cli/usage-errors'],
  'node:child_process': [
    ...['child', 'kernel/module', 'share/flock', 'smoke/affinity', 'smoke/exec-process'],
  ],
  'node:crypto': ['cli/commands/smoke-run', 'smoke/report/html'],
  'node:diagnostics_channel': ['driver/transactions'],
  'node:events': ['device/events'],
  'node:fs': [
    ...['assets', 'cli/append-file', 'cli/commands/smoke-files', 'cli/ipmitool/c-files'],
    ...['cli/ipmitool/time-zone', 'cli/input', 'cli/new-file', 'cli/output', 'cli/sdr-cache-file'],
    ...['cli/secret-file', 'cli/startup/code', 'cli/startup/pages', 'cli/startup/start', 'files'],
    ...['port/dev-port', 'serve/cuse/channel', 'serve/listener', 'share/lock-file'],
    ...['share/sequence-file', 'whole-file'],
  ],
  'node:module': ['child', 'cli/startup/optimizer', 'kernel/module', 'native', 'share/flock'],
  'node:net': ['guardian', 'serve/connection', 'serve/link', 'serve/listener'],
  'node:os': ['cli/commands/smoke-reports', 'cli/commands/smoke-run', 'serve/cuse/device'],
  'node:path': [
    'native',
    ...['assets', 'cli/append-file', 'cli/apply-file', 'cli/commands/smoke-files'],
    ...['cli/startup/pages'],
    ...['cli/sdr-cache-file', 'serve/listener', 'share/holder', 'share/lock-file'],
  ],
  'node:perf_hooks': ['smoke/latencies'],
  'node:readline': ['cli/confirm', 'cli/ipmitool/standard-input'],
  'node:stream': ['cli/ipmitool/standard-input'],
  'node:test/reporters': ['smoke/report/node-reports'],
  'node:tty': ['cli/commands/smoke-run'],
  'node:url': ['assets', 'cli/commands/smoke-reports', 'native'],
  'node:util': ['port/denied'],
  'node:v8': ['cli/startup/optimizer'],
  'node:vm': ['cli/startup/code'],
  pino: ['log'],
  'node-gyp-build': ['native'],
  // The command among the modules of the package.
  '#command': ['cli/startup/start'],
  typebox: SCHEMAS,
};
