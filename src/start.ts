#!/usr/bin/env node
/**
 * Starts the `ipmi-bt` command: runs the bundled program with the code that V8 made of it when it
 * was built, which saves most of what a short command costs. Another V8 than that, or the same with
 * other switches, refuses the code, and the program is compiled as any other.
 */

import { readFileSync, statSync } from 'node:fs';
import { Script } from 'node:vm';

/** The program as a function of what CommonJS gives a module. */
type Program = (require: NodeJS.Require, __filename: string) => void;

/** Beside this file, where the build puts them. */
const PROGRAM = `${import.meta.dirname}/program.cjs`;
const CODE = `${import.meta.dirname}/program.code`;

/** What was compiled before; not of a program that somebody has changed, which V8 cannot tell. */
function compiledCode(): Buffer | undefined {
  try {
    if (statSync(CODE).mtimeMs < statSync(PROGRAM).mtimeMs) return undefined;
    return readFileSync(CODE);
  } catch {
    return undefined;
  }
}

// It is all ASCII; read byte for byte it is there at once.
const source = readFileSync(PROGRAM, 'latin1');
const script = new Script(source, { filename: PROGRAM, cachedData: compiledCode() });
const program = script.runInThisContext() as Program;
program(require, PROGRAM);
