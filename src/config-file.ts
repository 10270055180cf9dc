/**
 * The files that an administrator writes for this program, in JSON. Only one that no other user can
 * have written is obeyed, and one that is wrong is not half used: the error names the line.
 */

import type { Files } from './files.ts';
import { JsonError, parseJson } from './lined-json.ts';
import type { Json } from './lined-json.ts';
import { TRUST_REMEDY, distrustOfPath } from './trust.ts';

/** A file is wrong, or cannot be read or trusted; `message` says where and how. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/**
 * Returns what `contentOf` makes of a file, and undefined when there is none. Throws a
 * {@link ConfigError}, also for a `JsonError` of `contentOf`, and when another user than root and
 * this process's own has written the file, or could replace it.
 */
export function readConfigFile<T>(
  path: string,
  files: Files,
  contentOf: (value: Json) => T,
): T | undefined {
  const reason = distrustOfPath(path, files);
  if (reason !== undefined) {
    throw new ConfigError(`${path}: is not obeyed: ${reason}; ${TRUST_REMEDY}`);
  }
  const text = files.readText(path);
  if (text === undefined && files.exists(path)) throw new ConfigError(`${path}: cannot be read`);
  if (text === undefined) return undefined;
  try {
    return contentOf(parseJson(text));
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    throw new ConfigError(`${path}:${error.line}: ${error.message}`);
  }
}
