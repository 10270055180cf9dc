/** The files of the page, as the build leaves them: read once, so that no request names a file. */

import { readFileSync, readdirSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A file with its type. */
export interface Asset {
  readonly type: string;
  readonly body: Buffer;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

const INDEX = '/index.html';

/** The same folder from the sources and from what is built of them. */
const FOLDER = fileURLToPath(new URL('../../dist/browser/', import.meta.url));

/** The files by their paths; `/` is the page itself. */
export function readAssets(folder = FOLDER): ReadonlyMap<string, Asset> {
  const assets = new Map<string, Asset>();
  for (const name of namesIn(folder)) {
    const type = TYPES[extname(name)];
    if (type !== undefined)
      assets.set(`/${name}`, { type, body: readFileSync(join(folder, name)) });
  }
  const index = assets.get(INDEX);
  if (index === undefined) {
    throw new Error(`${folder} has no page: build the package again (npm run build)`);
  }
  return assets.set('/', index);
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
