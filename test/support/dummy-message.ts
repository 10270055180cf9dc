/** Messages of ipmitool's `dummy` interface, as a program of x86-64 writes them. */

/** A request, with a pointer that means nothing to its receiver. */
export function dummyRequest(netFn: number, cmd: number, data: readonly number[] = []): Uint8Array {
  const head = [netFn, 0, cmd, 0, data.length & 0xff, data.length >> 8, 0xaa, 0xbb];
  return Uint8Array.of(...head, ...[1, 2, 3, 4, 5, 6, 7, 8], ...data);
}
