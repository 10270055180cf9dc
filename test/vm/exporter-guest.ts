/**
 * The guest of `exporter.test.ts`: the simulated BMC behind QEMU, served as `/dev/ipmi0`, on which
 * Debian's prometheus-ipmi-exporter and ours are run one after the other.
 */

import { bootGuest } from './guest.ts';
import type { GuestResult } from './guest.ts';
import { population, selEntries } from './population.ts';
import { GUEST_ROOT, fleetFiles } from './project.ts';
import { servedPeerFiles } from './served-peers.ts';
import { simBmc } from './sim-bmc.ts';
import { stepsOf } from './steps.ts';

/** Sensors of all kinds, on both logical units and of a satellite; entries of the SEL. */
const [SENSORS, ENTRIES] = [60, 30];

export const EXPORTER_GUEST_MS = 580_000;

const THEIR_METRICS = 'http://127.0.0.1:9290/metrics';
const OUR_METRICS = 'http://127.0.0.1:9291/metrics';

/** Their defaults, and `sel`, which they leave out of those. */
const THEIR_CONFIG = 'modules: { default: { collectors: [ipmi, dcmi, bmc, chassis, sel] } }\n';

/** A guest on a busy host needs longer for a scrape than Prometheus gives by default. */
const PATIENCE_S = 300;

const PROGRAM = `node ${GUEST_ROOT}/packages/fleet/bin/ipmi-bt-exporter.mjs`;
const OURS = `${PROGRAM} --via serve --timeout-s ${PATIENCE_S}`;

/** Boots it and runs all steps. */
export async function exporterGuest(): Promise<GuestResult> {
  const records = population(SENSORS, 0).map(({ record }) => record);
  return await bootGuest({
    bmc: [simBmc({ sdrs: { records }, sel: { entries: selEntries(ENTRIES) } })],
    modules: ['cuse'],
    files: {
      ...(await servedPeerFiles()),
      ...fleetFiles(),
      '/etc/exporter.yml': Buffer.from(THEIR_CONFIG),
    },
    timeoutMs: EXPORTER_GUEST_MS,
    steps: stepsOf({
      serve: `ln -s ${GUEST_ROOT} ${GUEST_ROOT}/node_modules/ipmi-bt
ifconfig lo up 127.0.0.1; modprobe cuse; ipmi-bt serve > /tmp/served 2>&1 &
until [ -e /dev/ipmi0 ]; do kill -0 $! || exit 1; usleep 20000; done`,
      theirs: scraped('prometheus-ipmi-exporter --config.file=/etc/exporter.yml', THEIR_METRICS),
      ours: scraped(`${OURS} --web.listen-address 127.0.0.1:9291`, OUR_METRICS),
      textfile: `${OURS} --textfile /tmp/ipmi.prom 2> /tmp/log; cat /tmp/ipmi.prom`,
      log: 'cat /tmp/served /tmp/log',
    }),
  });
}

/** A step that starts an exporter, scrapes it once it listens, and ends it. */
function scraped(program: string, url: string): string {
  return [
    `${program} > /tmp/log 2>&1 &`,
    `until wget -q -O /tmp/metrics ${url}; do kill -0 $! || exit 1; usleep 200000; done 2> /dev/null`,
    'kill $!; wait $! 2> /dev/null',
    'cat /tmp/metrics',
  ].join('\n');
}
