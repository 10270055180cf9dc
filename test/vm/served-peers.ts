/**
 * Programs of other authors that use `/dev/ipmi0`, besides those that every guest has: FreeIPMI's
 * with its two daemons, OpenIPMI's `ipmicmd`, and Prometheus' exporter.
 */

import { join } from 'node:path';

import type { GuestFiles } from './cpio.ts';
import { findTool } from './host-tool.ts';
import { cached } from './kernel.ts';
import { unpackPackages, withFreshLists } from './packages.ts';
import { freeIpmiFiles, withLibraries } from './peers.ts';

/** Unpacked and not installed: two of them would begin to run on this host. */
const PACKAGES: Readonly<Record<string, string>> = {
  'freeipmi-bmc-watchdog': 'usr/sbin/bmc-watchdog',
  'freeipmi-ipmiseld': 'usr/sbin/ipmiseld',
  'prometheus-ipmi-exporter': 'usr/bin/prometheus-ipmi-exporter',
};

/** FreeIPMI wants to be told which records of a SEL are not to be logged. */
const SELD_CONFIG = 'etc/freeipmi/ipmiseld.conf';

/** The programs, and the shared libraries that they need. */
export async function servedPeerFiles(): Promise<GuestFiles> {
  const folder = await cached('served-peers', (draft) =>
    withFreshLists(() => unpackPackages(Object.keys(PACKAGES), draft)),
  );
  const own = Object.values(PACKAGES).map((path) => [`/${path}`, join(folder, path)] as const);
  const installed = [findTool('ipmicmd'), findTool('ipmimonitoring')];
  return {
    ...(await freeIpmiFiles()),
    ...(await withLibraries([...installed, ...own.map(([, path]) => path)])),
    ...Object.fromEntries(own),
    [`/${SELD_CONFIG}`]: join(folder, SELD_CONFIG),
  };
}
