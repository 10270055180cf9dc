/** Reading the LAN configuration of a channel, a transaction for each parameter. */

import { IpmiError, bareText } from '../errors.ts';
import { titleOf } from '../ipmi/command.ts';
import { GET_LAN_PARAMETERS, LAN } from '../ipmi/lan.ts';
import type { CipherPrivileges, LanParameter } from '../ipmi/lan.ts';
import { LAN6 } from '../ipmi/lan-ipv6.ts';
import { authTypesOf } from './lan-configuration.ts';
import type {
  Ipv6Address,
  Ipv6Configuration,
  Ipv6Router,
  LanConfiguration,
} from './lan-configuration.ts';
import { readParameter } from './lan-parameter.ts';
import type { LanTarget } from './lan-parameter.ts';

/** Unit of the interval of gratuitous ARP, seconds. */
export const ARP_UNIT_SECONDS = 0.5;

/** Unit of the times of the bad password threshold, seconds. */
export const LOCKOUT_UNIT_SECONDS = 10;

/** Most addresses and routers that are read; a BMC that tells more has other troubles. */
const SETS_MAX = 16;

/** Reads parameters, and keeps what is wrong with the answers. */
class LanReader {
  readonly problems: string[] = [];
  count = 0;
  readonly #target: LanTarget;

  constructor(target: LanTarget) {
    this.#target = target;
  }

  async read<T>(parameter: LanParameter<T>, set = 0): Promise<T | undefined> {
    try {
      const found = await readParameter(this.#target, parameter, set);
      if (found !== undefined) this.count += 1;
      return found;
    } catch (error) {
      if (!(error instanceof IpmiError) || error.code !== 'RESPONSE_MALFORMED') throw error;
      this.problems.push(bareText(error));
      return undefined;
    }
  }
}

/** Reads all standard parameters; with `secrets` the community string, too. */
export async function readConfiguration(
  target: LanTarget,
  secrets: boolean,
): Promise<LanConfiguration> {
  const reader = new LanReader(target);
  const setInProgress = (await reader.read(LAN.setInProgress))?.state;
  const plain = await readPlain(reader);
  const configuration = {
    channel: target.channel,
    setInProgress,
    ...plain,
    ipv4: await readIpv4(reader),
    cipherSuites: await readSuites(reader),
    snmpCommunity: secrets ? await reader.read(LAN.community) : undefined,
    ipv6: await readIpv6(reader),
    problems: reader.problems,
  };
  if (reader.count > 0 || reader.problems.length > 0) return configuration;
  const text = `${titleOf(GET_LAN_PARAMETERS)}: the BMC has no parameter of channel ${target.channel}`;
  throw new IpmiError('COMMAND_FAILED', `${text}, which is no LAN`, { outcome: 'answered' });
}

async function readPlain(reader: LanReader) {
  const support = await reader.read(LAN.authSupport);
  const enables = await reader.read(LAN.authEnables);
  const vlan = await reader.read(LAN.vlan);
  const priority = (await reader.read(LAN.vlanPriority))?.priority;
  const arp = await reader.read(LAN.arp);
  const interval = await reader.read(LAN.arpInterval);
  const bad = await reader.read(LAN.badPassword);
  const intervalSeconds = interval === undefined ? undefined : interval * ARP_UNIT_SECONDS;
  return {
    mac: await reader.read(LAN.mac),
    authSupport: support && authTypesOf(support),
    authTypes: enables && {
      callback: authTypesOf(enables.callback),
      user: authTypesOf(enables.user),
      operator: authTypesOf(enables.operator),
      administrator: authTypesOf(enables.administrator),
      oem: authTypesOf(enables.oem),
    },
    vlan: vlan && { isEnabled: vlan.isEnabled, id: vlan.id, priority },
    arp: arp && {
      sendsResponses: arp.sendsResponses,
      sendsGratuitous: arp.sendsGratuitous,
      intervalSeconds,
    },
    primaryPort: await reader.read(LAN.primaryPort),
    secondaryPort: await reader.read(LAN.secondaryPort),
    badPassword: bad && {
      isLogged: bad.event.isLogged,
      threshold: bad.threshold,
      resetSeconds: bad.resetInterval * LOCKOUT_UNIT_SECONDS,
      lockoutSeconds: bad.lockoutInterval * LOCKOUT_UNIT_SECONDS,
    },
  };
}

async function readIpv4(reader: LanReader): Promise<LanConfiguration['ipv4']> {
  return {
    source: (await reader.read(LAN.source))?.source,
    address: await reader.read(LAN.address),
    netmask: await reader.read(LAN.netmask),
    gateway: await reader.read(LAN.gateway),
    gatewayMac: await reader.read(LAN.gatewayMac),
    backupGateway: await reader.read(LAN.backupGateway),
    backupGatewayMac: await reader.read(LAN.backupGatewayMac),
    header: await reader.read(LAN.header),
  };
}

async function readSuites(reader: LanReader): Promise<LanConfiguration['cipherSuites']> {
  const count = (await reader.read(LAN.suiteCount))?.count;
  const suites = await reader.read(LAN.suites);
  const privileges = await reader.read(LAN.suitePrivileges);
  if (suites === undefined) return undefined;
  const known = privileges && privilegesOf(privileges);
  const ids = [...suites.ids.subarray(0, count)];
  return ids.map((id, at) => ({ id, privilege: known?.[at] }));
}

/** The sixteen privileges, in the order of the suites. */
export function privilegesOf({ pairs }: CipherPrivileges) {
  return pairs.flatMap(({ first, second }) => [first, second]);
}

async function readIpv6(reader: LanReader): Promise<Ipv6Configuration | undefined> {
  const support = await reader.read(LAN6.support);
  if (support === undefined) return undefined;
  const protocols = (await reader.read(LAN6.protocols))?.protocols;
  const trafficClass = await reader.read(LAN6.trafficClass);
  const hopLimit = await reader.read(LAN6.hopLimit);
  const flowLabel = await reader.read(LAN6.flowLabel);
  const status = await reader.read(LAN6.status);
  const control = await reader.read(LAN6.routerControl);
  return {
    support,
    protocols,
    trafficClass,
    hopLimit,
    flowLabel,
    hasDhcpv6: status?.sources.hasDhcpv6,
    hasSlaac: status?.sources.hasSlaac,
    staticAddresses: await staticAddresses(reader, status?.staticMax),
    dynamicAddresses: await dynamicAddresses(reader, status?.dynamicMax),
    usesStaticRouters: control?.usesStatic,
    usesDynamicRouters: control?.usesDynamic,
    staticRouters: await staticRouters(reader),
    dynamicRouters: await dynamicRouters(reader),
  };
}

/** The sets of a parameter, up to one that is not there. */
async function setsOf<T>(
  reader: LanReader,
  parameter: LanParameter<T>,
  count = 0,
): Promise<readonly T[]> {
  const found: T[] = [];
  for (let set = 0; set < Math.min(count, SETS_MAX); set += 1) {
    const one = await reader.read(parameter, set);
    if (one === undefined) break;
    found.push(one);
  }
  return found;
}

async function staticAddresses(reader: LanReader, count?: number): Promise<readonly Ipv6Address[]> {
  const sets = await setsOf(reader, LAN6.staticAddress, count);
  return sets.map(({ address, prefixLength, state, source: { isEnabled } }) => {
    return { address, prefixLength, state: state.state, source: 'static', isEnabled };
  });
}

async function dynamicAddresses(
  reader: LanReader,
  count?: number,
): Promise<readonly Ipv6Address[]> {
  const sets = await setsOf(reader, LAN6.dynamicAddress, count);
  return sets.map(({ address, prefixLength, state, source: { source } }) => {
    return { address, prefixLength, state: state.state, source, isEnabled: true };
  });
}

async function staticRouters(reader: LanReader): Promise<readonly Ipv6Router[]> {
  const found: Ipv6Router[] = [];
  for (const router of [LAN6.router1, LAN6.router2]) {
    const address = await reader.read(router.address);
    if (address === undefined) break;
    found.push({
      address,
      mac: await reader.read(router.mac),
      prefixLength: await reader.read(router.prefixLength),
      prefix: await reader.read(router.prefix),
    });
  }
  return found;
}

async function dynamicRouters(reader: LanReader): Promise<readonly Ipv6Router[]> {
  const count = (await reader.read(LAN6.dynamicRouters)) ?? 0;
  const found: Ipv6Router[] = [];
  for (let set = 0; set < Math.min(count, SETS_MAX); set += 1) {
    found.push({
      address: (await reader.read(LAN6.dynamicRouterAddress, set))?.value,
      mac: (await reader.read(LAN6.dynamicRouterMac, set))?.value,
      prefixLength: (await reader.read(LAN6.dynamicRouterPrefixLength, set))?.value,
      prefix: (await reader.read(LAN6.dynamicRouterPrefix, set))?.value,
    });
  }
  return found;
}
