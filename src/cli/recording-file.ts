/** A recording that the command line names. */

import { RECORD_LINE_MAX, RecordingError, RecordingReader } from '../trace/reader.ts';
import type { Recording } from '../trace/recording.ts';
import { shownName } from '../shown.ts';
import { UsageError } from './args.ts';
import { readLines } from './input.ts';
import { tellUser } from './output.ts';

/** Reads the file, or standard input for `-`; throws a `UsageError` that names what is wrong. */
export async function readRecordingFile(name: string): Promise<Recording> {
  const shown = name === '-' ? 'standard input' : shownName(name);
  const reader = new RecordingReader();
  const take = (line: string): void => {
    reader.take(line);
  };
  try {
    const recording = reader.end(await readLines(name, { lineMax: RECORD_LINE_MAX, take }));
    if (recording.isCutOff) tellUser(`${shown}: its last line is cut off, and is left out`);
    return recording;
  } catch (error) {
    if (!(error instanceof RecordingError)) throw error;
    throw new UsageError(`${shown}: ${error.message}`);
  }
}
