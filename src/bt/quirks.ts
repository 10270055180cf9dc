/** Departures from the protocol, for interfaces that need them. */

/** Departures from the protocol that a caller can ask for. */
export const QUIRKS = ['write-under-busy', 'lun-zero-replies'] as const;

/**
 * `write-under-busy`: a frame is written although B_BUSY has been set for a second.
 * `lun-zero-replies`: a reply with LUN 0 counts, whatever the LUN of the request.
 */
export type Quirk = (typeof QUIRKS)[number];
