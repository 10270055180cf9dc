/**
 * The differences between makes of BMC that a host can see, as data: a name for each quirk.
 * `SPEC` is what the specification leads a host to expect. `QEMU` is QEMU's `isa-ipmi-bt` with its
 * `ipmi-bmc-sim`, as of version 7.2; a test makes the same register accesses to both.
 */

import { SPEC_COMMANDS } from './commands.ts';
import type { CommandTable } from './state.ts';
import { QEMU_COMMANDS } from './qemu-commands.ts';

export interface Personality {
  /** The commands it answers; 0xC1 to all others. */
  readonly commands: CommandTable;
  /** The LUN of each response is 0, whatever that of the request. */
  readonly answersAtLunZero: boolean;
  /** A frame too short, or not as long as its length byte says, is not answered. */
  readonly ignoresMalformed: boolean;
  /** A request stays in HOST2BMC once taken: without CLR_WR_PTR more is appended to it. */
  readonly keepsRequest: boolean;
  /** A request kept is rung again under another sequence number: that of its NetFn/LUN byte. */
  readonly spoilsSeq: boolean;
  /** B_BUSY is set by H2B_ATN and cleared by nothing but a response, even if none is to come. */
  readonly staysBusy: boolean;
  /** No response is put into BMC2HOST while H_BUSY or B2H_ATN is set. */
  readonly waitsForHost: boolean;
  /** A response is read from where the one before was left, unless CLR_RD_PTR is written. */
  readonly keepsReadPointer: boolean;
  /** A response read to its end is gone: CLR_RD_PTR does not bring it back. */
  readonly emptiesWhenRead: boolean;
  /** A response is an interrupt although B2H_ATN was set already. */
  readonly interruptsAgain: boolean;
  /** To enable interrupts while an attention bit is set is an interrupt. */
  readonly interruptsWhenEnabled: boolean;
  /** To disable interrupts clears B2H_IRQ. */
  readonly acknowledgesWhenDisabled: boolean;
}

export const SPEC: Personality = {
  commands: SPEC_COMMANDS,
  answersAtLunZero: false,
  ignoresMalformed: false,
  keepsRequest: false,
  spoilsSeq: false,
  staysBusy: false,
  waitsForHost: true,
  keepsReadPointer: false,
  emptiesWhenRead: false,
  interruptsAgain: false,
  interruptsWhenEnabled: false,
  acknowledgesWhenDisabled: false,
};

/**
 * QEMU's buffers are 300 bytes, which no host can tell: it counts the bytes it has no room for, and
 * no length byte says so many. Nor can one tell when SMS_ATN is an interrupt there: it changes in
 * the course of a command, whose response is one anyway. BMC_HWRST and the reserved bits do
 * nothing, as with `SPEC`.
 */
export const QEMU: Personality = {
  commands: QEMU_COMMANDS,
  answersAtLunZero: false,
  ignoresMalformed: true,
  keepsRequest: true,
  spoilsSeq: true,
  staysBusy: true,
  waitsForHost: false,
  keepsReadPointer: true,
  emptiesWhenRead: true,
  interruptsAgain: true,
  interruptsWhenEnabled: true,
  acknowledgesWhenDisabled: true,
};
