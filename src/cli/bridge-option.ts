/**
 * The option by which a command goes to a controller behind the BMC: `--bridge
 * CHANNEL:ADDRESS[,CHANNEL:ADDRESS]`, the target first and then the controller that passes it on.
 */

import type { BridgeTarget } from '../commands/bridge.ts';
import { hex } from '../errors.ts';
import type { Bridger, Requester } from '../ipmi/requester.ts';
import { UsageError, parseNumber } from './args.ts';

const CHANNEL_MAX = 15;
const ADDRESS_MAX = 0xfe;

/** A bridge as the command line names it. */
export interface BridgeChoice extends Pick<BridgeTarget, 'transit'> {
  readonly channel: number;
  readonly address: number;
}

const FORM =
  '--bridge is CHANNEL:ADDRESS of the controller, such as 0:0x2c, and behind a comma ' +
  'CHANNEL:ADDRESS of the one that passes it on';

/** Reads the option; throws a `UsageError` for a wrong one. */
export function parseBridge(text: string): BridgeChoice {
  const [target = '', transit, ...more] = text.split(',');
  if (more.length > 0) throw new UsageError(FORM);
  const to = parsePlace(target);
  return transit === undefined ? to : { ...to, transit: parsePlace(transit) };
}

function parsePlace(text: string): { readonly channel: number; readonly address: number } {
  const [channel, address, ...more] = text.split(':');
  if (channel === undefined || address === undefined || more.length > 0) throw new UsageError(FORM);
  const place = {
    channel: parseNumber(channel, '--bridge: the channel', CHANNEL_MAX),
    address: parseNumber(address, '--bridge: the address', ADDRESS_MAX),
  };
  if (place.address % 2 === 0) return place;
  const why = 'a slave address is a byte with bit 0 clear, twice its 7-bit address';
  throw new UsageError(`--bridge: the address ${hex(place.address)} is odd: ${why}`);
}

/** The part of a command that says whether its requests can go to another controller. */
interface Bridgeable {
  readonly name: string;
  readonly canBridge?: boolean;
}

/** Refuses the option for a command that is about the BMC, or its interface. */
export function checkBridge({ name, canBridge = false }: Bridgeable, given: unknown): void {
  if (given === undefined || canBridge) return;
  const others = 'raw, exec, mc (but not mc reset), sensor, sdr, sel and fru take it';
  throw new UsageError(`--bridge does not go with ${name}, which is for the BMC itself: ${others}`);
}

/** The way to the controller that is chosen, or to the BMC. */
export async function wayTo(device: Bridger, choice: BridgeChoice | undefined): Promise<Requester> {
  if (choice === undefined) return device;
  const { bridge } = await import('../commands/bridge.ts');
  return bridge(device, choice);
}
