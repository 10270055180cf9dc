/** The error of a web configuration, apart from what reads one. */

/** The configuration is wrong, or a file that it names cannot be read. */
export class WebConfigError extends Error {
  override readonly name = 'WebConfigError';
}
