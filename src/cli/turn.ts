/** The device of a command that is a line of a script: open already, and shared by all lines. */

import type { Device, Requester } from '../index.ts';
import type { Output } from './output.ts';

/** The means of a command while a device is open. */
export interface Means {
  readonly device: Device;
  /** The way to the BMC, or to the controller of `--bridge`. */
  readonly requester: Requester;
  readonly signal: AbortSignal;
  /** Where the command prints. */
  readonly stdout: Output;
  readonly stderr: Output;
  /** The way to the ports, in words. */
  readonly backend: string;
}

/**
 * Resolves when it is the line's turn, to the means of the script. It rejects when the script ends
 * without the line.
 */
export type Turn = () => Promise<Means>;
