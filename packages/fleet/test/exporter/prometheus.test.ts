/**
 * Debian's Prometheus scrapes an exporter, over TLS and as a user: it takes every metric, and each
 * is there to be queried with the value that was read.
 */

import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { hashSync } from 'bcryptjs';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';

import { nonEmpty } from '../../../../test/support/lists.ts';
import { METRICS } from '../../src/exporter/metrics.ts';
import { makeCertificate } from '../certificates.ts';
import { everyMetric } from './every-metric.ts';
import type { EveryMetric } from './every-metric.ts';

const PROMETHEUS = ['/usr/bin/prometheus', '/usr/local/bin/prometheus'].find(existsSync);

/** The program starts, and scrapes within the interval; a busy host takes its time. */
const PATIENCE = { timeout: 240_000, interval: 300 };

/** The pause of DCMI is shorter, so that each scrape has all of it. */
const INTERVAL = '7s';

/** The last metrics of the driver's that are there after a scrape. */
const OF_THE_DRIVER = [
  ...['transactions', 'answers', 'attempt_timeouts', 'retries', 'losses', 'recoveries'],
  ...['stale_replies', 'orphans', 'attentions', 'interrupts'],
].map((name) => `ipmi_bt_${name}_total`);
const MORE_OF_THE_DRIVER = [
  ...['ipmi_bt_ready', 'ipmi_bt_queue_requests', 'ipmi_bt_queue_requests_peak'],
  ...['transaction', 'request'].map((one) => `ipmi_bt_${one}_duration_seconds_count`),
];

interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

let exporter: EveryMetric;
let folder: string;
let child: ChildProcess | undefined;
let address = '';
let log = '';

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ipmi-bt-prometheus-'));
  makeCertificate(folder, 'a');
  const COST = 4;
  writeFileSync(
    join(folder, 'web.yml'),
    `tls_server_config: { cert_file: a.crt, key_file: a.key }
basic_auth_users: { alice: ${hashSync('secret', COST)} }
`,
  );
  exporter = await everyMetric(join(folder, 'web.yml'));
  writeFileSync(join(folder, 'prometheus.yml'), configOf(exporter.port));
  child = startPrometheus();
  await vi.waitFor(async () => {
    // The log says which port it found.
    [, address = ''] = /msg="Listening on" address=(127\.0\.0\.1:\d+)/.exec(log) ?? [];
    expect(await valuesOf('up{job="ipmi"}')).toEqual(['1']);
  }, PATIENCE);
}, 300_000);

afterAll(async () => {
  child?.kill('SIGKILL');
  await exporter.close();
  rmSync(folder, { recursive: true, force: true });
});

function configOf(port: number): string {
  return `global: { scrape_interval: ${INTERVAL}, scrape_timeout: ${INTERVAL} }
scrape_configs:
  - job_name: ipmi
    scheme: https
    basic_auth: { username: alice, password: secret }
    tls_config: { ca_file: a.crt }
    static_configs: [{ targets: ['127.0.0.1:${port}'] }]
`;
}

function startPrometheus(): ChildProcess {
  if (PROMETHEUS === undefined) throw new Error("Debian's package prometheus is not installed");
  const args = ['--config.file=prometheus.yml', '--storage.tsdb.path=data'];
  const started = spawn(PROMETHEUS, [...args, '--web.listen-address=127.0.0.1:0'], {
    ...{ cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] },
  });
  for (const stream of [started.stdout, started.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (log += text));
  }
  return started;
}

async function query(expression: string): Promise<readonly Series[]> {
  const url = `http://${address}/api/v1/query?query=${encodeURIComponent(expression)}`;
  const response = await fetch(url);
  const { data } = (await response.json()) as { data: { result: readonly Series[] } };
  return data.result;
}

async function valuesOf(expression: string): Promise<readonly string[]> {
  return (await query(expression)).map(({ value }) => value[1]);
}

describe('a query finds', () => {
  test.each(Object.keys(METRICS))('%s', async (name) => {
    expect((await query(name)).length).toBeGreaterThan(0);
  });

  test.each([...OF_THE_DRIVER, ...MORE_OF_THE_DRIVER])('%s', async (name) => {
    expect(await query(name)).toHaveLength(1);
  });
});

test.each([
  ['ipmi_temperature_celsius{id="1",name="Inlet"}', '40'],
  ['ipmi_voltage_volts{id="2",name="12V"}', '41'],
  ['ipmi_current_amperes{id="3",name="PSU current"}', '42'],
  ['ipmi_power_watts{id="4",name="PSU power"}', '43'],
  ['ipmi_fan_speed_rpm{id="5",name="Fan 1"}', '44'],
  ['ipmi_fan_speed_ratio{id="6",name="Fan duty"}', '0.45'],
  ['ipmi_sensor_value{id="7",name="PSU \\"A\\"",type="Power Supply"}', 'NaN'],
  ['ipmi_sensor_state{id="7",name="PSU \\"A\\"",type="Power Supply"}', '1'],
  ['ipmi_dcmi_power_consumption_watts', '202'],
  ['ipmi_bmc_info{firmware_revision="2.35",system_firmware_version="N/A",bmc_url=""}', '1'],
  ['sum(ipmi_up)', '6'],
  ['sum(ipmi_bmc_watchdog_timeout_action_state)', '1'],
])('%s has the value %s', async (expression, value) => {
  expect(await valuesOf(expression)).toEqual([value]);
});

test('the time of a scrape is below that of Prometheus, and a quantile can be computed', async () => {
  const [seconds] = await valuesOf('ipmi_scrape_duration_seconds');
  const quantile = 'histogram_quantile(0.99, ipmi_bt_transaction_duration_seconds_bucket)';

  expect(Number(seconds)).toBeLessThan(7);
  expect(Number((await valuesOf(quantile))[0])).toBeGreaterThan(0);
});

test('Prometheus knows help and type of every metric', async () => {
  const response = await fetch(`http://${address}/api/v1/targets/metadata`);
  const { data } = (await response.json()) as {
    data: readonly { metric: string; type: string; help: string }[];
  };
  const known = new Map(data.map(({ metric, type, help }) => [metric, { type, help }]));

  for (const [name, { help }] of nonEmpty(Object.entries(METRICS))) {
    expect([name, known.get(name)]).toEqual([name, { type: 'gauge', help }]);
  }
});
