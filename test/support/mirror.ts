/**
 * Pairs the files of `src/` with the tests of their name: `src/x/y.ts` is tested by
 * `test/x/y.test.ts` and by `test/x/y-topic.test.ts`.
 */

/** Folders of `test/` that mirror none of `src/`: what is tested there is no single file. */
const OTHERS = [
  'bench',
  'consumers',
  'fixtures',
  'process',
  'project',
  'qemu',
  'support',
  'vm',
  'whole',
];

const ENDING = '.test.ts';

/** The tests that mirror a file, and those that should and do not. Paths are from the root. */
export interface Mirror {
  readonly sources: ReadonlyMap<string, readonly string[]>;
  readonly strays: readonly string[];
}

/** Gives each test to the file of `src/` that its name begins with, the longest such name. */
export function mirrorOf(sources: readonly string[], tests: readonly string[]): Mirror {
  const found = new Map<string, string[]>(sources.map((path) => [path, []]));
  const strays: string[] = [];
  for (const test of tests.filter(isMirror)) {
    const source = candidates(test).find((path) => found.has(path));
    if (source === undefined) strays.push(test);
    else found.get(source)?.push(test);
  }
  return { sources: found, strays };
}

function isMirror(path: string): boolean {
  const [, folder = ''] = path.split('/');
  return path.endsWith(ENDING) && !OTHERS.includes(folder);
}

/** For `test/a/b-c.test.ts`: `src/a/b-c.ts`, then `src/a/b.ts`. */
function candidates(test: string): readonly string[] {
  const parts = test.slice('test/'.length, -ENDING.length).split('/');
  const words = parts.pop()?.split('-') ?? [];
  return words.map((_, index) => {
    const name = words.slice(0, words.length - index).join('-');
    return `src/${[...parts, name].join('/')}.ts`;
  });
}
