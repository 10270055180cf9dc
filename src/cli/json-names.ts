/** Names in a JSON text. `JSON.parse` takes one that stands twice, and keeps the last value. */

/** Strings, and what has a meaning for where they stand. */
const TOKEN = /"(?:[^"\\]|\\.)*"|[{}:]/g;

/** A name that stands twice in one object, as it is meant, and where the second one begins. */
export interface RepeatedName {
  readonly name: string;
  readonly index: number;
}

/** Finds the first one in a text that is JSON. */
export function repeatedName(json: string): RepeatedName | undefined {
  const objects: Set<string>[] = [];
  let last = { text: '', index: 0 };
  for (const { 0: text, index } of json.matchAll(TOKEN)) {
    if (text === '{') objects.push(new Set());
    else if (text === '}') objects.pop();
    else if (text === ':') {
      // The same name may be written with escapes.
      const name = JSON.parse(last.text) as string;
      const names = objects.at(-1);
      if (names?.has(name) === true) return { name, index: last.index };
      names?.add(name);
    }
    last = { text, index };
  }
  return undefined;
}
