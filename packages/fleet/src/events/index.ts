/**
 * The events of a fleet out of their stream, each once.
 *
 * @packageDocumentation
 */

export { EventReader } from './event-reader.ts';
export type { EventReaderParts } from './event-reader.ts';
export { EventStreamError } from './event-consumer.ts';
export type { ConsumerWish } from './event-consumer.ts';
export { SeenIds } from './seen-ids.ts';
export { FolderDisk } from '../disk/disk.ts';
export type { Disk } from '../disk/disk.ts';
export { connectNats } from '../nats/connection.ts';
export type { NatsOptions } from '../nats/connection.ts';
export type { HostEvent } from '../nats/protocol.ts';
