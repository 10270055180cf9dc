/**
 * The Prometheus exporter as a library: collectors over a `Requester`, and what shares, limits and
 * exposes their rounds.
 *
 * @packageDocumentation
 */

export { Exporter, COLLECTOR_NAMES } from './exporter/exporter.ts';
export type { CollectorName, ExporterParts } from './exporter/exporter.ts';
export { Scraper } from './exporter/scraper.ts';
export type { ScrapeLimits, ScraperParts } from './exporter/scraper.ts';
export type { OnFailure } from './exporter/scrape.ts';
export { expose } from './exporter/exposition.ts';
export type { Exposition } from './exporter/exposition.ts';
export { METRICS } from './exporter/metrics.ts';
export type { MetricName, MetricSpec, Sample } from './exporter/metrics.ts';
export type { Collector, Round } from './exporter/collector.ts';
export { BmcCollector } from './exporter/collectors/bmc.ts';
export { ChassisCollector } from './exporter/collectors/chassis.ts';
export { DcmiCollector } from './exporter/collectors/dcmi.ts';
export { SelCollector } from './exporter/collectors/sel.ts';
export { SensorCollector } from './exporter/collectors/sensors.ts';
export type { SensorCollectorOptions } from './exporter/collectors/sensors.ts';
export { WatchdogCollector } from './exporter/collectors/watchdog.ts';
export type { Counted } from './exporter/driver-metrics.ts';
export { Fleet, connectFleet, rawQuestion, newRequestId } from './fleet/fleet.ts';
export type { ConnectFleetOptions, FleetOptions, FleetQuestion } from './fleet/fleet.ts';
export type { GatherPlan, Gathered, HostResult } from './fleet/gather.ts';
export type { Answer, Delivery, Discovered, Failure, JsonObject } from './fleet/transport.ts';
export type { Listener, Question, StopListening, Transport } from './fleet/transport.ts';
export type { NatsOptions } from './nats/connection.ts';
