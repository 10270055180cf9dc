/** Events of smoke runs, as a runner would emit them: the input of the tests of reports. */

import type { CheckEnd, CheckId, NewEvent, RunInfo, SmokeEvent } from '../../src/smoke/events.ts';

export const INFO: RunInfo = {
  version: '0.2.0',
  commandLine: 'ipmi-bt smoke',
  parameters: { quick: false, 'total-time': 'once' },
  seed: 42,
  isSimulated: false,
  host: 'uv4',
  base: 0xce4,
};

/** Everything that a BMC or firmware could say to break a report. */
export const HOSTILE =
  'a\u0000b\u001b[31mc\r\nd\u2028e ]]> --> </failure> & " \' ` | \u{1F4A5} \ud800 # not ok 9 \\ %n';

/** The end of a check that passed, and what is different in this one. */
export function ended(id: CheckId, changes: Partial<CheckEnd> = {}): CheckEnd {
  return {
    ...{
      kind: 'check-end',
      id,
      result: 'pass',
      reason: '',
      slugs: [],
      exit: undefined,
      code: undefined,
    },
    ...{ isAllowed: false, retested: undefined, durationMs: 1200, ...changes },
  };
}

/** Gives each event the next second. */
export function timed(events: readonly NewEvent[]): readonly SmokeEvent[] {
  return events.map((event, index) => {
    const at = `2026-01-02T03:04:${String(index % 60).padStart(2, '0')}.000Z`;
    return { ...event, at };
  });
}

/** A run of these checks: each with its events, between a start and this end. */
export function runOf(
  checks: readonly (readonly NewEvent[])[],
  end: Partial<Extract<NewEvent, { kind: 'run-end' }>> = {},
  info: Partial<RunInfo> = {},
): readonly SmokeEvent[] {
  const ids = checks.flatMap(([first]) => (first !== undefined && 'id' in first ? [first.id] : []));
  return timed([
    {
      kind: 'run-start',
      info: { ...INFO, ...info },
      checks: ids.map((id) => ({ id, question: `Is ${id} sound?` })),
    },
    ...checks.flatMap((events) => events),
    {
      ...{ kind: 'run-end', result: 'pass', exit: 0, text: 'all checks passed.' },
      ...{ durationMs: 75_300, ...end },
    },
  ]);
}

export function started(id: CheckId, changes?: string): NewEvent {
  return { kind: 'check-start', id, question: `Is ${id} sound?`, changes };
}

/** The check `host` with the facts of a machine. */
export const HOST: readonly NewEvent[] = [
  started('host'),
  { kind: 'fact', id: 'host', name: 'kernel', value: '6.1.0-18-amd64' },
  { kind: 'fact', id: 'host', name: 'node', value: '20.20.2' },
  { kind: 'fact', id: 'host', name: 'clocksource', value: 'tsc' },
  { kind: 'fact', id: 'host', name: 'cpus', value: 1792 },
  ended('host', { durationMs: 40 }),
];

/** The check `latency` of a sound machine, with the identity of its BMC. */
export const LATENCY: readonly NewEvent[] = [
  started('latency'),
  {
    ...{ kind: 'fact', id: 'latency', name: 'bmc-guid' },
    value: '0b0a0908-0706-0504-0302-0100efbeadde',
  },
  { kind: 'fact', id: 'latency', name: 'bmc-firmware', value: '2.35' },
  { kind: 'series', id: 'latency', name: 'polled', unit: 'ms', values: [9.95, 10.0006, 13.4] },
  measured('latency', 'polled-p50', 9.9512),
  measured('latency', 'polled-p99', 13.4),
  {
    ...{ kind: 'measurement', id: 'latency', name: 'polled-max', value: 122.2, unit: 'ms' },
    bounds: { most: 1000 },
  },
  ended('latency', { durationMs: 11_400 }),
];

export function measured(id: CheckId, name: string, value: number): NewEvent {
  return { kind: 'measurement', id, name, value, unit: 'ms', bounds: {} };
}

/** A check of firmware that fails, with its table. */
export const FIRMWARE: readonly NewEvent[] = [
  started('firmware-agreement'),
  {
    ...{ kind: 'matrix', id: 'firmware-agreement', columns: ['type', 'address', 'interrupt'] },
    rows: [
      { name: 'SMBIOS', cells: ['BT', 'memory 0xce4', '0'] },
      { name: 'ACPI', cells: ['BT', 'I/O 0xce4', '6'] },
    ],
  },
  {
    ...{ kind: 'finding', id: 'firmware-agreement', severity: 'fail' },
    slug: 'bt-firmware-disagrees',
    text:
      'SMBIOS says that the interface is memory-mapped at 0xce4, and ACPI that it is at I/O port ' +
      '0xce4. Update the firmware, or give --base 0xce4.',
    evidence: ['dmidecode -t 38: Base Address: 0x0000000000000CE4 (Memory-mapped)'],
  },
  {
    ...{ kind: 'finding', id: 'firmware-agreement', severity: 'warning', slug: 'bt-slow-port' },
    ...{ text: 'A read of the port takes 5 us.', evidence: [] },
  },
  {
    ...{ kind: 'span', id: 'firmware-agreement', name: 'read tables', fromMs: 0, toMs: 12.5 },
    isFailed: false,
  },
  ended('firmware-agreement', {
    ...{ result: 'fail', slugs: ['bt-firmware-disagrees'], durationMs: 20 },
    reason: 'two sources disagree',
  }),
];

/** A check that was skipped because another failed. */
export const SKIPPED: readonly NewEvent[] = [
  started('share'),
  ended('share', { result: 'skip', reason: 'because of bring-up', durationMs: 0 }),
];

/** A check that could not be done. */
export const REFUSED: readonly NewEvent[] = [
  started('owner'),
  ended('owner', {
    ...{ result: 'error', exit: 77, code: 'PORT_DENIED', durationMs: 3 },
    reason: 'PORT_DENIED: ioperm 0xce4+3: Operation not permitted (needs root or CAP_SYS_RAWIO)',
  }),
];

/** Sound, with nothing to remark. */
export const PASSING = runOf([HOST, LATENCY]);

/** One check failed, one was skipped for it. */
export const FAILING = runOf([HOST, FIRMWARE, SKIPPED, LATENCY], {
  ...{ result: 'fail', exit: 1, text: 'firmware-agreement failed, and share was skipped.' },
});

/** Findings, facts and reasons that try to break out of every format. */
export const ATTACKING = runOf(
  [
    [
      started('frames', HOSTILE),
      { kind: 'fact', id: 'frames', name: HOSTILE, value: HOSTILE },
      {
        ...{ kind: 'measurement', id: 'frames', name: HOSTILE, value: Infinity, unit: HOSTILE },
        bounds: { most: 1 },
      },
      { kind: 'series', id: 'frames', name: HOSTILE, unit: HOSTILE, values: [1, NaN] },
      {
        ...{ kind: 'matrix', id: 'frames', columns: [HOSTILE] },
        rows: [{ name: HOSTILE, cells: [HOSTILE] }],
      },
      {
        ...{ kind: 'finding', id: 'frames', severity: 'fail', slug: 'bt-malformed' },
        ...{ text: HOSTILE, evidence: [HOSTILE] },
      },
      {
        ...{ kind: 'finding', id: 'frames', severity: 'warning', slug: 'bt-slow' },
        ...{ text: HOSTILE, evidence: [] },
      },
      ended('frames', { result: 'fail', slugs: ['bt-malformed'], reason: HOSTILE }),
    ],
    [started('pace'), ended('pace', { result: 'skip', reason: HOSTILE })],
    [started('abandon'), ended('abandon', { result: 'error', exit: 70, reason: HOSTILE })],
  ],
  { result: 'fail', exit: 1, text: HOSTILE },
  { host: HOSTILE, commandLine: HOSTILE },
);
