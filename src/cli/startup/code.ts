/** The bundled program and what V8 compiled of it, side by side where the build puts them. */

import { readFileSync } from 'node:fs';
import { Script } from 'node:vm';

/** The program as a function of what CommonJS gives a module. */
export type Program = (ownRequire: NodeJS.Require, filename: string) => void;

export const PROGRAM = `${import.meta.dirname}/program.cjs`;
export const CODE = `${import.meta.dirname}/program.code`;

/** The program as V8 has it, with the code that was made of it before, if that is any good. */
export function readProgram(code: Buffer | undefined): Script {
  // It is all ASCII; read byte for byte it is there at once.
  const source = readFileSync(PROGRAM, 'latin1');
  return new Script(source, { filename: PROGRAM, cachedData: code });
}
