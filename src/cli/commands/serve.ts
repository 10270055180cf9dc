/**
 * `ipmi-bt serve`: has the interface, and offers it to other programs until a signal ends it; and
 * `ipmi-bt serve status`, which shows what a server does.
 */

import { UsageError } from '../args.ts';
import { command, readGlobals } from '../globals.ts';

const ACTIONS = ['status'] as const;

export const SERVE_COMMAND = command({
  name: 'serve',
  device: 'own',
  help: 'serve the interface to other programs, as /dev/ipmi0 and by sockets',
  words: [
    {
      name: '[action]',
      help: 'status: show what the server does; else it serves',
      names: ACTIONS,
    },
  ],
  options: {
    check: { help: 'only check whether it can serve; nothing is changed' },
    name: {
      value: 'name',
      help: 'device file in /dev, such as ipmidev/0; by default the one that it had last, or ipmi0',
    },
    socketsOnly: { help: 'offer the sockets, and no device file' },
    mode: { value: 'octal', help: 'permissions of the device file; 600 when absent' },
    group: { value: 'group', help: 'group of the device file; by default root' },
    socket: { value: 'path', help: 'its own socket; by default /run/ipmi-bt-serve/PORT.sock' },
    dummy: { value: 'path', help: 'also serve the socket of `ipmitool -I dummy`' },
    watchdog: { value: 'time', help: "feed the BMC's watchdog, whose countdown is this: 60s, 5m" },
    watchdogAction: {
      value: 'action',
      help: 'what the BMC does when it is not fed any more',
      choices: ['none', 'hard-reset', 'power-down', 'power-cycle'],
      fallback: 'none',
    },
  },
  examples: [
    { line: 'serve --takeover', help: 'take the interface from ipmi_si, and serve /dev/ipmi0' },
    { line: 'serve --check', help: 'say what stands in the way' },
    { line: 'serve status', help: 'show clients, queue and counters' },
  ],
  exitCodes: {
    0: 'a signal ended the server; status: a server runs; --check: it can serve',
    69: 'ipmi_si has the interface, or there is no CUSE',
    75: 'another server has the interface; the device file went; status: none runs',
    77: 'no permission',
    78: 'the policy cannot be used',
  },
  run: async ({ words: [action], options, globals: values }) => {
    const globals = readGlobals(values);
    if (action === 'status') {
      if (options.check) throw new UsageError('serve status and --check: ask for one of them');
      const { showStatus } = await import('./serve-status.ts');
      return await showStatus(globals, options.socket);
    }
    if (action !== undefined) {
      throw new UsageError(`serve "${action}" is not one of ${ACTIONS.join(', ')}`);
    }
    const { runServer } = await import('./serve-run.ts');
    const { checkServe } = await import('./serve-check.ts');
    const { serveChoices } = await import('./serve-choices.ts');
    const { gidOf } = await import('../../serve/policy-file.ts');
    const { systemFiles } = await import('../../files.ts');
    const choices = serveChoices(options, globals, (group) => gidOf(group, systemFiles));
    return options.check ? checkServe(choices, globals) : await runServer(choices, globals);
  },
});
