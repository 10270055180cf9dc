/**
 * A userspace IPMI BT driver: `open()` an interface, `request()` commands, `close()` it.
 *
 * @packageDocumentation
 */

export { open, list } from './registry.ts';
export { IpmiError } from './errors.ts';
export { completionText } from './ipmi/completion.ts';
export type { Candidate, OpenOptions } from './registry.ts';
export type { Backend, Device, DeviceEvents, DeviceState } from './device.ts';
export type { RequestInput, RequestOptions } from './validate.ts';
export type { Reply } from './bt/frame.ts';
export type { LossReason } from './bt/recovery.ts';
export type { Retries } from './bt/retry.ts';
export type { Statistics } from './bt/statistics.ts';
export type { TraceSink } from './bt/trace-port.ts';
export type { Clock } from './clock.ts';
export type { BmcEvent } from './ipmi/bmc-event.ts';
export type { IpmiErrorCode, IpmiErrorOptions, Outcome } from './errors.ts';
export type { BtCapabilities } from './ipmi/bt-capabilities.ts';
export type { DeviceId } from './ipmi/device-id.ts';
export type { EventRecord, OemRecord, SensorEvent, Severity } from './ipmi/event-record.ts';
export type { Log } from './log.ts';
export type { PortIo } from './port/port.ts';
