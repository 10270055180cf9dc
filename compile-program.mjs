// Writes dist/program.code: what V8 makes of the bundled program, and of each function in it that
// runs here. Commands are run for that, one after the other, on the simulated BMC.

import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { setImmediate } from 'node:timers';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';

/** `exec` reads its lines from standard input. */
const COMMANDS = [
  ['--sim', 'raw', '0x06', '0x01'],
  ['--sim', 'exec', '-'],
  ['--sim', 'info'],
];

const filename = fileURLToPath(new URL('dist/program.cjs', import.meta.url));
const script = new Script(readFileSync(filename, 'latin1'), { filename });
const program = script.runInThisContext();
const commands = COMMANDS.values();

function runNext() {
  if (process.exitCode) throw new Error(`${process.argv.slice(2).join(' ')}: ${process.exitCode}`);
  const { value, done } = commands.next();
  if (done) return;
  process.argv.splice(2, Infinity, ...value);
  program(createRequire(filename), filename);
  // A turn of the event loop, without which there would be no further call.
  setImmediate(() => undefined);
}

process.on('beforeExit', runNext);
process.on('exit', () => {
  writeFileSync(new URL('dist/program.code', import.meta.url), script.createCachedData());
});
