/**
 * The real addon, in processes of its own, because what its checks prevent is a crash. Where the
 * kernel or a container refuses ioperm the refusal is what is tested; the annotation says which.
 */

import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, closeSync, copyFileSync, mkdirSync, openSync, rmSync } from 'node:fs';
import { symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

import { loadNative } from '../src/native.ts';
import { tempFolder } from './support/temp-folder.ts';

const ADDON = fileURLToPath(new URL('../build/Release/ipmi_bt.node', import.meta.url));
const CLAIMS = fileURLToPath(new URL('fixtures/addon-claims.mjs', import.meta.url));
const TERMINATED = fileURLToPath(new URL('fixtures/terminated-workers.mjs', import.meta.url));
const FINDER = fileURLToPath(new URL('../node_modules/node-gyp-build', import.meta.url));
const DIST = fileURLToPath(new URL('../dist/native.js', import.meta.url));

/** For a test that starts many workers, on a busy machine. */
const LONG = { timeout: 300_000 };

/** Without a compiler there is no addon, which is no failure except in CI. */
const noAddon = loadNative().kind === 'missing' && process.env['CI'] !== 'true';

/**
 * Runs `loadNative()` of a built module in a process of its own, which `pretence` may have take
 * itself for one of another host.
 */
function loadIn(module: string, pretence = ''): unknown {
  const script = `
    ${pretence}
    const { loadNative } = await import(${JSON.stringify(module)});
    const { kind, reason = '', remedy = '' } = loadNative();
    console.log(JSON.stringify({ kind, reason, remedy }));`;
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', script]);
  return JSON.parse(output.toString());
}

const TO_PACK =
  'run `npm run build:native` and `npm pack` in a clone of ipmi-bt, and install that tarball';

/** A package with nothing in it but the loader. */
function emptyPackage(): { readonly root: string; readonly module: string } {
  const root = tempFolder();
  mkdirSync(join(root, 'dist'));
  mkdirSync(join(root, 'build', 'Release'), { recursive: true });
  writeFileSync(join(root, 'package.json'), '{"type":"module","name":"ipmi-bt"}');
  // What the bundles of the package have in them.
  mkdirSync(join(root, 'node_modules'));
  symlinkSync(FINDER, join(root, 'node_modules', 'node-gyp-build'));
  const module = join(root, 'dist', 'native.js');
  for (const name of ['native.js', 'files.js', 'trust.js', 'whole-file.js']) {
    copyFileSync(join(dirname(DIST), name), join(root, 'dist', name));
    chmodSync(join(root, 'dist', name), 0o644);
  }
  return { root, module };
}

describe.skipIf(noAddon)('the addon', () => {
  test('throws on every wrong call and never crashes', async (context) => {
    const run = spawnSync(process.execPath, [CLAIMS, ADDON], { encoding: 'utf8' });

    expect(run).toMatchObject({ status: 0, signal: null, stderr: '' });
    const [, branch = ''] = /^branch: (.*)$/m.exec(run.stdout) ?? [];
    expect(branch).toMatch(/^(granted|refused (EPERM|ENOSYS))$/);
    await context.annotate(`ioperm was ${branch}`);
    const passed = branch === 'granted' ? 35 : 18;
    expect(run.stdout.trimEnd().split('\n')).toHaveLength(passed + 2);
    expect(run.stdout).toContain(`\n${passed} passed, 0 failed\n`);
  });

  test('does not abort the process when it fails in a terminated worker', LONG, () => {
    const args = [TERMINATED, ADDON, '200'];

    const { status, signal, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' });

    expect({ status, signal, stdout }).toEqual({ status: 0, signal: null, stdout: '200 ended\n' });
  });

  test('has its sixteen functions and nothing else', () => {
    const load = loadNative();

    const names = load.kind === 'loaded' ? Object.getOwnPropertyNames(load.ports) : [];
    const ports = ['inb', 'open', 'outb', 'readBytes', 'release', 'writeBytes'];
    const locks = ['tryLock', 'tryShare', 'unlock'];
    const watch = ['unwatch', 'watchFd'];
    const messages = ['receiveMessage', 'sendMessage'];
    const sockets = ['acceptPeer', 'listenUnix', 'notifySystemd'];
    expect(names.sort()).toEqual([...ports, ...locks, ...watch, ...messages, ...sockets].sort());
  });

  test('takes messages to a device of the kernel only, and whole ones', () => {
    const load = loadNative();
    if (load.kind === 'missing') throw load.cause;
    const { messages } = load;
    const fd = openSync(join(tempFolder(), 'file'), 'w');
    const send = (netFn: number, data: Uint8Array, count: number) => () => {
      messages.sendMessage(fd, netFn, 0x01, data, count);
    };
    const receive = (count: number) => () => messages.receiveMessage(fd, new Uint8Array(8), count);

    expect(send(0x06, new Uint8Array(), 0)).toThrow('ENOTTY');
    expect(receive(8)).toThrow('ENOTTY');
    const tooMany = [send(0x40, new Uint8Array(), 0), send(0x06, new Uint8Array(), 1)];
    for (const call of [...tooMany, send(0x06, new Uint8Array(257), 257), receive(9), receive(0)]) {
      expect(call).toThrow('EINVAL');
    }
    closeSync(fd);
  });

  test('is found from dist as from src', () => {
    expect(loadIn(DIST)).toEqual({ kind: 'loaded', reason: '', remedy: '' });
  });
});

describe('the loader', () => {
  test('says that the addon was not built, and how to build it where it can be', () => {
    const { root, module } = emptyPackage();
    const missing = { kind: 'missing', reason: 'it was not built' };

    expect(loadIn(module)).toEqual({ ...missing, remedy: TO_PACK });

    writeFileSync(join(root, 'binding.gyp'), '{}');
    expect(loadIn(module)).toEqual({ ...missing, remedy: 'run `npm run build:native`' });
  });

  test('does not load an addon that other users may write to', () => {
    const { root, module } = emptyPackage();
    const addon = join(root, 'build', 'Release', 'ipmi_bt.node');
    writeFileSync(addon, 'no shared object');
    chmodSync(addon, 0o666);

    expect(loadIn(module)).toEqual({
      kind: 'missing',
      reason: `other users may write to ${addon}, and not to the code that loads it`,
      remedy: `run \`chmod go-w ${addon}\`, and chown it to the owner of the package`,
    });
  });

  test("gives the dynamic linker's reason in one line when the addon is broken", () => {
    const { root, module } = emptyPackage();
    writeFileSync(join(root, 'build', 'Release', 'ipmi_bt.node'), 'no shared object');

    expect(loadIn(module)).toEqual({
      kind: 'missing',
      reason: expect.stringMatching(/^[^\n]*ipmi_bt\.node: [^\n]+$/) as string,
      remedy: TO_PACK,
    });
  });

  test('takes no addon of another package that a bundle stands beside', () => {
    const { root, module } = emptyPackage();
    writeFileSync(join(root, 'build', 'Release', 'other.node'), 'no shared object');

    expect(loadIn(module)).toEqual({
      ...{ kind: 'missing', reason: 'it was not built', remedy: TO_PACK },
    });
  });

  test.skipIf(noAddon)('finds the addon of the package, where none was built', () => {
    const { root, module } = emptyPackage();
    rmSync(join(root, 'build'), { recursive: true });
    const folder = join(root, 'prebuilds', `linux-${process.arch}`);
    mkdirSync(folder, { recursive: true });
    copyFileSync(ADDON, join(folder, 'ipmi-bt.glibc.node'));

    expect(loadIn(module)).toMatchObject({ kind: 'loaded' });

    const musl = "process.env.LIBC = 'musl'; process.report.getReport = () => ({ header: {} });";
    expect(loadIn(module, musl)).toEqual({
      kind: 'missing',
      reason: 'it is for glibc, and this Node uses musl',
      remedy: 'build it in a clone of ipmi-bt, as "Where it runs" in its docs/library.md shows',
    });
  });

  test.each([
    ['linux', 'arm64'],
    ['linux', 'riscv64'],
    ['darwin', 'x64'],
  ])('says on %s and %s what works there, and what does not', (platform, arch) => {
    const { root, module } = emptyPackage();
    mkdirSync(join(root, 'prebuilds', 'linux-x64'), { recursive: true });
    writeFileSync(join(root, 'prebuilds', 'linux-x64', 'ipmi-bt.glibc.node'), 'not for it');
    const pretence = `
      Object.defineProperty(process, 'platform', { value: '${platform}' });
      Object.defineProperty(process, 'arch', { value: '${arch}' });`;

    expect(loadIn(module, pretence)).toEqual({
      kind: 'missing',
      reason: `it is for Linux on x86-64, and this is ${platform} on ${arch}`,
      remedy: 'here the simulator, the decoders and recordings work, and port I/O does not',
    });
  });
});
