/** The ways to the controllers that have sensors, for the commands that read them. */

import { bridge } from '../commands/bridge.ts';
import type { SensorOptions } from '../commands/index.ts';
import type { Session } from './session.ts';

/** Longest time for each answer of a controller behind the BMC: three attempts. */
const ANSWER_MS = 6000;

/**
 * The BMC has its own sensors, and is the way to those of other controllers, as with ipmitool. With
 * `--bridge`, the controller that is named has its own, and is the way to no other.
 */
export function sensorWays(
  session: Pick<Session, 'device' | 'globals' | 'signal'>,
): Pick<SensorOptions, 'ownAddress' | 'requesterFor'> {
  const { device, globals, signal } = session;
  if (globals.bridge !== undefined) return { ownAddress: globals.bridge.address };
  const timeoutMs = Math.min(globals.timeoutMs, ANSWER_MS);
  return {
    requesterFor: ({ channel, address }) => {
      const way = bridge(device, { channel, address });
      return { request: (input, options) => way.request(input, { ...options, timeoutMs, signal }) };
    },
  };
}
