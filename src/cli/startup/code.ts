/** The bundled program and what V8 compiled of it, side by side where the build puts them. */

import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { Script } from 'node:vm';

import { isTrustedLike } from '../../trust.ts';

/** The program as a function of what CommonJS gives a module. */
export type Program = (ownRequire: NodeJS.Require, filename: string) => void;

export const PROGRAM = `${import.meta.dirname}/program.cjs`;
export const CODE = `${import.meta.dirname}/program.code`;

/** Bytes in front of the code, which name the Node that made it. */
const TAG_BYTES = 64;

/**
 * The Node that runs, as exactly as it can be told in no time. V8 itself compares versions of V8,
 * and those of Node 20.18 and 20.20 are one to it: with the code of the other, Node crashes. Two
 * builds of one version of Node differ in the size of the file.
 */
function tag(): Buffer {
  const { version, arch, versions, execPath } = process;
  const text = `${version} ${arch} ${versions.v8} ${statSync(execPath).size}`;
  return Buffer.from(text.slice(0, TAG_BYTES).padEnd(TAG_BYTES), 'latin1');
}

/** Writes the code for the Node that runs. */
export function writeCode(code: Buffer): void {
  writeFileSync(CODE, Buffer.concat([tag(), code]));
}

/**
 * Returns the code, unless another Node made it, the program was changed afterwards, which V8
 * cannot tell, or more users can write the code than can write the program.
 */
export function readCode(): Buffer | undefined {
  try {
    const [code, program] = [statSync(CODE), statSync(PROGRAM)];
    if (code.mtimeMs < program.mtimeMs || !isTrustedLike(code, program)) return undefined;
    const file = readFileSync(CODE);
    return tag().equals(file.subarray(0, TAG_BYTES)) ? file.subarray(TAG_BYTES) : undefined;
  } catch {
    return undefined;
  }
}

/** The program as V8 has it, with the code that was made of it before, if that is any good. */
export function readProgram(code: Buffer | undefined): Script {
  // It is all ASCII; read byte for byte it is there at once.
  const source = readFileSync(PROGRAM, 'latin1');
  return new Script(source, { filename: PROGRAM, cachedData: code });
}
