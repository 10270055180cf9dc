/** The file of `--record`. What becomes of it changes nothing in the command that is recorded. */

import { systemClock } from '../clock.ts';
import type { RecordSink } from '../index.ts';
import type { Globals } from './globals.ts';
import { NewFile } from './new-file.ts';
import { Chunks, tellUser } from './output.ts';
import { VERSION } from './version.ts';

/** A recording, while the command runs. */
export interface RecordFile {
  readonly sink: RecordSink;
  /** Writes what is left and closes the file. */
  close(): void;
}

/** Makes the file; throws a `UsageError` when that is not possible. */
export function openRecord(path: string, { tracePayload }: Globals): RecordFile {
  const file = new NewFile(path, '--record', ({ message }) => {
    tellUser(`warning: the recording ends here: ${message}`);
  });
  const chunks = new Chunks(file, systemClock);
  const program = `ipmi-bt ${VERSION}`.trim();
  return {
    sink: {
      write: (line) => {
        chunks.write(`${line}\n`);
      },
      payload: tracePayload,
      program,
    },
    close: () => {
      chunks.flush();
      file.close();
    },
  };
}
