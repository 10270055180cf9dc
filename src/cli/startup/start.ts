#!/usr/bin/env node
/**
 * Starts the `ipmi-bt` command: runs the bundled program with the code that V8 made of it when it
 * was built, which saves most of what a short command costs. Another V8 than that, or the same with
 * other switches, refuses the code, and the program is compiled as any other.
 */

import { readFileSync, statSync } from 'node:fs';

import { isTrustedLike } from '../../trust.ts';
import { CODE, PROGRAM, readProgram } from './code.ts';
import type { Program } from './code.ts';

/**
 * Returns the compiled code, unless the program was changed afterwards, which V8 cannot tell, or
 * more users can write the code than can write the program.
 */
function compiledCode(): Buffer | undefined {
  try {
    const [code, program] = [statSync(CODE), statSync(PROGRAM)];
    if (code.mtimeMs < program.mtimeMs || !isTrustedLike(code, program)) return undefined;
    return readFileSync(CODE);
  } catch {
    return undefined;
  }
}

const program = readProgram(compiledCode()).runInThisContext() as Program;
program(require, PROGRAM);
