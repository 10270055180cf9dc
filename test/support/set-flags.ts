/** The bits of layouts by their names. */

/** The names of the flags of a decoded value that are set, in the order of the layout. */
export function setFlags(value: object): readonly string[] {
  return Object.entries(value).flatMap(([name, flag]) => (flag === true ? [name] : []));
}
