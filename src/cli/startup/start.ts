#!/usr/bin/env node
/**
 * Starts the `ipmi-bt` command: runs the bundled program with the code that V8 made of it when it
 * was built, which saves most of what a short command costs. The code of another Node is not used,
 * and V8 refuses what was made with other switches: the program is then compiled as any other.
 */

import { PROGRAM, readCode, readProgram } from './code.ts';
import type { Program } from './code.ts';

const program = readProgram(readCode()).runInThisContext() as Program;
program(require, PROGRAM);
