/**
 * A userspace IPMI BT driver: `open()` an interface, `request()` commands, `close()` it.
 *
 * @packageDocumentation
 */

export { bmcs, list, open } from './registry/open.ts';
export { isSameBmc } from './device/bmcs.ts';
export { systemClock } from './clock.ts';
export { limitWarnings } from './log.ts';
export { ConfigError } from './config-file.ts';
export { IpmiError, bareText } from './errors.ts';
export { completionText } from './ipmi/completion.ts';
export type { Bmc } from './device/bmcs.ts';
export type { OpenOptions } from './registry/open-options.ts';
export type { Candidate } from './discover/ranking.ts';
export type { AddressSpace, InterfaceType, SourceName } from './discover/record.ts';
export type { Backend, Device, ResetKind } from './device/device.ts';
export type { EventStreamOptions } from './device/event-stream.ts';
export type { DeviceEvents } from './device/events.ts';
export type { BmcIdentity, IdentityOptions } from './bmc/identity.ts';
export type { DeviceState } from './device/state.ts';
export type { Requester, RequestInput, RequestOptions } from './ipmi/requester.ts';
export type { RequestSignal, Retries } from './ipmi/requester.ts';
export type { AwaitedAnswer, Bridger, ExpectedAnswer } from './ipmi/requester.ts';
export type { IpmbResponse } from './ipmi/message.ts';
export type { Reply } from './ipmi/message.ts';
export type { Quirk } from './bt/quirks.ts';
export type { LossReason } from './bmc/recovery.ts';
export type { Latency } from './driver/statistics.ts';
export type { Transaction } from './driver/transactions.ts';
export type { Statistics } from './driver/statistics.ts';
export type { TraceSink } from './bt/trace-port.ts';
export type { RecordSink } from './trace/recorder.ts';
export type { PayloadChoice } from './bt/disclosure.ts';
export type { Clock } from './clock.ts';
export type { BmcEvent } from './ipmi/bmc-event.ts';
export type { IpmiErrorCode, IpmiErrorOptions, Outcome, Silence } from './errors.ts';
export type { BtCapabilities } from './ipmi/bt-capabilities.ts';
export type { DeviceId } from './ipmi/device-id.ts';
export type { SelfTest, SelfTestResult } from './ipmi/self-test.ts';
export type { EventRecord, OemRecord, ReservedRecord } from './ipmi/event-record.ts';
export type { SensorEvent, Severity } from './ipmi/event-record.ts';
export type { Log, Logger } from './log.ts';
export type { PortIo } from './port/port.ts';
