/** `exec`: many commands in one session, and what is told when one of them fails. */

import { describe, expect, onTestFinished, test } from 'vitest';

import { UsageError } from '../../../src/cli/args.ts';
import { LineSplitter, parseLine } from '../../../src/cli/commands/exec-lines.ts';
import { exec } from '../../../src/cli/commands/exec-session.ts';
import type { ExecOptions } from '../../../src/cli/commands/exec-session.ts';
import type { Session } from '../../../src/cli/session.ts';
import { IpmiError, open } from '../../../src/index.ts';
import { EndedBySignal } from '../../../src/signals.ts';
import { FaultyBmc } from '../../../src/sim/faults.ts';
import type { Fault } from '../../../src/sim/faults.ts';
import { VirtualClock } from '../../../src/sim/virtual-clock.ts';
import { PROGRAM } from '../../../src/cli/whole-run.ts';
import { SHARED } from '../../support/exec-shared.ts';
import { rawScriptLines, scriptLines } from '../../support/script-lines.ts';

/** The simulated BMC sends its data back. */
const ECHO = 'raw 0x30 0x01';

interface Setting {
  readonly faults?: readonly Fault[];
  readonly json?: boolean;
  /** Standard output is closed after so many writes. */
  readonly writes?: number;
  readonly signal?: AbortSignal;
}

/** A session over a BMC with faults, and what is printed in it. */
async function sessionOf({ faults = [], json = false, writes = Infinity, signal }: Setting) {
  const clock = new VirtualClock();
  const port = new FaultyBmc({ clock, faults, seed: 1 });
  const device = await clock.until(
    open({ base: port.bmc.base, port, clock, bringUp: 'lazy', timeoutMs: 60_000 }),
  );
  onTestFinished(() => clock.until(device.close()));
  const told = { stdout: [] as string[], stderr: [] as string[] };
  const stdout = {
    write: (text: string): void => void told.stdout.push(text),
    get isClosed(): boolean {
      return told.stdout.length >= writes;
    },
  };
  const stderr = { write: (text: string): void => void told.stderr.push(text), isClosed: false };
  const globals = { json, timeoutMs: 5_000 };
  const given = signal ?? new AbortController().signal;
  const session = {
    requester: device,
    globals,
    signal: given,
    stdout,
    stderr,
  } as unknown as Session;
  return { clock, port, session, told };
}

async function runFile(text: string, setting: Setting = {}, options: Partial<ExecOptions> = {}) {
  const { clock, port, session, told } = await sessionOf(setting);
  const lines = rawScriptLines('script', text);
  const run = exec({ name: 'script', lines, keepGoing: false, shared: SHARED, clock, ...options })(
    session,
  );
  const exit = await clock.until(run).catch((error: unknown) => (error as IpmiError).code);
  return {
    exit,
    stdout: told.stdout.join(''),
    stderr: told.stderr.join(''),
    executed: port.bmc.executed.length,
    writes: told.stdout.length,
  };
}

async function* pieces(...texts: readonly string[]): AsyncGenerator<string> {
  for (const text of texts) yield await Promise.resolve(text);
}

const NET_FN_NAMES =
  'chassis, bridge, sensorevent, sensor, application, app, firmware, fw, storage, transport';

describe('a file', () => {
  test('is sent line by line, without its comments and blank lines', async () => {
    const text = `# a comment\n\n${ECHO} 1\r\n  ${ECHO} 2 # the second\n${ECHO}`;

    expect(await runFile(text)).toMatchObject({
      exit: 0,
      stdout: ' 01\n 02\n\n',
      stderr: '',
      executed: 3,
    });
  });

  test('takes the options of raw', () => {
    const [line] = scriptLines('x', 'raw --lun 1 0x06 0x01 --retries 2\n');

    expect(line).toMatchObject({ number: 1, retries: 2, request: { netFn: 6, cmd: 1, lun: 1 } });
  });

  test.each([
    [`${ECHO}\nraw 6`, "script:2: missing required argument 'cmd'"],
    ['raw 7 1', 'script:1: NETFN is odd: requests have even ones, responses odd ones'],
    ['\n\nfoo info', 'script:3: the line does not begin with the name of a command'],
    ['\n\npef info', "script:3: unknown command 'pef': use raw 0x04 0x10 (Get PEF Capabilities)"],
    ['raw 6 1 --loud', 'script:1: word 3, not counting raw, is an option that there is not'],
    ['raw --help', 'script:1: word 1, not counting raw, is an option that there is not'],
    [`raw 6 1 ${'0 '.repeat(253)}`, /^script:1: REQUEST_TOO_LONG: 253 data bytes/],
  ])('is refused whole for one wrong line: %j', (text, message) => {
    expect(() => scriptLines('script', text)).toThrow(UsageError);
    expect(() => scriptLines('script', text)).toThrow(message);
  });

  test('is printed in few writes', async () => {
    const { stdout, writes } = await runFile(`${ECHO} 1 2 3\n`.repeat(10_000));

    expect(stdout).toBe(' 01 02 03\n'.repeat(10_000));
    expect(writes).toBeLessThan(50);
  });
});

describe('when the BMC refuses a command', () => {
  const TEXT = `${ECHO} 1\nraw 0x06 0x99\n${ECHO} 2`;

  test('it is told with its line, the rest is sent, and the exit code is 1', async () => {
    const where = 'channel=0x0 netfn=0x6 lun=0x0 cmd=0x99 rsp=0xc1';

    expect(await runFile(TEXT)).toMatchObject({
      exit: 1,
      stdout: ' 01\n 02\n',
      stderr: `ipmi-bt: script:2: Unable to send RAW command (${where}): Invalid command\n`,
    });
  });

  test('with --json every reply is an object that names its line', async () => {
    const { stdout, stderr, exit } = await runFile(TEXT, { json: true });
    const objects = stdout.split('\n').slice(0, -1);

    expect({ stderr, exit }).toEqual({ stderr: '', exit: 1 });
    expect(objects.map((text) => JSON.parse(text) as object)).toMatchObject([
      { schema: 'ipmi-bt/raw', line: 1, completion_code: 0, data: [1] },
      { schema: 'ipmi-bt/raw', line: 2, completion_code: 0xc1, data: [] },
      { schema: 'ipmi-bt/raw', line: 3, completion_code: 0, data: [2] },
    ]);
  });
});

describe('when a command has no reply', () => {
  const TEXT = `${ECHO} 1\n${ECHO} 2\n\n${ECHO} 3\n${ECHO} 4`;
  const faults = [{ kind: 'drop', at: 1 }] as const;

  test('it ends, is sent once, and the lines that were not sent are told', async () => {
    const { exit, stdout, stderr, executed } = await runFile(TEXT, { faults });

    expect({ exit, stdout, executed }).toEqual({ exit: 75, stdout: ' 01\n', executed: 2 });
    expect(stderr).toMatch(
      /^ipmi-bt: script:2: [A-Z_]+: .*\nipmi-bt: script: lines 4 to 5 were not sent\n$/,
    );
  });

  test('--keep-going goes on, and the exit code is still its own', async () => {
    const { exit, stdout, stderr } = await runFile(TEXT, { faults }, { keepGoing: true });

    expect({ exit, stdout }).toEqual({ exit: 75, stdout: ' 01\n 03\n 04\n' });
    expect(stderr).toMatch(/^ipmi-bt: script:2: [A-Z_]+: .*\n$/);
  });

  test('it goes before a completion code, whichever came first', async () => {
    const text = `raw 0x06 0x99\n${ECHO}\n`;

    expect(await runFile(text, { faults })).toMatchObject({ exit: 75 });
  });

  test('--json tells it as an object that names the line', async () => {
    const { stdout } = await runFile(TEXT, { faults, json: true });

    expect(JSON.parse(stdout.split('\n')[1] ?? '')).toMatchObject({
      schema: 'ipmi-bt/error',
      line: 2,
      error: { outcome: 'unknown' },
    });
  });
});

test('a signal ends it, and the lines that were not sent are told', async () => {
  const signal = AbortSignal.abort(new EndedBySignal('SIGINT'));
  const aborted = 'REQUEST_ABORTED: netFn 0x30 cmd 0x1 lun 0: ended by SIGINT';

  expect(await runFile(`${ECHO}\n${ECHO}\n${ECHO}`, { signal })).toMatchObject({
    exit: 130,
    stderr: `ipmi-bt: script:1: ${aborted}\nipmi-bt: script: lines 2 to 3 were not sent\n`,
    executed: 0,
  });
});

test('nothing is sent once nobody reads the replies', async () => {
  const text = `${ECHO} 1\n`.repeat(20_000);

  const { executed, stderr } = await runFile(text, { writes: 1 });

  expect(executed).toBeGreaterThan(0);
  expect(executed).toBeLessThan(10_000);
  expect(stderr).toBe(`ipmi-bt: script: lines ${executed + 1} to 20000 were not sent\n`);
});

describe('standard input', () => {
  async function runStream(...texts: readonly string[]) {
    const stdin = pieces(...texts);
    return runFile('', {}, { name: 'standard input', lines: undefined, stdin });
  }

  test('may come in any pieces, the last line without an end', async () => {
    expect(await runStream('raw 0x3', '0 1 1\n# no\n\nraw 0x30 1', ' 2\nraw 0x30 1 3')).toEqual({
      exit: 0,
      stdout: ' 01\n 02\n 03\n',
      stderr: '',
      executed: 3,
      writes: 3,
    });
  });

  test('shows every reply before it waits for more', async () => {
    const { clock, session, told } = await sessionOf({});
    const seen: string[] = [];
    async function* typed(): AsyncGenerator<string> {
      yield await Promise.resolve(`${ECHO} 1\n`);
      seen.push(told.stdout.join(''));
      yield `${ECHO} 2\n`;
      seen.push(told.stdout.join(''));
    }

    const options = { name: '-', keepGoing: false, shared: SHARED, clock };
    await clock.until(exec({ ...options, stdin: typed() })(session));

    expect(seen).toEqual([' 01\n', ' 01\n 02\n']);
  });

  test('ends at a line that is none, which is exit 64, with those before it sent', async () => {
    expect(await runStream(`${ECHO} 1\nraw 6\n${ECHO} 2\n`)).toMatchObject({
      exit: 64,
      stdout: ' 01\n',
      stderr:
        "ipmi-bt: standard input:2: missing required argument 'cmd': raw takes <netfn> <cmd> [data...], " +
        'and the options --lun <n>, --retries <n>\n' +
        'ipmi-bt: standard input: nothing after line 2 is sent\n',
      executed: 1,
    });
  });

  test('a line without end is refused instead of kept, and the next one is read', () => {
    const splitter = new LineSplitter();
    const lines: string[] = [];

    for (let n = 0; n < 20; n += 1) lines.push(...splitter.take('0'.repeat(10_000)));
    lines.push(...splitter.take('0\nraw 6 1'));

    expect(lines).toHaveLength(1);
    expect(() => parseLine(1, lines[0] ?? '', PROGRAM)).toThrow(/longer than 65536 characters/);
    expect(splitter.end()).toBe('raw 6 1');
  });
});

describe('a line of a script for ipmitool', () => {
  const bytesOf = (line: string) => {
    const [parsed] = rawScriptLines('script', line);
    const { netFn = -1, cmd = -1, data = [] } = parsed?.request ?? {};
    return [netFn, cmd, ...data];
  };

  test.each([
    [`raw 0x30 0x01 "0x05" '6'`, [0x30, 1, 5, 6]],
    [`"raw" '0x30' "0x01"`, [0x30, 1]],
    [`raw 0x30 0x01 "5`, [0x30, 1, 5]],
    [`raw\t0x30   0x01\t'5'\r`, [0x30, 1, 5]],
    [`raw 0x30 0x01 "5" # 'not closed`, [0x30, 1, 5]],
    ['raw chassis 1', [0x00, 1]],
    ['raw bridge 1', [0x02, 1]],
    ['raw SensorEvent 0x2d 1', [0x04, 0x2d, 1]],
    ['raw sensor 0x2d 1', [0x04, 0x2d, 1]],
    ['raw Application 1', [0x06, 1]],
    ['raw app 1', [0x06, 1]],
    ['raw Firmware 1', [0x08, 1]],
    ['raw fw 1', [0x08, 1]],
    ['raw storage 0x40', [0x0a, 0x40]],
    ['raw "STORAGE" 0x40', [0x0a, 0x40]],
    ['raw Transport 2 1 0 0 0', [0x0c, 2, 1, 0, 0, 0]],
    [`raw --lun 2 "storage" '0x40'`, [0x0a, 0x40]],
  ])('%j is %j', (line, bytes) => {
    expect(bytesOf(line)).toEqual(bytes);
  });

  test.each([
    `user set 3 --name ""`,
    `user set 3 --name "it's"`,
    `user set 3 --name '"'`,
    `sensor get "CPU 0 Temp" '"x'`,
  ])('%s has no open quote', (line) => {
    expect(parseLine(1, line, PROGRAM)).toMatchObject({ kind: 'other' });
  });

  test.each([
    [`raw 0x30 0x"01"`, `script:1: word 3 has a quote inside: quote whole words, or none`],
    [`raw 0x30 "0x01"5`, `script:1: word 3 has a quote inside: quote whole words, or none`],
    ['sdr dump "file', 'script:1: word 3 begins with a quote that does not end'],
    [`user set 3 --name 'op --yes`, 'script:1: word 5 begins with a quote that does not end'],
    [`sel list "`, 'script:1: word 3 begins with a quote that does not end'],
    [`user set 3 --name "it's`, 'script:1: word 5 begins with a quote that does not end'],
    ['raw stor 1', `script:1: NETFN is no number, and none of ${NET_FN_NAMES}`],
    ['raw constructor 1', `script:1: NETFN is no number, and none of ${NET_FN_NAMES}`],
    ['raw 0x30 0x01 "1 2"', 'script:1: DATA byte 1 is not a number from 0 to 255 (0xff)'],
    ['raw 0x30 0x01 ""', 'script:1: DATA byte 1 is not a number from 0 to 255 (0xff)'],
    ['"foo" status', 'script:1: the line does not begin with the name of a command'],
  ])('%j is refused', (line, message) => {
    expect(() => scriptLines('script', line)).toThrow(UsageError);
    expect(() => scriptLines('script', line)).toThrow(message);
  });
});
