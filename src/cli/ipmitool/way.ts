/** The way to the controller of `-t`, or to the BMC. */

import { bridge } from '../../commands/bridge.ts';
import { BMC_ADDRESS } from '../../ipmi/ipmb.ts';
import type { Bridger, RequestOptions, Requester } from '../../ipmi/requester.ts';
import { UsageError } from '../args.ts';
import type { Choices } from './session.ts';

/**
 * Sends each request to the controller that is chosen at the time, which `set` may change; `limits`
 * are those of each request. What is behind the BMC is reached through the way to it. A request
 * rejects with a `UsageError`, and nothing is sent, for an address or a channel that no message can
 * have.
 */
export function wayTo(device: Bridger, choices: Choices, limits: RequestOptions): Bridger {
  const { channel, transit } = choices;
  const ways = new Map<number, Requester>([[BMC_ADDRESS, device]]);
  const wayNow = (): Requester => {
    const { target: address } = choices;
    const way = ways.get(address) ?? bridged(device, { address, channel, transit });
    ways.set(address, way);
    return way;
  };
  return {
    request: async (input, options) => await wayNow().request(input, { ...limits, ...options }),
    expectAnswer: (expected) => device.expectAnswer(expected),
  };
}

function bridged(device: Bridger, target: Parameters<typeof bridge>[1]): Requester {
  try {
    return bridge(device, target);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const options = '-t and -b name the controller, -T and -B the one on the way to it';
    throw new UsageError(`${error.message} (${options}); nothing was sent`, { cause: error });
  }
}
