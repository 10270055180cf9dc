/** The error of a command for something that the BMC does not have: a sensor, a channel. */

import { shownName } from '../shown.ts';

/** More names than this are not told. */
const NAMES_MAX = 20;

/** The BMC was asked, and there is no such thing. */
export class NotFoundError extends Error {
  override readonly name = 'NotFoundError';

  /**
   * `what` is missing, such as `there is no channel 9`; `names` are those that there are, as far
   * as the command knows them.
   */
  constructor(what: string, names: readonly string[] | undefined, options?: ErrorOptions) {
    super(names === undefined ? what : `${what}; ${namesText(names)}`, options);
  }
}

function namesText(names: readonly string[]): string {
  if (names.length === 0) return 'there is none';
  const shown = names.slice(0, NAMES_MAX).map(shownName);
  const more = names.length - shown.length;
  return `there are: ${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
