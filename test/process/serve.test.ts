/**
 * `ipmi-bt serve` as a process, over the simulated BMC: its sockets, its ends, and a second one.
 * The device file, which needs CUSE, is tested in guests.
 */

import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';

import { SIM_LINE, runCli, startCli } from '../support/cli-run.ts';
import { expectObjects } from '../support/json-output.ts';
import { programPath } from '../support/program-path.ts';
import { tempFolder } from '../support/temp-folder.ts';

/** Starts a server with both sockets in `folder`, and resolves when it serves. */
async function serve(folder: string, ...more: readonly string[]) {
  const [socket, dummy] = [join(folder, 'own.sock'), join(folder, 'dummy.sock')];
  const words = ['serve', '--sockets-only', '--socket', socket, '--dummy', dummy, ...more];
  const run = startCli('--sim', ...words);
  await run.told('is served as');
  return { ...run, socket, dummy };
}

function ipmitool(dummy: string, ...words: readonly string[]) {
  const env = { ...process.env, IPMI_DUMMY_SOCK: dummy };
  return spawnSync('ipmitool', ['-I', 'dummy', ...words], { env, encoding: 'utf8' });
}

describe('a server', () => {
  test('says where it serves, and ends by SIGTERM with 0 and without its sockets', async () => {
    const { socket, dummy, kill, ended } = await serve(tempFolder());
    // A connection that does nothing keeps it from nothing.
    const idle = connect(dummy);
    onTestFinished(() => void idle.destroy());
    await once(idle, 'connect');
    kill('SIGTERM');

    expect(await ended).toEqual({
      stdout: '',
      stderr: `${SIM_LINE}ipmi-bt: the interface at 0xce4 is served as ${socket}, ${dummy}\n`,
      exit: 0,
    });
    expect([socket, dummy].map((path) => existsSync(path))).toEqual([false, false]);
  });

  test('reads its policy again at SIGHUP, and goes on', async () => {
    const { socket, kill, told, ended } = await serve(tempFolder());
    kill('SIGHUP');
    await told('the policy was read again: ');
    kill('SIGHUP');

    expect((await runCli('serve', 'status', '--socket', socket)).exit).toBe(0);
    kill('SIGTERM');
    expect((await ended).exit).toBe(0);
  });

  test('shows its status, as text and as JSON', async () => {
    const { socket, dummy, kill, ended } = await serve(tempFolder(), '--watchdog', '60s');
    const text = await runCli('serve', 'status', '--socket', socket);
    const json = await runCli('--json', 'serve', 'status', '--socket', socket);

    expect(text).toMatchObject({ exit: 0, stderr: '' });
    expect(text.stdout).toMatch(/^Watchdog +: fed, 60 s, then none$/m);
    expect(expectObjects(json.stdout, 'serve-status')).toMatchObject([
      {
        ...{ base: 0xce4, file: null, socket: { path: socket }, dummy: { path: dummy } },
        watchdog: { countdown_ms: 60_000, is_failing: false },
        broker: { state: 'ready', clients: [{}, { opener: { door: 'socket' } }] },
      },
    ]);
    kill('SIGINT');
    expect((await ended).exit).toBe(0);
  });

  test.skipIf(programPath('ipmitool') === undefined)('serves ipmitool', async () => {
    const { dummy } = await serve(tempFolder());

    expect(ipmitool(dummy, 'raw', '6', '1')).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^ 20 /) as string,
    });
    expect(ipmitool(dummy, 'mc', 'info').stdout).toContain('IPMI Version              : 2.0');
  });

  test('is the only one at its socket', async () => {
    const folder = tempFolder();
    const first = await serve(folder);
    const second = await runCli(...['--sim', 'serve', '--sockets-only', '--socket', first.socket]);

    expect(second).toEqual({
      stdout: '',
      stderr: `${SIM_LINE}ipmi-bt: DEVICE_LOCKED: another process listens at ${first.socket}; stop it first\n`,
      exit: 75,
    });
    expect((await runCli('serve', 'status', '--socket', first.socket)).exit).toBe(0);
  });

  test('replaces the sockets of one that was killed', async () => {
    const folder = tempFolder();
    const first = await serve(folder);
    first.kill('SIGKILL');
    expect((await first.ended).exit).toBe('SIGKILL');
    expect(existsSync(first.socket)).toBe(true);
    expect((await runCli('serve', 'status', '--socket', first.socket)).exit).toBe(75);

    await serve(folder);

    expect((await runCli('serve', 'status', '--socket', first.socket)).exit).toBe(0);
  });
});

test.skipIf(existsSync('/dev/cuse'))(
  'without CUSE there is no device file, which is told',
  async () => {
    const socket = join(tempFolder(), 'own.sock');
    const { stderr, exit } = await runCli('--sim', 'serve', '--socket', socket);

    expect(exit).toBe(69);
    expect(stderr).toContain('PORT_UNSUPPORTED: there is no /dev/cuse');
    expect(existsSync(socket)).toBe(false);
  },
);
