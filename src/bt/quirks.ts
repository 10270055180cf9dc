/** Departures from the protocol, for interfaces that need them. */

/** Departures from the protocol that a caller can ask for. */
export const QUIRKS = ['write-under-busy'] as const;

/** `write-under-busy`: a frame is written although B_BUSY has been set for a second. */
export type Quirk = (typeof QUIRKS)[number];
