/** One run of `ipmi-bt-exporter`: serving until a signal ends it, or writing one file. */

import { open } from 'ipmi-bt';
import type { Clock, Log } from 'ipmi-bt';
import { SimBmc } from 'ipmi-bt/sim';
import { Gauge, Registry, collectDefaultMetrics } from 'prom-client';

import { Exporter } from './exporter.ts';
import { mayPass } from '../interface/failure.ts';
import type { ExporterOptions } from './options.ts';
import { Reopening } from '../interface/reopening.ts';
import type { Opened } from '../interface/reopening.ts';
import { tellSim } from '../interface/tell-sim.ts';
import { aborted } from '../or-aborted.ts';
import { budgetMsOf } from './scrape-timeout.ts';
import { ExporterServer } from './server.ts';
import { writeTextfile } from './textfile.ts';
import { Web } from '../web/web.ts';

/** Everything that a run needs besides its options. */
export interface ProgramParts {
  readonly version: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Aborts when the program is to end, at any time. */
  readonly signal: AbortSignal;
}

/** Runs until its end. Rejects with the error that makes it impossible. */
export async function runExporter(options: ExporterOptions, parts: ProgramParts): Promise<void> {
  const { log, clock, signal } = parts;
  // A configuration that is wrong is found before anything is opened.
  const web = new Web({
    path: options.webConfigFile,
    onError: (error) => {
      log.error({ error: String(error) }, 'web configuration not taken');
    },
  });
  tellSim(options, log);
  const way = new Reopening({
    open: () => openBmc(options, signal),
    onChange: (device) => {
      exporter.follow(device);
      log.info(deviceFields(device), device === undefined ? 'closed' : 'opened');
    },
  });
  const exporter = new Exporter({
    ...{ requester: way, clock, collectors: options.collectors, excludeIds: options.excludeIds },
    others: registriesOf(options, parts.version),
    onFailure: (collector, error) => {
      log.warn({ collector, error: String(error) }, 'collector failed');
    },
    onBadRecord: (recordId, error) => {
      log.warn({ recordId, error: String(error) }, 'record not read');
    },
  });
  try {
    await openFirst(way, parts);
    if (signal.aborted) return;
    if (options.textfile === undefined) await serve({ exporter, web, options, parts });
    else await writeTextfile(options.textfile, (await scrapeOnce(exporter, options)).text);
  } finally {
    exporter.close();
    await way.close();
  }
}

/** A BMC that does not answer now may answer later; without an interface there is nothing to do. */
async function openFirst(way: Reopening, { log, signal }: ProgramParts): Promise<void> {
  try {
    await way.device();
  } catch (error) {
    if (signal.aborted) return;
    if (!mayPass(error)) throw error;
    log.warn({ error: String(error) }, 'not opened; each scrape tries again');
  }
}

async function openBmc(options: ExporterOptions, signal: AbortSignal): Promise<Opened> {
  const { base, spacing, via, sim } = options;
  // The BMC is asked by the first scrape: one that is gone costs that, and not the start.
  if (!sim) return await open({ base, spacing, via, bringUp: 'lazy', signal });
  const port = new SimBmc();
  return await open({ base: port.base, port, bringUp: 'lazy' });
}

function deviceFields(device: Opened | undefined): Readonly<Record<string, unknown>> {
  if (device === undefined) return {};
  const { name, base, backend } = device;
  return { dev: name, base: `0x${base.toString(16)}`, backend };
}

/** Metrics of this process have no place in a file that another process exposes. */
function registriesOf({ textfile }: ExporterOptions, version: string): readonly Registry[] {
  const registry = new Registry();
  new Gauge({
    name: 'ipmi_bt_exporter_build_info',
    help: "Constant metric with value '1' providing the versions of the exporter and of Node.js.",
    labelNames: ['version', 'nodejs_version'],
    registers: [registry],
  }).set({ version, nodejs_version: process.versions.node }, 1);
  if (textfile === undefined) collectDefaultMetrics({ register: registry });
  return [registry];
}

async function scrapeOnce(
  exporter: Exporter,
  times: ExporterOptions,
): ReturnType<Exporter['scrape']> {
  return await exporter.scrape({ budgetMs: budgetMsOf(undefined, times) ?? 0 });
}

/** The parts of serving. */
interface Serving {
  readonly exporter: Exporter;
  readonly web: Web;
  readonly options: ExporterOptions;
  readonly parts: ProgramParts;
}

async function serve({ exporter, web, options, parts }: Serving): Promise<void> {
  const { log, signal } = parts;
  const server = new ExporterServer({
    ...{ web, times: options, path: options.path },
    scrape: (limits) => exporter.scrape(limits),
    onError: (error) => {
      log.error({ error: String(error) }, 'request failed');
    },
  });
  const port = await server.listen(options.listen);
  const { tls, users } = web.config;
  log.info({ port, tls: tls !== undefined, users: users.size }, 'listening');
  try {
    await aborted(signal);
  } finally {
    await server.close();
  }
}
