/** The bounds of the events that the page shows. Its hosts are those that a run can have. */

/** Events that are kept; an older one is in the stream of NATS. */
export const EVENTS_MAX = 100;

/** Events of one host among them, so that none displaces those of the others. */
export const EVENTS_OF_HOST_MAX = 20;

/** Events from before the start that are looked through for those that are kept. */
export const EVENTS_BACKLOG = 300;
