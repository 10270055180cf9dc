/** Habits of makes of BMC in LAN and users, with which a program must be able to live. */

/** Options of the LAN and the users of a simulated BMC; the defaults are as the specification. */
export interface SimNetworkOptions {
  /** The BMC has parameter 0, Set In Progress; true. */
  readonly hasSetInProgress?: boolean | undefined;
  /** The BMC has IPv6; true. */
  readonly hasIpv6?: boolean | undefined;
  /** Time after a set in which the next one is answered with 0xC0 (busy), milliseconds; 0. */
  readonly settleMs?: number | undefined;
  /** Parameters that are refused with 0x82 (read-only), besides those that are so everywhere. */
  readonly readOnly?: readonly number[] | undefined;
  /** Parameters that take a set with completion code 0, and keep their value. */
  readonly forgetful?: readonly number[] | undefined;
  /** Passwords can be compared (§22.30, operation 11b); true. */
  readonly canTestPasswords?: boolean | undefined;
  /** Get User Access tells whether a user is enabled; true. */
  readonly tellsEnabled?: boolean | undefined;
}
