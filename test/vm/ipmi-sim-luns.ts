/**
 * Answers of `ipmi_sim` with the logical unit that was asked. It answers every request as from unit
 * 0; a response has the unit of its request (IPMI 2.0 §11.1), and the library takes no other.
 */

import { decode, encodeCommand, encodeMessage } from '../qemu/vm-protocol.ts';
import type { VmUnit } from '../qemu/vm-protocol.ts';

const LUN = 0x03;

/** Both directions of one connection, in the protocol of QEMU and `ipmi_sim`. */
export class LunKeeper {
  /** Units of the requests, by the ids that pair them with their answers. */
  readonly #luns = new Map<number, number>();
  #asked = new Uint8Array();
  #answered = new Uint8Array();

  /** Looks at what goes to the BMC. */
  request(bytes: Uint8Array): void {
    const { units, rest } = decode(Uint8Array.of(...this.#asked, ...bytes));
    this.#asked = Uint8Array.from(rest);
    for (const { kind, ...unit } of units) {
      if (kind !== 'message' || !('body' in unit)) continue;
      const [id = 0, netFnLun = 0] = unit.body;
      this.#luns.set(id, netFnLun & LUN);
    }
  }

  /** Gives what goes to QEMU in place of the bytes of the BMC. */
  answer(bytes: Uint8Array): Uint8Array {
    const { units, rest } = decode(Uint8Array.of(...this.#answered, ...bytes));
    this.#answered = Uint8Array.from(rest);
    return Uint8Array.from(units.flatMap((unit) => [...this.#corrected(unit)]));
  }

  #corrected(unit: VmUnit): Uint8Array {
    switch (unit.kind) {
      case 'garbled':
        return unit.wire;
      case 'command':
        return encodeCommand(unit.body);
      case 'message': {
        const [id = 0, netFnLun = 0, ...rest] = unit.body;
        const lun = this.#luns.get(id) ?? netFnLun & LUN;
        return encodeMessage(Uint8Array.of(id, (netFnLun & ~LUN) | lun, ...rest));
      }
    }
  }
}
