/** The smoke test of `ipmi-bt`, as a process of its own: in short, and one at a time. */

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** A verdict: the line of `ipmi-bt smoke --quick`, and the exit code of the command. */
export interface SmokeResult {
  readonly exitCode: number;
  readonly line: string;
}

/** A run takes less than half a minute. */
const TIMEOUT_MS = 180_000;

const OUTPUT_BYTES_MAX = 64 * 1024;

/** Returns what runs the test; runs that are asked for meanwhile share the one under way. */
export function smokeRunner(args: readonly string[]): () => Promise<SmokeResult> {
  let running: Promise<SmokeResult> | undefined;
  return async () => {
    running ??= run(args).finally(() => {
      running = undefined;
    });
    return await running;
  };
}

async function run(args: readonly string[]): Promise<SmokeResult> {
  const program = fileURLToPath(new URL('../dist/cli.cjs', import.meta.resolve('ipmi-bt')));
  const options = { timeout: TIMEOUT_MS, maxBuffer: OUTPUT_BYTES_MAX };
  return await new Promise((resolve, reject) => {
    const all = [program, ...args, 'smoke', '--quick'];
    execFile(process.execPath, all, options, (error, stdout) => {
      const code = error === null ? 0 : error.code;
      if (typeof code === 'number') resolve({ exitCode: code, line: stdout.trim() });
      else reject(error ?? new Error('bug: no exit code'));
    });
  });
}
