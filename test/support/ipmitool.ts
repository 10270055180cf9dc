/** Has `ipmitool` ask a `Requester`, in one session over LAN, and reads what it prints. */

import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import type { Requester } from '../../src/ipmi/requester.ts';
import { startLanFront } from './lan-front.ts';

/** Between the outputs of two commands: the reply of an OEM's command. */
const MARK = 'raw 0x30 0x7f';
const MARK_PRINTED = ' be ef\n';

/** What it prints on standard output for each of the commands. */
export async function printedByIpmitool(
  requester: Requester,
  commands: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const front = await startLanFront(requester);
  const folder = await mkdtemp(join(tmpdir(), 'ipmi-bt-ipmitool-'));
  try {
    const script = join(folder, 'script');
    await writeFile(script, commands.map((words) => `${words}\n${MARK}\n`).join(''));
    const where = ['-I', 'lan', '-A', 'NONE', '-H', '127.0.0.1', '-p', String(front.port)];
    const args = [...where, '-U', '', '-L', 'ADMINISTRATOR', 'exec', script];
    const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC' };
    const { stdout } = await promisify(execFile)('ipmitool', args, { env });
    const texts = stdout.split(MARK_PRINTED);
    return new Map(commands.map((words, index) => [words, texts[index] ?? '']));
  } finally {
    await front.close();
    await rm(folder, { recursive: true });
  }
}

/** The values by their labels; of a label that is there twice, the first. */
export function rowsIn(text: string): Record<string, string> {
  const rows: Record<string, string> = {};
  for (const line of text.split('\n')) {
    const [, label, value] = /^\s*:?\s*([^:\s][^:]*?)\s*:\s*(.*?)\s*$/.exec(line) ?? [];
    if (label !== undefined && value !== undefined) rows[label] ??= value;
  }
  return rows;
}
