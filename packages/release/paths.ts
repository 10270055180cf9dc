/** Folders that the packages are made from and made in. */

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Finished packages, and meanwhile the folders in which they are made. */
export const OUTPUT_FOLDER = `${ROOT}build/packages`;

/** Downloads, each made once. */
export const CACHE_FOLDER = `${ROOT}.cache/packages`;

/** Runs `make` with a folder of its own, for packages that are made at once; it is removed then. */
export async function withDraft(make: (draft: string) => Promise<void>): Promise<void> {
  mkdirSync(OUTPUT_FOLDER, { recursive: true });
  const draft = mkdtempSync(`${OUTPUT_FOLDER}/draft-`);
  try {
    await make(draft);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}
