/**
 * The program of a guardian: gives an interface back to its kernel driver for a process that has
 * ended. It writes nothing. What it cannot give back stays on record, and `ipmi-bt release` tells
 * the reason.
 */

import { systemFiles } from '../../files.ts';
import { guardedBy } from '../../guardian.ts';
import { giveBackFor } from '../../registry/give-back-for.ts';
import { endingSignals } from '../../signals.ts';
import { EXIT_TRY_LATER } from '../exit-codes.ts';

// They were meant for the process that has ended, and reach all processes of a service.
for (const name of endingSignals(systemFiles)) process.on(name, () => undefined);

giveBackFor(guardedBy(process.argv.slice(2))).catch(() => {
  process.exitCode = EXIT_TRY_LATER;
});
