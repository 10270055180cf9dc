/** Standard output as the process has it: closed by its reader, full, or left non-blocking. */

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';

import { SIM_LINE } from '../support/cli-run.ts';
import { ROOT } from '../support/source-code.ts';
import { tempFolder } from '../support/temp-folder.ts';

const CLI = join(ROOT, 'dist', 'cli.cjs');

/** Runs a line of shell in which `"$@"` is `ipmi-bt --sim` with `words`. */
async function shell(line: string, ...words: readonly string[]) {
  const args = ['-c', line, 'sh', process.execPath, CLI, '--sim', ...words];
  return promisify(execFile)('sh', args).catch((error: unknown) => error as object);
}

/** The end of a shell, or of what it has run. */
interface Ended {
  readonly code?: number;
  readonly stdout: string;
  readonly stderr: string;
}

const READ = ['raw', '6', '1'];

test('output that cannot be written is told, and is exit 74', async () => {
  expect(await shell('"$@" > /dev/full', ...READ)).toMatchObject({
    code: 74,
    stderr: expect.stringMatching(
      /^ipmi-bt: standard output cannot be written: the disk is full$/m,
    ) as string,
  });
  expect(await shell('"$@" > /dev/full', '--json', ...READ)).toMatchObject({ code: 74 });
});

describe('standard output on a full disk is exit 74 and one line:', () => {
  const line = 'echo "raw 6 1" | "$@" > /dev/full';

  test.each([
    [['raw', '6', '1']],
    [['info']],
    [['stats', '--count', '1']],
    [['exec', '-']],
    [['reset', '--cold', '--yes']],
    [['--help']],
    [['help', 'raw']],
    [['--version']],
    [['--json', 'raw', '6', '1']],
    [['--json', 'info']],
    [['--json', 'exec', '-']],
  ])('%j', async (words) => {
    const { code, stderr } = (await shell(line, ...words)) as Ended;
    const lines = stderr
      .split('\n')
      .filter((line) => !/simulated BMC|nothing after|not sent/.test(line));

    expect(code).toBe(74);
    expect(lines).toEqual([
      expect.stringMatching(/^ipmi-bt: standard output .*: the disk is full/),
      '',
    ]);
  });

  test.each([
    ['an unknown command', ['--json', 'nothing'], 'unknown command'],
    [
      'no answer',
      ['--json', '--sim-delay', '9000', '--timeout', '0.1', 'raw', '6', '1'],
      'TIMEOUT',
    ],
    ['no interface', ['--json', 'irq', 'status'], 'irq needs hardware'],
  ])('a failure with --json tells itself there as well: %s', async (_, words, reason) => {
    const { code, stderr } = (await shell('"$@" > /dev/full', ...words)) as Ended;

    expect(code).toBe(74);
    expect(stderr.replace(SIM_LINE, '')).toMatch(
      /^ipmi-bt: standard output cannot be written: the disk is full; not printed: .*\n$/,
    );
    expect(stderr).toContain(reason);
  });

  test.each([[[]], [['--json']]])('watch %j, with the event that was taken', async (json) => {
    const words = ['--sim-events', '20', ...json, 'watch'];
    const { code, stderr } = (await shell('"$@" > /dev/full', ...words)) as Ended;

    expect(code).toBe(74);
    expect(stderr.replace(SIM_LINE, '')).toMatch(
      /^ipmi-bt: standard output cannot be .*the disk is full; not printed: critical: Temper.*\n$/,
    );
  });
});

test('an event that was taken when nobody reads any more is told', async () => {
  const words = ['--sim-events', '20', 'watch'];
  const { stderr } = (await shell('"$@" | head -1 > /dev/null', ...words)) as Ended;

  expect(stderr).toMatch(/ipmi-bt: not printed, because nobody reads: critical: Temperature .*\n$/);
});

test('a socket that was reset is exit 74', async () => {
  const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const [peer] = (await once(server, 'connection')) as [Socket];
  await once(client, 'ready');
  const { fd } = (client as unknown as { _handle: { fd: number } })._handle;
  const child = spawn(process.execPath, [CLI, '--sim', '--sim-events', '20', 'watch'], {
    stdio: ['ignore', fd, 'pipe'],
  });
  client.resume();
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (piece: string) => (stderr += piece));
  await once(peer, 'data');
  // Data that nobody has read makes the kernel reset the connection.
  client.destroy();
  peer.resetAndDestroy();
  const [code] = (await once(child, 'close')) as [number];

  expect(code).toBe(74);
  expect(stderr.replace(SIM_LINE, '')).toMatch(/^ipmi-bt: standard output .*: (ECONNRESET|EPIPE)/);
});

describe('standard error that cannot be written changes nothing:', () => {
  const ID = ' 20 01 02 35 02 9f 00 00 00 b7 00 01 02 03 04\n';

  test.each([
    [['raw', '6', '1'], ID, 0],
    [['--trace', 'raw', '6', '1'], ID, 0],
    [['--log-level', 'trace', 'raw', '6', '1'], ID, 0],
    [['raw', '6', '0x99'], '', 1],
    [['nothing'], '', 64],
  ])('%j', async (words, stdout, exit) => {
    for (const where of ['2> /dev/full', '2>&-']) {
      const ended = (await shell(`"$@" ${where}; echo $?`, ...words)) as Ended;

      expect(ended.stdout).toBe(`${stdout}${exit}\n`);
    }
  });
});

test('a closed standard error does not matter', async () => {
  expect(await shell('"$@" 2> /dev/full', ...READ)).toMatchObject({
    stdout: ' 20 01 02 35 02 9f 00 00 00 b7 00 01 02 03 04\n',
  });
});

/** Leaves its standard output non-blocking: Node would put that right if it lived to its end. */
const DIE_WITH_STREAM = "process.stdout; process.kill(process.pid, 'SIGKILL')";

/** Node writes to a pipe that is non-blocking, and whose reader waits to be told what to do. */
const STALLED = `exec 3<&0
{
  { "$0" -e "${DIE_WITH_STREAM}"; } 2> /dev/null
  "$0" "$@"
  echo "exit $?" >&2
} | {
  read -r order <&3
  eval "$order"
}`;

/** Runs Node until it says on standard error that all is written, and then tells the reader. */
async function runStalled(order: string, ...words: readonly string[]) {
  const child = spawn('sh', ['-c', STALLED, process.execPath, ...words]);
  // Without a reader all of them end.
  onTestFinished(() => void child.stdin.destroy());
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (piece: string) => (stdout += piece));
  child.stderr.setEncoding('utf8').on('data', (piece: string) => {
    stderr += piece;
    if (/^(?!.*simulated)./m.test(stderr)) child.stdin.end(`${order}\n`);
  });
  await once(child, 'close');
  return { stdout, stderr };
}

/** Far more than a pipe holds. */
const COUNT = 16_384;

/** Writes so many lines in one piece. */
const ONE_PIECE = `
  import { stdout, tellUser } from './src/cli/output.ts';
  stdout.write(Array.from({ length: ${COUNT} }, (_, number) => number + '\\n').join(''));
  tellUser('written');
  process.exitCode = 3;
`;

/** A command in a script, and what is printed of its reply: the simulated BMC sends data back. */
function echo(number: number): { readonly command: string; readonly reply: string } {
  const bytes = [number >> 8, number & 0xff, ...new Array<number>(14).fill(0x55)];
  const texts = bytes.map((byte) => byte.toString(16).padStart(2, '0'));
  return { command: `raw 0x30 1 0x${texts.join(' 0x')}\n`, reply: ` ${texts.join(' ')}\n` };
}

const ECHOES = Array.from({ length: COUNT }, (_, number) => echo(number));

/** The simulated BMC refuses it without a user, and exec says so on standard error. */
const UNKNOWN = 'raw 6 0x47\n';
const REFUSED =
  'Unable to send RAW command (channel=0x0 netfn=0x6 lun=0x0 cmd=0x47 rsp=0xc7): ' +
  'Request data length invalid';

/** Runs a script of all echoes; what the reader does follows its last line. */
async function execStalled(order: string) {
  const script = join(tempFolder(), 'script');
  writeFileSync(script, [...ECHOES.map(({ command }) => command), UNKNOWN].join(''));
  const expected = `${SIM_LINE}ipmi-bt: ${script}:${COUNT + 1}: ${REFUSED}\nexit 1\n`;
  return { expected, ...(await runStalled(order, CLI, '--sim', 'exec', script)) };
}

describe('standard output that was left non-blocking, and that nobody reads for a while,', () => {
  test('loses no byte of one long piece', async () => {
    const words = ['--import', 'tsx', '--input-type=module', '-e', ONE_PIECE];

    const { stdout, stderr } = await runStalled('cat', ...words);

    expect(stderr).toBe('ipmi-bt: written\nexit 3\n');
    expect(stdout).toBe(ECHOES.map((_, number) => `${number}\n`).join(''));
  });

  test('loses no reply of exec', async () => {
    const { stdout, stderr, expected } = await execStalled('cat');

    expect(stderr).toBe(expected);
    expect(stdout).toBe(ECHOES.map(({ reply }) => reply).join(''));
  });

  test('may be closed unread', async () => {
    const { stderr, expected } = await execStalled('exit');

    expect(stderr).toBe(expected);
  });
});
