/** A process that uses the server: it opened the device file, or is the peer of a socket. */

/** The way in: the device file, ipmitool's `dummy` socket, or the server's own socket. */
export type Door = 'device' | 'dummy' | 'socket';

export interface Opener {
  readonly door: Door;
  /** 0 when it is not known. */
  readonly pid: number;
  readonly uid: number;
  readonly gid: number;
}
