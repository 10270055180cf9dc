/**
 * The events of a typical smoke run, as a lab sees them: 16 checks, of which two failed and one was
 * skipped, 100 bring-ups, 1,000 latencies. The same seed gives the same events.
 */

import { Rng } from '../../src/sim/rng.ts';
import type { CheckId, NewEvent, RunInfo, Slug, SmokeEvent } from '../../src/smoke/events.ts';

const START_MS = Date.UTC(2026, 10, 29, 8, 24, 31);

const QUESTIONS: readonly (readonly [id: CheckId, question: string, durationMs: number])[] = [
  ['host', 'Can this host reach the ports, and what is it?', 4],
  ['firmware-agreement', 'Do SMBIOS, ACPI, PCI and the kernel describe one interface?', 22],
  ['owner', 'Can the ports be had?', 8],
  ['registers', 'Are the registers those of an idle BT interface?', 31],
  ['bring-up', 'Does the interface come up every time?', 18_400],
  ['bring-up-race', 'Does each request of a starting driver get its own answer?', 2_100],
  ['latency', 'How long does an answer take?', 12_700],
  ['frames', 'Are requests of every length answered?', 3_300],
  ['pace', 'Does the interface take requests at every pace?', 41_000],
  ['abandon', 'Does the next request get its own answer after one was given up?', 900],
  ['share', 'Do five processes get along?', 5_200],
  ['interrupt', 'Does the interrupt arrive?', 1_400],
  ['attention', 'Does the BMC say what it has to say?', 60],
  ['event-loop', 'How long is the event loop held?', 2_000],
  ['teardown', 'Is everything as it was before?', 350],
  ['not-wedged', 'Does the interface still answer?', 40],
];

/** Bring-ups of the run, counted from 0, that fail. */
const FAILED_BRING_UPS = [37, 71];

const STATES = ['waitReady', 'waitReply', 'waitClear'];

const TRACE = [
  'in  BT_CTRL    0x00',
  'out BT_CTRL    0x01 CLR_WR_PTR',
  'out HOST2BMC   04 18 2a 36 (+1 bytes)',
  'out BT_CTRL    0x04 H2B_ATN',
  'in  BT_CTRL    0x84 B_BUSY H2B_ATN',
  'in  BT_CTRL    0x80 B_BUSY',
];

const RUN_INFO: RunInfo = {
  version: '0.1.0',
  commandLine: 'ipmi-bt smoke --html report.html --baseline uv4.json',
  parameters: { quick: false, 'retest-on-failure': 0, timeout: 120 },
  seed: 20_261_129,
  isSimulated: false,
  host: 'uv4-0017',
  base: 0xce4,
};

/** Latencies in milliseconds, as a BMC with a tick of 10 ms has them. */
export function latencies(seed: number, count = 1000): readonly number[] {
  const rng = new Rng(seed);
  return Array.from({ length: count }, () => {
    const scatter = (rng.next() + rng.next() + rng.next() - 1.5) * 0.9;
    const delay = rng.chance(2) ? rng.next() * 30 : 0;
    return Number((10 + scatter + delay).toFixed(3));
  });
}

/** The whole run. */
export function typicalRun(seed = 1): readonly SmokeEvent[] {
  const checks = QUESTIONS.map(([id, question]) => ({ id, question }));
  const text =
    'bring-up and interrupt failed: the interface is not sound on this machine with this firmware.';
  const end: NewEvent = { kind: 'run-end', result: 'fail', exit: 1, text, durationMs: 87_515 };
  return timed([
    { kind: 'run-start', info: RUN_INFO, checks },
    ...QUESTIONS.flatMap(([id]) => checkRun(id, seed)),
    end,
  ]);
}

/** Gives each event its time, a millisecond after the one before. */
export function timed(events: readonly NewEvent[]): readonly SmokeEvent[] {
  return events.map((event, at) => ({ ...event, at: new Date(START_MS + at).toISOString() }));
}

/** A run of one check, `registers`, that passed but for what is handed in. */
export function runWith(...events: readonly NewEvent[]): readonly SmokeEvent[] {
  const question = 'Are the registers those of an idle BT interface?';
  return timed([
    { kind: 'run-start', info: RUN_INFO, checks: [{ id: 'registers', question }] },
    { kind: 'check-start', id: 'registers', question, changes: undefined },
    ...events,
    ended('registers', 31),
    { kind: 'run-end', result: 'pass', exit: 0, text: 'Every check passed.', durationMs: 31 },
  ]);
}

/** The end of a check: passed, or failed with these slugs. */
export function ended(id: CheckId, durationMs: number, slugs: readonly Slug[] = []): NewEvent {
  const failed = { result: 'fail' as const, reason: slugs.join(', ') };
  const outcome = slugs.length > 0 ? failed : { result: 'pass' as const, reason: '' };
  const rest = { exit: undefined, code: undefined, isAllowed: false, retested: undefined };
  return { kind: 'check-end', id, ...outcome, slugs, ...rest, durationMs };
}

function checkRun(id: CheckId, seed: number): readonly NewEvent[] {
  const [, question = '', durationMs = 0] = QUESTIONS.find(([name]) => name === id) ?? [];
  const start: NewEvent = { kind: 'check-start', id, question, changes: undefined };
  const found = OBSERVATIONS[id]?.(seed) ?? [];
  const slugs = found.flatMap((event) => {
    return event.kind === 'finding' && event.severity === 'fail' ? [event.slug] : [];
  });
  const end = ended(id, durationMs, slugs);
  if (id !== 'attention' || end.kind !== 'check-end') return [start, ...found, end];
  const reason = 'because of interrupt: the BMC cannot be heard';
  return [start, { ...end, result: 'skip', reason, isAllowed: false }];
}

/** Observations of each check that has some. */
const OBSERVATIONS: Partial<Record<CheckId, (seed: number) => readonly NewEvent[]>> = {
  host: () =>
    facts('host', {
      machine: 'HPE UV4',
      firmware: 'HPE SGI UV4 7.64 03/18/2018',
      kernel: '6.1.0-25-amd64',
      node: 'v20.20.2 x64',
      cpus: 288,
      lockdown: 'none',
      capabilities: 'CAP_SYS_RAWIO CAP_SYS_ADMIN',
      backend: 'native',
      clocksource: 'tsc',
      'clock-read': '31 ns',
      'uv-type': '4.0',
      'uv-partition': '0',
      'base-io-bus': '0000:00',
      'numa-node': 0,
    }),
  'firmware-agreement': () => [matrixEvent(), warning()],
  registers: () => [
    ...measured('registers', { 'access time': [1.1, 'us'] }),
    ...facts('registers', { BT_CTRL: '0x00', BT_INTMASK: '0x01 B2H_IRQ_EN' }),
  ],
  'bring-up': bringUp,
  'bring-up-race': () =>
    measured('bring-up-race', { placements: [40, '1'], 'own answers': [40, '1'] }),
  latency: latency,
  frames: () => measured('frames', { 'longest request': [63, 'By'], 'longest reply': [66, 'By'] }),
  pace: () => measured('pace', { requests: [600, '1'], 'sequence wraps': [2, '1'] }),
  abandon: () => measured('abandon', { abandoned: [20, '1'] }),
  share: () => measured('share', { processes: [5, '1'], requests: [250, '1'] }),
  interrupt: deadInterrupt,
  'event-loop': () => measured('event-loop', { 'longest hold': [0.41, 'ms', 5] }),
  teardown: () => facts('teardown', { 'driver before': 'ipmi_si', 'driver after': 'ipmi_si' }),
  'not-wedged': () => measured('not-wedged', { 'answer of a fresh process': [10.2, 'ms', 5000] }),
};

function facts(
  id: CheckId,
  values: Readonly<Record<string, string | number | boolean>>,
): NewEvent[] {
  return Object.entries(values).map(([name, value]) => ({ kind: 'fact', id, name, value }));
}

type Measured = readonly [value: number, unit: string, most?: number];

function measured(id: CheckId, values: Readonly<Record<string, Measured>>): NewEvent[] {
  return Object.entries(values).map(([name, [value, unit, most]]) => {
    const bounds = most === undefined ? {} : { most };
    return { kind: 'measurement', id, name, value, unit, bounds };
  });
}

function matrixEvent(): NewEvent {
  const columns = ['type', 'address', 'spacing', 'interrupt'];
  const rows = [
    { name: 'SPMI', cells: ['BT', 'I/O 0xce4', '1', 'none (0)'] },
    { name: 'SMBIOS 38-0', cells: ['BT', 'memory 0xce4', '1', 'none'] },
    { name: 'kernel IPI0001:00', cells: ['BT', 'I/O 0xce4', '1', '6'] },
    { name: 'ACPI IPI0001:00', cells: ['not shown', 'I/O 0xce4-0xce6', 'not shown', 'not shown'] },
    { name: 'registers', cells: ['BT', 'I/O 0xce4 (BT_CTRL 0x00)', '1', 'not shown'] },
  ];
  return { kind: 'matrix', id: 'firmware-agreement', columns, rows };
}

function warning(): NewEvent {
  return {
    ...{ kind: 'finding', id: 'firmware-agreement', severity: 'warning' },
    slug: 'bt-firmware-disagrees',
    text:
      'SMBIOS 38-0 calls 0xce4 memory-mapped, where ACPI and the registers have an I/O port: bit 0 ' +
      'of its base address is missing, and Linux may map memory there. Tell the vendor, and start ' +
      'the kernel with `ipmi_si.ports=0xce4` until the firmware is right.',
    evidence: ['SMBIOS 38-0: BT, memory 0xce4, spacing 1', 'SPMI: BT, I/O 0xce4, spacing 1'],
  };
}

function bringUp(seed: number): readonly NewEvent[] {
  const rng = new Rng(seed);
  const events: NewEvent[] = [];
  let nowMs = 0;
  const times: number[] = [];
  for (let at = 0; at < 100; at += 1) {
    const isFailed = FAILED_BRING_UPS.includes(at);
    const tookMs = isFailed ? 2_500 : 110 + rng.next() * 40;
    events.push(span(`bring-up ${at + 1}`, [nowMs, nowMs + tookMs], isFailed));
    STATES.forEach((name, state) => {
      const fromMs = nowMs + (tookMs * state) / STATES.length;
      events.push(span(name, [fromMs, fromMs + tookMs / 3.2], isFailed && state === 1));
    });
    if (!isFailed) times.push(Number(tookMs.toFixed(2)));
    nowMs += tookMs + 12;
  }
  return [
    ...events,
    { kind: 'series', id: 'bring-up', name: 'bring-up', unit: 'ms', values: times },
    ...measured('bring-up', { 'bring-ups': [100, '1'], failures: [2, '1', 0] }),
    {
      ...{ kind: 'finding', id: 'bring-up', severity: 'fail', slug: 'bt-bring-up' },
      text:
        '2 of 100 bring-ups failed (38 and 72): B_BUSY stayed set for 2.5 s after Get BT Interface ' +
        'Capabilities was sent. Restart the BMC with `ipmi-bt reset --cold`, and run this check ' +
        'again with --only bring-up; if it still fails, update the firmware of the BMC.',
      evidence: Array.from({ length: 40 }, (_, at) => {
        return `${(7_024.118 + at * 0.061).toFixed(3)} ms  ${TRACE[Math.min(at, TRACE.length - 1)] ?? ''}`;
      }),
    },
  ];
}

type Period = readonly [fromMs: number, toMs: number];

function span(name: string, [fromMs, toMs]: Period, isFailed: boolean): NewEvent {
  return { kind: 'span', id: 'bring-up', name, fromMs, toMs, isFailed };
}

function latency(seed: number): readonly NewEvent[] {
  const values = latencies(seed);
  return [
    ...measured('latency', {
      'polled-first': [1040.7, 'ms'],
      'polled-p50': [10.02, 'ms', 250],
      'polled-p99': [27.4, 'ms', 1000],
      'polled-longest-silence': [38.9, 'ms', 5000],
    }),
    { kind: 'series', id: 'latency', name: 'polled', unit: 'ms', values },
  ];
}

function deadInterrupt(): readonly NewEvent[] {
  return [
    ...measured('interrupt', { 'interrupts seen': [0, '1'], 'counted by the kernel': [0, '1'] }),
    {
      ...{ kind: 'finding', id: 'interrupt', severity: 'fail', slug: 'bt-irq-dead' },
      text:
        'IRQ 6 never came in 20 answers, by the count of the driver and of the kernel; B2H_IRQ was ' +
        'set each time. The route from the BMC to the interrupt controller is dead or wrong: ' +
        'compare the interrupt in the BIOS setup with ACPI, and run polled until then.',
      evidence: [
        'in  BT_INTMASK 0x03 B2H_IRQ_EN B2H_IRQ',
        'in  BT_CTRL    0x08 B2H_ATN',
        '/proc/interrupts:   6:          0          0  IR-IO-APIC    6-edge      ipmi_bt_uio',
      ],
    },
  ];
}
