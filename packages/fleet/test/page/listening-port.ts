/** The port of a page that was started as a program. */

import { vi } from 'vitest';

const PATIENCE = { timeout: 120_000, interval: 50 };

/** Resolves when the page has logged that it listens. */
export async function listeningPort(logged: () => string): Promise<number> {
  return await vi.waitFor(() => {
    const [, found] = /"port":(\d+),.*"msg":"listening"/.exec(logged()) ?? [];
    if (found === undefined) throw new Error(`not listening: ${logged()}`);
    return Number(found);
  }, PATIENCE);
}
