/**
 * Builds the addon, and does not fail an installation when it cannot: without the addon the ports
 * are reached through /dev/port. So a failure is one line and exit 0, except in CI, where it is the
 * whole output of node-gyp and exit 1.
 */

import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync, utimesSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const ADDON = join('build', 'Release', 'ipmi_bt.node');
const OUTPUT_BYTES_MAX = 16 * 1024 * 1024;
const inCi = process.env.CI === 'true';

/** True when the addon is newer than everything it is made from. */
function isBuilt() {
  if (!existsSync(join(ROOT, ADDON))) return false;
  const sources = readdirSync(join(ROOT, 'native')).filter((name) => /\.(cc|h)$/.test(name));
  const paths = ['binding.gyp', ...sources.map((name) => join('native', name))];
  const changedMs = (path) => statSync(join(ROOT, path)).mtimeMs;
  return paths.every((path) => changedMs(path) < changedMs(ADDON));
}

function runs(command) {
  // A shell, because CXX may be `ccache g++`.
  return spawnSync(`${command} --version`, { stdio: 'ignore', shell: true }).status === 0;
}

/** The first tool that is not there; node-gyp's own words for it are a page long. */
function missingTool() {
  const { CXX = 'g++', MAKE = 'make', PYTHON = 'python3' } = process.env;
  return [CXX, MAKE, PYTHON].find((command) => !runs(command));
}

function findNodeGyp() {
  try {
    return createRequire(import.meta.url).resolve('node-gyp/bin/node-gyp.js');
  } catch {
    return undefined;
  }
}

/** Headers that were installed with Node save node-gyp the download. */
function headerOptions() {
  const prefix = resolve(dirname(process.execPath), '..');
  const header = join(prefix, 'include', 'node', 'node_api.h');
  return existsSync(header) ? [`--nodedir=${prefix}`] : [];
}

/** Runs node-gyp; returns why there is no addon, or undefined when there is one. */
function build() {
  const tool = missingTool();
  if (tool !== undefined) return { reason: `${tool} was not found`, output: '' };
  const nodeGyp = findNodeGyp();
  if (nodeGyp === undefined) return { reason: 'node-gyp is not installed', output: '' };

  const args = [nodeGyp, 'configure', 'build', ...headerOptions()];
  const options = { cwd: ROOT, encoding: 'utf8', maxBuffer: OUTPUT_BYTES_MAX };
  const run = spawnSync(process.execPath, args, options);
  if (run.status === 0) {
    // make leaves an addon alone that would come out the same; isBuilt() looks at its age.
    utimesSync(join(ROOT, ADDON), new Date(), new Date());
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
    console.log(`built ${ADDON}`);
    return;
  }
  console.log(`the addon was not built: ${failure.reason}; ports will be used through /dev/port`);
  if (!inCi) return;
  process.stderr.write(failure.output);
  process.exitCode = 1;
}

main();
