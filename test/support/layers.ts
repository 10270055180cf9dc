/**
 * The layers of `src/` as lists, kept by hand: `project/layers.test.ts` holds the files to them.
 */

/** The folders of `src/`, low to high, and the files of each; `.` is what lies in `src/` itself. */
export const LAYERS: readonly (readonly [folder: string, files: readonly string[]])[] = [
  [
    '.',
    [
      ...['errors', 'option-table', 'abort', 'file-trouble', 'shown', 'foreign-text', 'whole-file'],
      ...['callback', 'log', 'sink', 'clock', 'files', 'trust', 'native', 'assets', 'child'],
      ...['guardian', 'signals', 'rollback'],
    ],
  ],
  [
    'port',
    [
      ...['port', 'range', 'denied', 'register-block', 'interrupt-number', 'pci-port'],
      ...['addon-port', 'dev-port', 'open-port', 'irq-line', 'uio-line'],
    ],
  ],
  [
    'sim',
    [
      ...['bits', 'command-record', 'little-endian', 'part', 'reservation', 'boot-parameters'],
      ...['chassis', 'network-options', 'channels', 'users', 'lan', 'satellites', 'storage-data'],
      ...['dcmi', 'sol', 'watchdog', 'sel', 'fru', 'sdrs', 'sensors', 'commands', 'qemu-commands'],
      ...['personality', 'fault-kinds', 'distort', 'rng', 'disturbance', 'failure', 'guid'],
      ...['interrupt-mask', 'options', 'pending-answers', 'request-buffer', 'response-buffer'],
      ...['restart', 'bmc', 'faults', 'irq-line', 'virtual-clock'],
    ],
  ],
  [
    'ipmi',
    [
      ...['message', 'requester', 'commands', 'hex', 'command-names', 'completion', 'readable'],
      ...['codec', 'text', 'bmc-time', 'command', 'parameter', 'chassis', 'address', 'privilege'],
      ...['channel', 'user', 'lan', 'lan-ipv6', 'ipmb', 'chassis-control', 'boot-options'],
      ...['controller', 'dcmi', 'dcmi-power', 'sol', 'device-id', 'guid', 'self-test'],
      ...['bt-capabilities', 'repeatable', 'secret', 'watchdog', 'message-flags', 'generic-events'],
      ...['sensor-events', 'event-details', 'event-record', 'sensor-factors', 'sensor-commands'],
      ...['sensor-units', 'sensor-state', 'entity', 'entry-words', 'record-read', 'bmc-event'],
      ...['id-string', 'sdr-commands', 'sdr-sensor', 'sdr-locator', 'sdr-record', 'sel', 'fru'],
      ...['fru-text', 'fru-areas', 'fru-records'],
    ],
  ],
  [
    'share',
    [
      ...['flock', 'holder', 'lock-file', 'sequence-numbers', 'sequence-file', 'lock', 'users'],
      ...['settings', 'local-lock', 'arbiter'],
    ],
  ],
  [
    'driver',
    [
      ...['poll-policy', 'interrupt', 'machine', 'statistics', 'transactions', 'limits', 'failure'],
      ...['linked-list', 'retry', 'pending-request', 'queue', 'loop', 'in-flight', 'driver'],
    ],
  ],
  [
    'bt',
    [
      ...['bits', 'frame', 'registers', 'edges', 'quirks', 'states', 'machine', 'drain'],
      ...['disclosure', 'trace-port', 'interface'],
    ],
  ],
  [
    'trace',
    [
      ...['recording', 'reader', 'exchange', 'recorder', 'record-port', 'record-machine'],
      ...['recorded', 'replay', 'timeline', 'timeline-text', 'time-scale', 'timeline-svg'],
      ...['timeline-html', 'kernel-log', 'kernel-story', 'kernel-text'],
    ],
  ],
  [
    'bmc',
    [
      ...['ask', 'bridged-answers', 'section', 'bring-up', 'identity', 'recovery'],
      ...['global-enables', 'event-reader', 'attention'],
    ],
  ],
  [
    'kernel',
    [
      ...['bus-device', 'io-ports', 'ipmi-si', 'pci-device', 'uio-drivers', 'takeover-record'],
      ...['left-behind', 'type38', 'si-platform', 'port-owner', 'give-back', 'ipmi-device'],
      ...['users-of-ipmi-si', 'takeover', 'blacklist', 'module'],
    ],
  ],
  ['irq', ['uio-device', 'ways', 'status', 'binding']],
  [
    'discover',
    [
      ...['record', 'smbios', 'acpi', 'pci', 'kernel-params', 'config', 'candidate', 'ranking'],
      ...['discover', 'explain', 'attempts', 'defaults'],
    ],
  ],
  ['device', ['state', 'events', 'event-stream', 'options', 'system-interface', 'device', 'bmcs']],
  [
    'registry',
    [
      ...['open-options', 'target', 'open-devices', 'resources', 'register', 'door', 'open'],
      ...['give-back-for'],
    ],
  ],
  ['.', ['index']],
  [
    'commands',
    [
      ...['caller', 'checked-calls', 'choices', 'once', 'parameter', 'bridge', 'chassis'],
      ...['set-in-progress', 'boot-options', 'controller', 'dcmi', 'sol', 'watchdog', 'sdr-cache'],
      ...['sdr-reader', 'sdr', 'sensor-ref', 'sensors', 'sensor-lookup', 'sel-reader', 'sel-walk'],
      ...['sel-erasure', 'sel-drain', 'sel', 'fru-image', 'fru', 'apply', 'wanted', 'lan-channel'],
      ...['channel', 'user-access', 'user-wanted', 'user-apply', 'user', 'lan-configuration'],
      ...['lan-parameter', 'lan-read', 'lan-wanted', 'lan-items', 'lan', 'index'],
    ],
  ],
  [
    'smoke',
    [
      ...['events', 'slug-checks', 'subject', 'check', 'record', 'identity', 'baseline-file'],
      ...['recorder', 'conclusion', 'verdict', 'runner', 'simulated-host', 'states', 'simulated'],
      ...['affinity', 'report/words', 'latencies', 'baseline', 'ledger', 'session'],
      ...['baseline-check', 'known-reads', 'tracer', 'checks/abandon', 'register-log'],
      ...['checks/attention', 'checks/bring-up-race', 'checks/bring-up', 'checks/enables'],
      ...['checks/event-loop', 'firmware-rows', 'firmware-rules', 'checks/firmware-agreement'],
      ...['longest-replies', 'checks/frames', 'checks/host', 'checks/interrupt', 'checks/latency'],
      ...['checks/not-wedged', 'checks/owner', 'checks/pace', 'checks/platform-event'],
      ...['checks/registers', 'checks/reset', 'checks/sel-entry', 'checks/share'],
      ...['checks/teardown', 'checks/torn-frame', 'catalog', 'exec-process', 'faulty-machines'],
      ...['hold', 'leftovers', 'host-subject', 'proofs', 'prove', 'report/html-words'],
      ...['report/histogram', 'report/html-style', 'report/html-chart', 'report/html-run'],
      ...['report/markup', 'report/html-checks', 'report/html-facts', 'report/html-matrix'],
      ...['report/html-series', 'report/html-timeline', 'report/html', 'report/lava'],
      ...['report/layout', 'report/nagios', 'report/node-reports', 'report/ocptv-dut'],
      ...['report/ocptv-values', 'report/ocptv', 'report/text'],
    ],
  ],
  [
    'cli',
    [
      ...['spec', 'exit-codes', 'args', 'format', 'not-found', 'failure', 'file-reasons', 'output'],
      ...[
        'progress',
        'help-tail',
        'ipmitool-words',
        'hints',
        'usage-errors',
        'lookup',
        'parser',
        'version',
      ],
      ...['input', 'new-file', 'recording-file', 'questions', 'turn', 'globals', 'record-file'],
      ...['session', 'startup/optimizer', 'commands/raw', 'commands/exec-lines'],
      ...['commands/exec-turn', 'commands/exec-session', 'commands/exec', 'commands/info'],
      ...['commands/reset', 'commands/stats', 'commands/claim', 'commands/irq', 'commands/locate'],
      ...['commands/watch', 'commands/trace-replay', 'commands/trace', 'commands/smoke-spec'],
      ...['commands/smoke-options', 'commands/smoke-files', 'commands/smoke-reports'],
      ...['commands/smoke-run', 'commands/smoke', 'schemas/schema', 'schemas/chassis'],
      ...['schemas/device', 'schemas/interface', 'schemas/trace', 'schemas/sensor', 'schemas/sel'],
      ...['schemas/fru', 'schemas/apply-result', 'schemas/channel', 'schemas/user', 'schemas/lan'],
      ...['schemas/input', 'schemas/mc', 'schemas/power', 'schemas/watchdog', 'schemas/dcmi'],
      ...[
        'schemas/sol',
        'schemas/all',
        'operation',
        'channel-option',
        'confirm',
        'change',
        'commands/mc',
      ],
      ...['commands/power', 'commands/watchdog', 'bmc-date', 'commands/dcmi'],
      ...['commands/sol', 'commands/chassis-actions', 'append-file', 'sel-lines', 'fru-words'],
      ...['sdr-cache-file', 'commands/sensor-text', 'commands/sensor', 'commands/sdr'],
      ...['commands/sel-clear', 'commands/sel', 'commands/fru', 'secret-file', 'json-names'],
      ...['apply-file', 'apply-output', 'commands/chassis', 'commands/channel', 'commands/user'],
      ...['commands/lan-print', 'commands/lan', 'commands/schema', 'ipmitool/session'],
      ...['ipmitool/usage', 'ipmitool/unsupported', 'ipmitool/numbers', 'ipmitool/ask'],
      ...['ipmitool/choose', 'ipmitool/c-text', 'ipmitool/time-zone', 'ipmitool/bmc-times'],
      ...['ipmitool/products', 'ipmitool/manufacturers', 'ipmitool/arguments'],
      ...['ipmitool/user-access', 'ipmitool/raw', 'ipmitool/mc-help', 'ipmitool/mc-guid'],
      ...['ipmitool/mc-sysinfo', 'ipmitool/mc-watchdog', 'ipmitool/mc', 'ipmitool/chassis-help'],
      ...['ipmitool/chassis-boot-text', 'ipmitool/chassis-boot', 'ipmitool/chassis-mailbox'],
      ...['ipmitool/chassis', 'ipmitool/user-help', 'ipmitool/user', 'ipmitool/channel-help'],
      ...['ipmitool/channel-ciphers', 'ipmitool/channel', 'ipmitool/lan-help'],
      ...['ipmitool/lan-channel', 'ipmitool/lan-parameters', 'ipmitool/lan-words'],
      ...['ipmitool/lan-access', 'ipmitool/lan-set-more', 'ipmitool/lan-set'],
      ...['ipmitool/lan-stats', 'ipmitool/lan-alert'],
      ...['ipmitool/lan-print', 'ipmitool/lan', 'ipmitool/exec', 'ipmitool/inquiry'],
      ...['ipmitool/c-files', 'ipmitool/event-words', 'ipmitool/entity-words'],
      ...['ipmitool/sensor-value', 'ipmitool/sensor-reading', 'ipmitool/sensor-status'],
      ...['ipmitool/sdr-repository', 'ipmitool/sdr-locators', 'ipmitool/sdr-verbose'],
      ...['ipmitool/sdr-print', 'ipmitool/sdr-search', 'ipmitool/sdr', 'ipmitool/sensor-print'],
      ...['ipmitool/sensor-thresh', 'ipmitool/sensor', 'ipmitool/fru-reader', 'ipmitool/fru-multi'],
      ...['ipmitool/fru-print', 'ipmitool/fru', 'ipmitool/sel-entry', 'ipmitool/sel-verbose'],
      ...['ipmitool/sel-list', 'ipmitool/sel-time', 'ipmitool/sel-info', 'ipmitool/sel-get'],
      ...[
        'ipmitool/sel',
        'ipmitool/event-help',
        'ipmitool/event',
        'ipmitool/dcmi-ask',
        'ipmitool/dcmi-power',
        'ipmitool/dcmi-discover',
      ],
      ...['ipmitool/dcmi', 'ipmitool/families', 'ipmitool/option-effects', 'ipmitool/command-line'],
      ...['commands/ipmitool', 'quick', 'whole-run', 'program'],
    ],
  ],
  ['.', ['cli']],
  ['cli', ['startup/guardian', 'startup/code', 'startup/start', 'startup/compile']],
];

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
    'assets',
    'cli/append-file',
    'cli/commands/smoke-files',
    'cli/ipmitool/c-files',
    'cli/ipmitool/time-zone',
    'cli/input',
    'cli/new-file',
    'cli/output',
    'cli/sdr-cache-file',
    'cli/secret-file',
    'cli/startup/code',
    'files',
    'port/dev-port',
    'share/lock-file',
    'share/sequence-file',
    'whole-file',
  ],
  'node:module': ['child', 'cli/startup/optimizer', 'kernel/module', 'native', 'share/flock'],
  'node:net': ['guardian'],
  'node:os': ['cli/commands/smoke-reports', 'cli/commands/smoke-run'],
  'node:path': [
    ...['assets', 'cli/append-file', 'cli/apply-file', 'cli/commands/smoke-files'],
    ...['cli/sdr-cache-file', 'share/holder', 'share/lock-file'],
  ],
  'node:perf_hooks': ['smoke/latencies'],
  'node:readline': ['cli/confirm'],
  'node:test/reporters': ['smoke/report/node-reports'],
  'node:tty': ['cli/commands/smoke-run'],
  'node:url': ['assets', 'cli/commands/smoke-reports', 'native'],
  'node:util': ['port/denied'],
  'node:v8': ['cli/startup/optimizer'],
  'node:vm': ['cli/startup/code'],
  pino: ['log'],
  typebox: SCHEMAS,
};
