/** The guardian as a process: what it does not hold, when it ends, and what it is told. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { describe, expect, onTestFinished, test } from 'vitest';

import { guardedBy, startGuardian } from '../src/guardian.ts';
import type { GuardedInterface } from '../src/guardian.ts';
import { ROOT } from './support/source-code.ts';

/** No interface of this host: its ports do not exist, so that a guardian that acts does nothing. */
const GUARDED: GuardedInterface = {
  base: 0xfffd,
  spacing: 1,
  port: 'auto',
  pciDevice: undefined,
};

const WORDS = ['0xfffd', '1', 'auto', ''];

/** Pids of the children of `parent` that wait as guardians. */
function guardiansOf(parent: number): readonly number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => {
    const [stat, words] = [textOf(pid, 'stat'), textOf(pid, 'cmdline')];
    return stat.split(') ')[1]?.split(' ')[1] === String(parent) && words.includes('guardian.cjs');
  });
}

function textOf(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return '';
  }
}

/** Turns of the event loop until `isSo`: the other process takes what time it takes. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}

/** True when there is no such process, or only its exit code is left of it. */
function isGone(pid: number): boolean {
  return !existsSync(`/proc/${pid}`) || textOf(pid, 'stat').includes(') Z ');
}

describe('a guardian', { timeout: 60_000 }, () => {
  test('waits in a session of its own, with no file of the process but the socket', async () => {
    const guardian = startGuardian(GUARDED);
    onTestFinished(() => {
      guardian.dismiss();
    });
    await until(() => guardiansOf(process.pid).length > 0);
    const [pid = 0] = guardiansOf(process.pid);
    const [, , , session] = textOf(pid, 'stat').split(') ')[1]?.split(' ') ?? [];
    const links = [0, 1, 2].map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`));

    expect(Number(session)).toBe(pid);
    expect(readlinkSync(`/proc/${pid}/cwd`)).toBe('/');
    expect(links).toEqual([expect.stringMatching(/^socket:/), '/dev/null', '/dev/null']);
    expect(textOf(pid, 'cmdline').split('\0').slice(5, -1)).toEqual(WORDS);
  });

  test('ends when it is dismissed, and keeps no process alive', async () => {
    const script = `
      import { startGuardian } from './dist/guardian.js';
      const guardian = startGuardian(${JSON.stringify(GUARDED)});
      console.log('started');
      if (process.argv[1] === 'dismiss') process.on('exit', () => guardian.dismiss());`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script, 'dismiss'], {
      cwd: ROOT,
    });
    await once(child.stdout, 'data');
    const pids = guardiansOf(child.pid ?? 0);
    const [code] = (await once(child, 'close')) as [number];

    expect(code).toBe(0);
    await until(() => pids.every(isGone));
  });

  test.each(['SIGKILL', 'SIGTERM', 'SIGUSR2'] as const)(
    'outlives a signal to all processes of a service, until it has acted: %s',
    async (signal) => {
      const script = `
        import { startGuardian } from './dist/guardian.js';
        startGuardian(${JSON.stringify(GUARDED)});
        console.log('started');
        process.stdin.resume();`;
      const child = spawn(process.execPath, ['--input-type=module', '-e', script], { cwd: ROOT });
      await once(child.stdout, 'data');
      await until(() => guardiansOf(child.pid ?? 0).length > 0);
      const [pid = 0] = guardiansOf(child.pid ?? 0);

      if (signal !== 'SIGKILL') process.kill(pid, signal);
      child.kill(signal);
      await once(child, 'close');

      // It becomes Node, finds no such interface, and ends.
      await until(() => isGone(pid) || textOf(pid, 'cmdline').startsWith(process.execPath));
      await until(() => isGone(pid));
      expect(isGone(pid)).toBe(true);
    },
  );
});

test('what the program of a guardian is told is what its owner said', () => {
  const all: readonly (readonly [readonly string[], GuardedInterface])[] = [
    [WORDS, GUARDED],
    [
      ['0xce4', '4', 'dev-port', '0000:00:02.0'],
      { base: 0xce4, spacing: 4, port: 'dev-port', pciDevice: '0000:00:02.0' },
    ],
  ];

  expect(all.map(([words]) => guardedBy(words))).toEqual(all.map(([, guarded]) => guarded));
});

test('there is none where the program is not Node', () => {
  const path = process.execPath;
  process.execPath = '/usr/bin/application';
  onTestFinished(() => {
    process.execPath = path;
  });

  expect(() => startGuardian(GUARDED)).toThrow('/usr/bin/application is not Node');
});
