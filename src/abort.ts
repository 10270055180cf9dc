/**
 * One listener for each `AbortSignal`, however many requests and waits go by it: Node warns of a
 * leak at the eleventh listener, and removing one of thousands takes as long as there are others.
 */

/**
 * The part of an `AbortSignal` that is used here. Spelt out, because a program's compiler has that
 * type only with the types of Node or of browsers.
 */
export interface Signal {
  readonly aborted: boolean;
  readonly reason?: unknown;
  addEventListener(name: 'abort', listener: () => void): void;
  removeEventListener(name: 'abort', listener: () => void): void;
}

/** The callbacks of one signal, and the listener that calls them. */
interface Waiting {
  readonly callbacks: Set<() => void>;
  readonly listener: () => void;
}

const waitingFor = new WeakMap<Signal, Waiting>();

/** Calls back once when the signal aborts, unless the returned function was called before. */
export function onAbort(signal: Signal, callback: () => void): () => void {
  const waiting = waitingFor.get(signal) ?? listenTo(signal);
  // Its own function, so that a callback that is given twice is called twice.
  const own = (): void => {
    callback();
  };
  waiting.callbacks.add(own);
  return () => {
    if (!waiting.callbacks.delete(own) || waiting.callbacks.size > 0) return;
    signal.removeEventListener('abort', waiting.listener);
    waitingFor.delete(signal);
  };
}

function listenTo(signal: Signal): Waiting {
  const callbacks = new Set<() => void>();
  const listener = (): void => {
    waitingFor.delete(signal);
    signal.removeEventListener('abort', listener);
    const all = [...callbacks];
    callbacks.clear();
    for (const callback of all) callback();
  };
  const waiting = { callbacks, listener };
  waitingFor.set(signal, waiting);
  signal.addEventListener('abort', listener);
  return waiting;
}
