/**
 * Runs the programs that make packages. A machine that lacks one is told the Debian package to
 * install.
 */

import { execFileSync } from 'node:child_process';

import { ROOT } from './paths.ts';
import DEBIAN_PACKAGES from './tools.json' with { type: 'json' };

/** A package of 130 MB is not printed; a log of a build is. */
const OUTPUT_BYTES_MAX = 64 * 1024 * 1024;

export type Tool = keyof typeof DEBIAN_PACKAGES;

export interface ToolOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs `tool` to its end and gives what it printed; throws with its last words if it fails. */
export function runTool(tool: Tool, args: readonly string[], options: ToolOptions = {}): string {
  const { cwd = ROOT, env = {} } = options;
  const environment = { ...process.env, LC_ALL: 'C.UTF-8', ...env };
  try {
    return execFileSync(tool, args, {
      ...{ cwd, env: environment, encoding: 'utf8', maxBuffer: OUTPUT_BYTES_MAX },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  } catch (cause) {
    throw new Error(`${tool} ${args.join(' ')} failed: ${lastWords(tool, cause)}`, { cause });
  }
}

function lastWords(tool: Tool, cause: unknown): string {
  const { code, stdout, stderr } = cause as { code?: string; stdout?: string; stderr?: string };
  if (code === 'ENOENT') return `it is not installed: on Debian, install ${DEBIAN_PACKAGES[tool]}`;
  const lines = `${stdout ?? ''}${stderr ?? ''}`.trimEnd().split('\n');
  return lines.length === 0 ? String(cause) : lines.slice(-40).join('\n');
}
