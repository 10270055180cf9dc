/** The options of every command: read once, checked against each other. */

import { describe, expect, test } from 'vitest';

import { UsageError } from '../../src/cli/args.ts';
import { readGlobals, readTaking } from '../../src/cli/globals.ts';
import type { GLOBAL_OPTIONS, GlobalValues } from '../../src/cli/globals.ts';
import { readLine } from '../../src/cli/parser.ts';
import type { Values } from '../../src/cli/spec.ts';
import { PROGRAM } from '../../src/cli/whole-run.ts';

/** The options of a command line, as the parser gives them. */
function values(text = ''): GlobalValues {
  const line = readLine(PROGRAM, ['info', ...text.split(' ').filter(Boolean)]);
  if (line.kind !== 'command') throw new Error(`no command, but ${line.kind}`);
  return line.globals as Values<typeof GLOBAL_OPTIONS>;
}

test('options that are not given have their defaults', () => {
  expect(readGlobals(values())).toEqual({
    base: undefined,
    spacing: undefined,
    stats: false,
    port: undefined,
    irq: 'off',
    takeover: false,
    quirks: [],
    bridge: undefined,
    sim: false,
    simDelayMs: 0,
    simEventsMs: undefined,
    pollMs: 0,
    timeoutMs: 30_000,
    json: false,
    logLevel: 'silent',
    trace: false,
    tracePayload: false,
    record: undefined,
    simRecording: undefined,
  });
});

describe('a value is read:', () => {
  test.each([
    ['--base 0xce4 --spacing 4', { base: 0xce4, spacing: 4 }],
    ['--port dev-port --takeover', { port: 'dev-port', takeover: true }],
    ['--takeover --force', { takeover: 'force' }],
    ['--irq auto', { irq: 'auto' }],
    ['--irq /dev/uio07', { irq: '/dev/uio7' }],
    ['--quirk write-under-busy --poll-ms 1000', { quirks: ['write-under-busy'], pollMs: 1000 }],
    ['--bridge 0:0x2c', { bridge: { channel: 0, address: 0x2c } }],
    ['--sim --sim-delay 5 --sim-events 0x10', { sim: true, simDelayMs: 5, simEventsMs: 16 }],
    ['--timeout 0.5 --json --log-level debug', { timeoutMs: 500, json: true, logLevel: 'debug' }],
    ['--trace-payload', { trace: true, tracePayload: true }],
    ['--trace-payload=all', { trace: true, tracePayload: 'all' }],
    ['--record a --trace-payload', { record: 'a', trace: false, tracePayload: true }],
    ['--record a --trace --trace-payload=all', { trace: true, tracePayload: 'all' }],
    ['--sim --sim-recording a', { sim: true, simRecording: 'a' }],
  ])('%s', (text, expected) => {
    expect(readGlobals(values(text))).toMatchObject(expected);
  });
});

describe('is refused:', () => {
  test.each([
    '--base x',
    '--base 0x10000',
    '--sim --sim-delay 3600001',
    '--sim --sim-events -1',
    '--sim-delay 0',
    '--sim-events 5',
    '--poll-ms 1001',
    '--timeout 0',
    '--irq 5',
    '--irq /dev/uio',
    '--force',
    '--sim --takeover',
    '--sim --port native',
    '--sim --irq off',
  ])('%s', (text) => {
    expect(() => readGlobals(values(text))).toThrow(UsageError);
  });
});

test('claim and release take the interface without --takeover', () => {
  expect(readTaking(values())).toMatchObject({ takeover: true });
  expect(readTaking(values('--force'))).toMatchObject({ takeover: 'force' });
  expect(() => readTaking(values('--sim'))).toThrow(UsageError);
});
