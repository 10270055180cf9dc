/** The progress bar on the standard error of a terminal. Its library is loaded only for that. */

/** Counts hosts. */
export interface Progress {
  /** One more host has its result. */
  step(): void;
  /** Makes room for a line; the bar comes again with the next step. */
  clear(): void;
  /** Leaves a clean line. */
  stop(): void;
}

/** A stream that may be a terminal. */
export type ProgressStream = NodeJS.WritableStream & { readonly isTTY?: boolean };

const FORMAT = '{bar} {value}/{total} {hosts}, {duration_formatted}';

/** To the start of the line, and nothing behind it (ECMA-48, EL). */
const CLEAR_LINE = '\r\u001B[K';

const NONE: Progress = { step: nothing, clear: nothing, stop: nothing };

/** Shows a bar if the stream is a terminal. */
export async function startProgress(stream: ProgressStream, total: number): Promise<Progress> {
  if (stream.isTTY !== true) return NONE;
  const { default: library } = await import('cli-progress');
  const bar = new library.SingleBar(
    { format: FORMAT, stream, hideCursor: false, clearOnComplete: true, linewrap: true },
    library.Presets.shades_classic,
  );
  bar.start(total, 0, { hosts: total === 1 ? 'host' : 'hosts' });
  return {
    step: () => {
      bar.increment();
    },
    clear: () => {
      stream.write(CLEAR_LINE);
    },
    stop: () => {
      bar.stop();
    },
  };
}

function nothing(): void {
  // There is no bar.
}
