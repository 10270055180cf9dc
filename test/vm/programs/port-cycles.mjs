/**
 * Watches the port cycles of this process at the `PortIo` that `open()` makes for real ports. One
 * given to `open()` would see the same cycles, but leave out the lock and the look at the owners of
 * the ports.
 */

import { AddonPort } from './dist/port/addon-port.js';

const H2B_ATN = 0x04;

/**
 * Calls `after` behind every port cycle from now on, with whether it rang H2B_ATN. A block of n
 * bytes is n cycles.
 */
export function watchCycles(base, after) {
  const ports = AddonPort.prototype;
  const { inb, outb } = ports;
  ports.inb = function (port) {
    const value = inb.call(this, port);
    after(false);
    return value;
  };
  ports.outb = function (port, value) {
    outb.call(this, port, value);
    after(port === base && value === H2B_ATN);
  };
  ports.readBytes = function (port, target, count) {
    for (let i = 0; i < count; i += 1) target[i] = this.inb(port);
  };
  ports.writeBytes = function (port, source, count) {
    for (let i = 0; i < count; i += 1) this.outb(port, source[i]);
  };
}

/** Ends this process before the call returns. */
export function die() {
  process.kill(process.pid, 'SIGKILL');
}
