/**
 * The first agent of docs/fleet.md: each of its steps, as it is copied from the page, in a folder
 * that stands for a clone. Only the ports are others, as the page says for one that is taken.
 */

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { dirname, join, resolve } from 'node:path';

import { expect, onTestFinished, test, vi } from 'vitest';

import { nonEmpty } from '../../../test/support/lists.ts';
import { tempFolder } from './temp-folder.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const PATIENCE = { timeout: 120_000, interval: 100 };

/** As Debian sets it for all users but root: without `/usr/sbin`, but with this Node. */
const PATH = `${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin:/usr/local/games:/usr/games`;
const env = { ...process.env, PATH };

/** The blocks of a section, without the indentation of a list. */
function blocksBehind(heading: string): readonly string[] {
  const [, behind = ''] = readFileSync(join(ROOT, 'docs/fleet.md'), 'utf8').split(`${heading}\n`);
  const [section = ''] = behind.split(/\n##+ /);
  const blocks = [...section.matchAll(/^( *)```text\n([^]*?)^ *```/gm)];
  return nonEmpty(blocks.map(([, indent = '', text = '']) => text.replaceAll(`\n${indent}`, '\n')));
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** A folder with what a clone has, in which lines of the page run. */
function cloneOf(port: number) {
  const folder = tempFolder();
  for (const name of ['node_modules', 'packages'])
    symlinkSync(join(ROOT, name), join(folder, name));
  const own = (text: string): string =>
    text.replaceAll('tls://localhost', `tls://localhost:${port}`);
  const run = (text: string): string =>
    execFileSync('bash', ['-ec', own(text)], { cwd: folder, env, encoding: 'utf8', stdio: 'pipe' });
  /** Goes on beside the test; its output so far. */
  const begin = (text: string): (() => string) => {
    const child = spawn('bash', ['-c', `${own(text)}\nwait`], { cwd: folder, env, detached: true });
    onTestFinished(async () => {
      const ended = once(child, 'close');
      process.kill(-(child.pid ?? 0), 'SIGKILL');
      await ended;
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (part: string) => (said += part));
    }
    return () => said;
  };
  const save = (name: string, text: string): void => {
    writeFileSync(join(folder, name), own(text));
  };
  /** The files that git would show as new. */
  const untracked = (): string => {
    run(`git init -q . && cp ${join(ROOT, '.gitignore')} .`);
    return run('git -c core.excludesFile=/dev/null status --porcelain --untracked-files=all');
  };
  return { run, begin, save, untracked };
}

async function until(said: () => string, pattern: RegExp, times = 1): Promise<void> {
  await vi.waitFor(() => {
    const text = said();
    expect([text.match(new RegExp(pattern, 'gm'))?.length ?? 0, text]).toEqual([times, text]);
  }, PATIENCE);
}

test('keys, the stream and a first agent, from the first line to the page', async () => {
  const [, config = ''] = blocksBehind('## The agent on NATS');
  const steps = blocksBehind('### Keys, the stream, and a first agent');
  const [keys = '', certificate = '', server = '', stream = '', agents = ''] = steps;
  const [info = '', events = '', page = ''] = steps.slice(5);
  const [port, pagePort] = [await freePort(), await freePort()];
  const { run, begin, save, untracked } = cloneOf(port);

  run(keys);
  run(certificate);
  save('nats.conf', config.replace('port: 4222', `port: ${port}`));
  await until(begin(server), /Server is ready/);
  run(stream);
  await until(begin(agents), /"msg":"connected"/, 2);
  const identities = run(info);
  save('events.mjs', events);
  const told = begin('node events.mjs');
  await until(told, /^node[12] \{/, 4);
  await until(begin(`${page.trim()} --listen 127.0.0.1:${pagePort}\n`), /"msg":"listening"/);
  const shown = await new Promise<string>((look) => {
    get(`http://localhost:${pagePort}/live`, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
        if (!/"host":"node1","state":"ok"[^]*"host":"node2","state":"ok"/.test(text)) return;
        response.destroy();
        look(text);
      });
    });
  });

  expect(untracked().trim().split('\n').sort()).toEqual(['?? .gitignore', '?? packages']);
  expect(steps).toHaveLength(8);
  expect(identities.match(/^node[12]: deviceId.firmwareRevision: 2\.35$/gm)).toHaveLength(2);
  expect(shown).toMatch(/^event: snapshot\n/);
});
