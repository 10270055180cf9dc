/** The commands that may change something: all that the driver does not know as only reading. */

import { isRead } from 'ipmi-bt/policy';

import type { Question } from '../fleet/transport.ts';
import { bytesOf } from '../nats/protocol.ts';

/** True for a raw command that may change something; the other endpoints only read. */
export function isChanging({ endpoint, body }: Question): boolean {
  if (endpoint !== 'raw') return false;
  const { netFn, cmd, lun, data } = body as Readonly<Record<string, number>> & { data: string };
  return !isRead({ netFn: netFn ?? 0, cmd: cmd ?? 0, lun: lun ?? 0, data: bytesOf(data) });
}
