/**
 * Has V8 compile the bundled program, and keeps what it makes of it for `start`: its code, and that
 * of each function that runs here. Commands are run for that, one after the other, on the simulated
 * BMC. The build runs this, and so may an installation that uses another Node.
 */

import { PROGRAM, readProgram, writeCode } from './code.ts';
import type { Program } from './code.ts';

/** Not `exec`, which changes V8's switches: code made with other ones is refused. */
const COMMANDS = [
  ['--sim', 'raw', '0x06', '0x01'],
  ['--sim', 'info'],
];

const script = readProgram(undefined);
const program = script.runInThisContext() as Program;
const commands = COMMANDS.values();

function runNext(): void {
  if (process.exitCode !== undefined && process.exitCode !== 0) {
    throw new Error(`${process.argv.slice(2).join(' ')}: exit code ${process.exitCode}`);
  }
  const words = commands.next().value;
  if (words === undefined) return;
  process.argv.splice(2, Infinity, ...words);
  program(require, PROGRAM);
  // A turn of the event loop, without which there would be no further call.
  setImmediate(() => undefined);
}

process.on('beforeExit', runNext);
process.on('exit', (code) => {
  if (code === 0) writeCode(script.createCachedData());
});
