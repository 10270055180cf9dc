/**
 * Other processes that run a program of this package: where its programs are, and how Node starts
 * one of them.
 */

import { createRequire } from 'node:module';

/**
 * As a clone and a Debian package have them, and as the package of npm has them. Seen alike from
 * `src/`, from the modules in `dist/` and `lib/`, and from the bundled `dist/program.cjs`.
 */
const PROGRAMS = ['../dist/NAME.cjs', '../lib/NAME.js'];

/** Programs that run a script which is their first argument. */
const NODE = /\/node[^/]*$/;

/** The path of a program of this package; throws when it is not there. */
export function programFile(name: 'cli' | 'guardian'): string {
  const { resolve } = createRequire(import.meta.url);
  const causes: unknown[] = [];
  for (const program of PROGRAMS) {
    try {
      return resolve(program.replace('NAME', name));
    } catch (cause) {
      causes.push(cause);
    }
  }
  throw causes[0];
}

/** The Node that runs this process; throws when something else does. */
export function nodePath(path = process.execPath): string {
  if (!NODE.test(path)) throw new Error(`${path} is not Node`);
  return path;
}

/** The part of Node that starts processes. */
type ChildProcesses = typeof import('node:child_process');

/** Loaded when needed: few commands have a use for it. */
export function childProcesses(): ChildProcesses {
  return createRequire(import.meta.url)('node:child_process') as ChildProcesses;
}

/** The environment of a child: switches of this process, such as a debugger's, are not for it. */
export function childEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, NODE_OPTIONS: '' };
}
