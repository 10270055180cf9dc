/**
 * A fault of design that can be put into the code: a piece of a source file, and what replaces it.
 * Not the mutants of one operator that `npm run mutation` makes, but what a tired author could
 * have written. Each names the test that notices it.
 */

/** One fault. The lists of them are in `faults-*.ts`. */
export interface Sabotage {
  /** The fault, in words. */
  readonly what: string;
  /** A file, from the root of the project. */
  readonly file: string;
  /** A text that occurs exactly once in the file; as short as that allows. */
  readonly from: string;
  readonly to: string;
  /** The test file that notices it. */
  readonly test: string;
  /** The test in it: the text of its title, or of one above it, up to the first placeholder. */
  readonly title: string;
  /**
   * `addon`: it is compiled anew. `bundle`: the test runs the built command, which is built anew.
   * `guest`: the test boots a guest; only with `--guests`.
   */
  readonly needs?: 'addon' | 'bundle' | 'guest';
}

/** The file with the fault in it. Throws unless the text occurs exactly once. */
export function sabotaged(source: string, { file, from, to, what }: Sabotage): string {
  const count = source.split(from).length - 1;
  if (count !== 1) throw new Error(`"${what}": ${file} has ${count} times ${JSON.stringify(from)}`);
  return source.replace(from, () => to);
}
