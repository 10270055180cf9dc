/** Waits for what comes by itself, with a limit that only what hangs reaches. */

import { systemClock } from 'ipmi-bt';

const LOOK_MS = 20;
const PATIENCE_MS = 240_000;

/** Resolves when the condition holds; rejects after four minutes, naming it. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
): Promise<void> {
  const endMs = systemClock.now() + PATIENCE_MS;
  while (!(await condition())) {
    if (systemClock.now() > endMs) throw new Error(`not within four minutes: ${what}`);
    await pause(LOOK_MS);
  }
}

/** Resolves so much later. */
export async function pause(ms: number): Promise<void> {
  await new Promise<void>((resolve) => {
    systemClock.timer(ms, resolve, true);
  });
}
