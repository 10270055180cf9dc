/** The program as a process: serving until a signal, writing a file, and its errors. */

import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { describe, expect, onTestFinished, test } from 'vitest';

import { startingWith, samplesIn } from '../rig.ts';
import { tempFolder } from '../temp-folder.ts';

const PROGRAM = resolve(import.meta.dirname, '../../bin/ipmi-bt-exporter.mjs');

const SIMULATED = 'the BMC is simulated (--sim): nothing here is of this machine';

/** Starts the program on the simulated BMC. */
function start(...args: readonly string[]) {
  return startOn('--sim', ...args);
}

function startOn(...args: readonly string[]) {
  const child = spawn(process.execPath, [PROGRAM, ...args]);
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const said = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said.out += text));
  const listening = new Promise<number>((found) => {
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said.err += text;
      const [, port] = /"port":(\d+),.*"msg":"listening"/.exec(said.err) ?? [];
      if (port !== undefined) found(Number(port));
    });
  });
  const ended = new Promise<number | null>((end) => {
    child.on('close', end);
  });
  return { child, said, listening, ended };
}

describe('serving', () => {
  test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    'goes on until %s, and closes the interface',
    async (signal) => {
      const { child, said, listening, ended } = start('--web.listen-address', '127.0.0.1:0');
      const response = await fetch(`http://127.0.0.1:${await listening}/metrics`);
      const samples = samplesIn(await response.text());
      child.kill(signal);

      expect(Object.values(startingWith(samples, 'ipmi_up'))).toEqual([1, 1, 1, 1, 1, 1]);
      expect(samples['process_resident_memory_bytes']).toBeGreaterThan(0);
      expect(Object.keys(samples)).toContain(
        `ipmi_bt_exporter_build_info{version="0.1.0",nodejs_version="${process.versions.node}"}`,
      );
      expect(await ended).toBe(0);
      const messages = said.err
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { msg: string });
      expect(messages.map(({ msg }) => msg)).toEqual([
        ...[SIMULATED, 'opened', 'listening', 'closed'],
      ]);
    },
  );

  test('a signal ends it with 0 from the first line of its log on', async () => {
    const { child, ended } = start('--web.listen-address', '127.0.0.1:0');
    child.stderr.once('data', () => void child.kill('SIGTERM'));

    expect(await ended).toBe(0);
  });

  test('a port that is taken is told, and the exit code is 73', async () => {
    const first = start('--web.listen-address', '127.0.0.1:0');
    const port = await first.listening;
    const second = start('--web.listen-address', `127.0.0.1:${port}`);

    expect(await second.ended).toBe(73);
    expect(second.said.err).toMatch(
      new RegExp(
        `^ipmi-bt-exporter: cannot listen on 127\\.0\\.0\\.1:${port}: .*EADDRINUSE.*--web\\.listen-address`,
        'm',
      ),
    );
  });

  test('an address without meaning is told, and the exit code is 73', async () => {
    const { ended, said } = start('--web.listen-address', 'nosuch.invalid:0');

    expect(await ended).toBe(73);
    expect(said.err).toMatch(
      /^ipmi-bt-exporter: cannot listen on nosuch\.invalid:0: (?:getaddrinfo|listen) /m,
    );
  });
});

describe('--textfile', () => {
  test('writes the metrics of the BMC and of the driver, and none of the process', async () => {
    const path = join(tempFolder(), 'ipmi.prom');
    const { ended } = start('--textfile', path, '--collectors', 'chassis,dcmi');

    expect(await ended).toBe(0);
    const text = readFileSync(path, 'utf8');
    expect(text.endsWith('\n')).toBe(true);
    const samples = samplesIn(text);
    expect(samples).toMatchObject({
      ...{ ipmi_chassis_power_state: 1, ipmi_dcmi_power_consumption_watts: 202 },
      ...{ 'ipmi_up{collector="chassis"}': 1, ipmi_bt_ready: 1 },
    });
    expect(Object.keys(startingWith(samples, 'process_'))).toEqual([]);
    expect(Object.keys(startingWith(samples, 'nodejs_'))).toEqual([]);
  });

  test('a file that cannot be written is told, and the exit code is 73', async () => {
    const path = join(tempFolder(), 'no', 'ipmi.prom');
    const { ended, said } = start('--textfile', path);

    expect(await ended).toBe(73);
    expect(said.err).toContain(
      `ipmi-bt-exporter: ${path} cannot be written: ENOENT (its folder must be there`,
    );
    expect(existsSync(path)).toBe(false);
  });
});

test('a web configuration that is wrong is told before anything is opened', async () => {
  const file = join(tempFolder(), 'web.yml');
  writeFileSync(file, 'basic_auth_users: { alice: hunter2 }');
  const { ended, said } = start('--web.config.file', file);

  expect(await ended).toBe(78);
  expect(said.err).toBe(
    `ipmi-bt-exporter: --web.config.file ${file}: basic_auth_users: the value of alice is no hash of bcrypt\n`,
  );
});

test('a web configuration that is not there is told with its option, and so is a key', async () => {
  const file = join(tempFolder(), 'web.yml');
  const missing = start('--web.config.file', '/no/web.yml');
  writeFileSync(file, 'tls_server_config: { cert_file: web.yml, key_file: web.yml }');
  const wrong = start('--web.config.file', file);

  expect([await missing.ended, await wrong.ended]).toEqual([78, 78]);
  expect(missing.said.err).toMatch(
    /^ipmi-bt-exporter: --web\.config\.file \/no\/web\.yml: ENOENT.*\n$/,
  );
  expect(wrong.said.err).toMatch(
    /: cert_file and key_file are no certificate and its key in PEM: .*\n$/,
  );
});

test('without an interface it ends, with the exit code and the advice of ipmi-bt', async () => {
  // A server has it or nothing does: no port is touched.
  const { ended, said } = startOn('--via', 'serve', '--web.listen-address', '127.0.0.1:0');

  expect([69, 77]).toContain(await ended);
  expect(said.err).toMatch(/^ipmi-bt-exporter: (DEVICE_ABSENT|PORT_DENIED): /);
});

test('a wrong command line is 64, and --version says the version', async () => {
  const wrong = start('--no-such');
  const right = start('--version');

  expect([await wrong.ended, await right.ended]).toEqual([64, 0]);
  expect(wrong.said.err).toBe(
    "ipmi-bt-exporter: unknown option '--no-such' (see ipmi-bt-exporter --help)\n",
  );
  expect(right.said.out).toBe('0.1.0\n');
});
