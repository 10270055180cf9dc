/**
 * The web configuration in force: read at the start, and again when one of its files has changed. A
 * change that is wrong is told, and the last one that was right stays in force.
 */

import { BasicAuth } from './basic-auth.ts';
import { NO_WEB_CONFIG, readWebConfig, stampOf } from './web-config.ts';
import type { WebConfig } from './web-config.ts';

/** Everything that a {@link Web} is built from. */
export interface WebParts {
  /** The configuration file; undefined for plain HTTP without users. */
  readonly path: string | undefined;
  readonly onError: (error: unknown) => void;
}

/** Keeps the configuration and what is made of it. */
export class Web {
  config: WebConfig;
  auth: BasicAuth;
  readonly #parts: WebParts;
  #stamp: string;

  /** Throws a `WebConfigError` if the file is wrong. */
  constructor(parts: WebParts) {
    this.#parts = parts;
    this.config = parts.path === undefined ? NO_WEB_CONFIG : readWebConfig(parts.path);
    this.auth = new BasicAuth(this.config.users);
    this.#stamp = stampOf(this.config.files);
  }

  /** Reads the files again if one of them has changed; true if there is a new configuration. */
  refresh(): boolean {
    const { path, onError } = this.#parts;
    const stamp = stampOf(this.config.files);
    if (path === undefined || stamp === this.#stamp) return false;
    this.#stamp = stamp;
    try {
      const config = readWebConfig(path);
      if ((config.tls === undefined) !== (this.config.tls === undefined)) {
        throw new Error(
          `--web.config.file ${path}: TLS cannot be switched on or off without a restart`,
        );
      }
      this.config = config;
      this.auth = new BasicAuth(config.users);
      this.#stamp = stampOf(config.files);
      return true;
    } catch (error) {
      onError(error);
      return false;
    }
  }
}
