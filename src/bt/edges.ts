/**
 * Every state of the machine and every edge between two of them, with the reason for taking it.
 * The machine's assertion, the diagram in `docs/state-machine.md` and the test that every edge is
 * taken all read this one table. A state is named for what it waits for.
 */

export const EDGES = {
  idle: {
    waitReady: 'a request is started',
    waitClear: 'B2H_ATN: a response to no pending request is in the buffer',
  },
  waitReady: {
    waitReply: 'B_BUSY and H2B_ATN are 0: frame written, H2B_ATN rung',
    waitClear: 'B2H_ATN: a stale response must be read first',
    idle: 'the BMC stayed busy until the deadline, or the request was withdrawn',
  },
  waitReply: {
    waitClear: 'B2H_ATN: a response is in the buffer; H_BUSY set',
    idle: 'no reply by the deadline, or closed',
  },
  waitClear: {
    idle: 'B2H_ATN is 0 and the reply was taken, or it never became 0',
    waitReady: 'B2H_ATN is 0 and the stale response was taken',
    waitReply: 'B2H_ATN is 0 and the response belonged to another request',
  },
} as const;

/** A state, named for the event that the machine waits for. */
export type StateName = keyof typeof EDGES;

/** The table as a list: comparing a few names is faster than looking up two of them. */
const KNOWN = Object.entries(EDGES).flatMap(([from, reasons]) =>
  Object.keys(reasons).map((to) => ({ from, to })),
);

/** Throws unless the table has the edge; a missing one is a bug here, whatever the hardware did. */
export function checkEdge(from: StateName, to: StateName): void {
  for (const edge of KNOWN) {
    if (edge.from === from && edge.to === to) return;
  }
  throw new Error(`bug: no edge ${from} -> ${to}`);
}
