/** A log that keeps its lines, for tests of what is told. */

import { logOf } from '../../src/log.ts';
import type { Log, LogMethod } from '../../src/log.ts';

export interface RecordingLog {
  readonly log: Log;
  /** The fields of each line, with its `message` and `level`. */
  readonly lines: object[];
}

export function recordingLog(): RecordingLog {
  const lines: object[] = [];
  const at =
    (level: string): LogMethod =>
    (fields, message) => {
      lines.push({ ...fields, level, message });
    };
  const log = logOf({
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
  });
  return { log, lines };
}
