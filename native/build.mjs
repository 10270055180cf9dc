/**
 * Builds the addon for this clone, and the same file for the package: prebuildify names it for the
 * system that it is for, so that it is found there and nowhere else. Does not fail an installation
 * when it cannot: without the addon the ports
 * are reached through /dev/port. So a failure is one line and exit 0, except in CI, where it is the
 * whole output of node-gyp and exit 1.
 */

import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const ADDON = join('build', 'Release', 'ipmi_bt.node');
const PREBUILDS = 'prebuilds';
const OUTPUT_BYTES_MAX = 16 * 1024 * 1024;
const inCi = process.env.CI === 'true';

/** The addon for the package, one file a system; undefined before it was built. */
function prebuilt() {
  const folder = join(ROOT, PREBUILDS);
  if (!existsSync(folder)) return undefined;
  const names = readdirSync(folder, { recursive: true });
  const addon = names.find((name) => name.endsWith('.node'));
  return addon === undefined ? undefined : join(PREBUILDS, addon);
}

/** True when the addon is newer than everything it is made from. */
function isBuilt() {
  const built = [ADDON, prebuilt()];
  if (built.includes(undefined) || !existsSync(join(ROOT, ADDON))) return false;
  const sources = readdirSync(join(ROOT, 'native')).filter((name) => /\.(cc|h)$/.test(name));
  const paths = ['binding.gyp', ...sources.map((name) => join('native', name))];
  const changedMs = (path) => statSync(join(ROOT, path)).mtimeMs;
  const oldestMs = Math.min(...built.map(changedMs));
  return paths.every((path) => changedMs(path) < oldestMs);
}

function runs(command) {
  // A shell, because CXX may be `ccache g++`.
  return spawnSync(`${command} --version`, { stdio: 'ignore', shell: true }).status === 0;
}

/** The first tool that is not there; node-gyp's own words for it are a page long. */
function missingTool() {
  const { CXX = 'g++', MAKE = 'make', PYTHON = 'python3' } = process.env;
  return [CXX, MAKE, PYTHON, 'strip'].find((command) => !runs(command));
}

/** A program of a package that is installed for development; undefined when it is not. */
function find(program) {
  try {
    return createRequire(import.meta.url).resolve(program);
  } catch {
    return undefined;
  }
}

/** Headers that were installed with Node save node-gyp the download. */
function headerSettings() {
  const prefix = resolve(dirname(process.execPath), '..');
  const header = join(prefix, 'include', 'node', 'node_api.h');
  return existsSync(header) ? { npm_config_nodedir: prefix } : {};
}

/** Builds both; returns why there is no addon, or undefined when there is one. */
function build() {
  const tool = missingTool();
  if (tool !== undefined) return { reason: `${tool} was not found`, output: '' };
  const [nodeGyp, prebuildify] = ['node-gyp/bin/node-gyp.js', 'prebuildify/bin.js'].map(find);
  if (nodeGyp === undefined) return { reason: 'node-gyp is not installed', output: '' };
  if (prebuildify === undefined) return { reason: 'prebuildify is not installed', output: '' };

  rmSync(join(ROOT, PREBUILDS), { recursive: true, force: true });
  const target = ['--napi', '--target', process.versions.node];
  const args = [prebuildify, ...target, '--strip', '--tag-libc', '--node-gyp', nodeGyp];
  const env = { ...process.env, ...headerSettings() };
  const options = { cwd: ROOT, env, encoding: 'utf8', maxBuffer: OUTPUT_BYTES_MAX };
  const run = spawnSync(process.execPath, args, options);
  const made = prebuilt();
  if (run.status === 0 && made !== undefined) {
    // prebuildify has moved it away.
    mkdirSync(join(ROOT, dirname(ADDON)), { recursive: true });
    copyFileSync(join(ROOT, made), join(ROOT, ADDON));
    return undefined;
  }
  const output = `${run.stdout}${run.stderr}`;
  // The compiler's first error, or else node-gyp's.
  const [line = 'node-gyp failed'] = /^.*\berror: .*$|(?<=^gyp ERR! stack ).*$/m.exec(output) ?? [];
  return { reason: line, output };
}

function main() {
  if (!inCi && isBuilt()) {
    console.log(`${ADDON} is up to date`);
    return;
  }
  const failure = build();
  if (failure === undefined) {
    console.log(`built ${ADDON}, and ${prebuilt()} for the package`);
    return;
  }
  console.log(`the addon was not built: ${failure.reason}; ports will be used through /dev/port`);
  if (!inCi) return;
  process.stderr.write(failure.output);
  process.exitCode = 1;
}

main();
