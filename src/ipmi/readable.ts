/** Objects that hold bytes, and that `JSON.stringify()` prints as a reader expects them. */

/** The fields of an object, with bytes as arrays of numbers. */
function plain(this: object): object {
  const entries = Object.entries(this) as readonly (readonly [string, unknown])[];
  return Object.fromEntries(
    entries.map(([name, value]) => [name, value instanceof Uint8Array ? [...value] : value]),
  );
}

/** Has `JSON.stringify()` print the bytes in `value` as arrays of numbers. */
export function readable<Value extends object>(value: Value): Value {
  Object.defineProperty(value, 'toJSON', { value: plain });
  return value;
}
