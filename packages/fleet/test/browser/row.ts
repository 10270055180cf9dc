/** A row of a host with which all is well, but for what a test says. */

import type { HostRow } from '../../src/page/messages.ts';

export function rowOf(row: Partial<HostRow> & Pick<HostRow, 'host'>): HostRow {
  return {
    ...{ state: 'ok', sinceMs: 0, seenMs: null, detail: '', product: '1/2', firmware: '2.35' },
    ...{ p99Us: 10, maxUs: 20, losses: 0 },
    smoke: { verdict: 'pass', line: 'PASS', atMs: 0 },
    ...row,
  };
}
