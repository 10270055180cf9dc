#!/usr/bin/env node
/**
 * Starts the `ipmi-bt` command: runs the bundled program with the code that V8 made of it when it
 * was built, which saves most of what a short command costs. The code of another Node is not used,
 * and V8 refuses what was made with other switches: the program is then compiled as any other. The
 * package of npm has no bundled program: the command is started from the modules of the library.
 */

import { existsSync } from 'node:fs';

import { PROGRAM, readCode, readProgram } from './code.ts';
import type { Program } from './code.ts';

if (existsSync(PROGRAM)) {
  const program = readProgram(readCode()).runInThisContext() as Program;
  program(require, PROGRAM);
} else {
  // @ts-expect-error: package.json says which file it is; the build makes it.
  void import('#command');
}
