/** The projects under `test/consumers/`, as they are where the package is installed. */

import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

import { nonEmpty } from './lists.ts';
import { ROOT } from './source-code.ts';
import { tempFolder } from './temp-folder.ts';

export const CONSUMERS = join(ROOT, 'test/consumers');

/** What the projects take from the registry, in the versions of this one. */
const TOOLS = ['@types', 'esbuild', 'pino', 'typescript', 'vite', 'vitest'];

/** A copy of a project, as `npm install` would leave it, at a path with a space. */
export function installed(name: string, tarball: string): string {
  const folder = join(tempFolder(), 'a project');
  cpSync(join(CONSUMERS, name), folder, { recursive: true });
  const modules = join(folder, 'node_modules');
  mkdirSync(join(modules, 'ipmi-bt'), { recursive: true });
  execFileSync('tar', ['xzf', tarball, '-C', join(modules, 'ipmi-bt'), '--strip-components=1']);
  for (const tool of nonEmpty(TOOLS)) {
    symlinkSync(join(ROOT, 'node_modules', tool), join(modules, tool));
  }
  return folder;
}
