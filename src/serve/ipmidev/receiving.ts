/** The ioctls that receive a message, into the three places that the caller has for it. */

import type { IoctlAnswer, IoctlCall } from '../character-device.ts';
import { Errno } from '../errno.ts';
import { decodeReceive, encodeReceive } from './abi.ts';
import type { ReceiveIoctl, ReceivedFields } from './abi.ts';
import type { ReceiveQueue, ReceivedMessage } from './receive-queue.ts';
import { ask, failed, has, joined, succeeded } from './rounds.ts';

/**
 * Takes the first message out of the queue, in the round that can write it. A message whose address
 * or data is too long for the caller stays, unless the caller takes it truncated.
 */
export function receive(queue: ReceiveQueue, call: IoctlCall, ioctl: ReceiveIoctl): IoctlAnswer {
  const { width, bytes } = ioctl;
  const struct = { address: call.argument, size: bytes };
  // Also where there is no message: a wrong pointer is EFAULT first.
  if (call.input.length !== bytes) return ask([struct], []);
  const { head } = queue;
  if (head === undefined) return failed(Errno.EAGAIN);
  const argument = decodeReceive(call.input, width);
  if (argument.addressBytes < head.address.length) return failed(Errno.EINVAL);
  const isCut = argument.dataBytes < head.data.length;
  if (isCut && !ioctl.isCutting) return failed(Errno.EMSGSIZE);
  const data = isCut ? head.data.subarray(0, argument.dataBytes) : head.data;
  // In the order in which the kernel's driver writes them.
  const areas = [
    { address: argument.address, size: head.address.length },
    { address: argument.data, size: data.length },
    struct,
  ];
  // Another thread may have taken the message that the last round was about.
  if (!has(call, [struct], areas)) return ask([struct], areas);
  queue.take();
  const written = encodeReceive(call.input, width, fieldsOf(head, data));
  const output = joined([head.address, data, written]);
  return isCut ? failed(Errno.EMSGSIZE, output) : succeeded(output);
}

function fieldsOf(
  { type, messageId, netFn, cmd, address }: ReceivedMessage,
  data: Uint8Array,
): ReceivedFields {
  return {
    ...{ type, messageId, netFn, cmd },
    ...{ addressBytes: address.length, dataBytes: data.length },
  };
}
