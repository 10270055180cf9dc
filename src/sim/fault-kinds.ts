/**
 * The faults that a simulated BMC can be given, as data, so that a list of them can come from a
 * seed, be written down, and be shrunk.
 */

/** Faults of the command number `at`, counted from 0 as the BMC takes them. */
export type CommandFault =
  /** The command is forgotten: H2B_ATN is cleared, and nothing comes. */
  | { readonly kind: 'drop'; readonly at: number }
  /** The response comes so much later. */
  | { readonly kind: 'late'; readonly at: number; readonly byMs: number }
  /**
   * The response is kept back until a command with the same sequence number comes, and then comes
   * before the response to that one.
   */
  | { readonly kind: 'metAgain'; readonly at: number }
  /** The response comes twice. */
  | { readonly kind: 'twice'; readonly at: number }
  /** A response with another sequence number comes first. */
  | { readonly kind: 'stale'; readonly at: number }
  /** One byte of the response's header is wrong, and the right response never comes. */
  | { readonly kind: 'wrong'; readonly at: number; readonly what: WrongByte }
  /** The command is executed and answered with a code that says the answer is missing, or busy. */
  | { readonly kind: 'code'; readonly at: number; readonly code: number }
  /** The response's length byte is another. */
  | { readonly kind: 'length'; readonly at: number; readonly length: number };

/** Bytes of a response's header, by where they stand behind the length byte. */
export type WrongByte = 'netFn' | 'lun' | 'seq' | 'cmd';

/** Faults of the registers from `fromMs` on, for `forMs`. */
export type RegisterFault =
  /** Every register reads `value`, and writes are lost. */
  | (Spell & { readonly kind: 'floats'; readonly value: 0x00 | 0xff })
  /** B_BUSY reads 1; `flapping`, at every other look. */
  | (Spell & { readonly kind: 'busy'; readonly flapping: boolean })
  /** B2H_ATN reads 1 until it was hit so often; `Infinity` for never. */
  | (Spell & { readonly kind: 'sticky'; readonly hits: number })
  /** A bit of a value read is another, one time in a hundred. */
  | (Spell & { readonly kind: 'flips' })
  /** Every command is forgotten, as while the BMC's firmware starts. */
  | (Spell & { readonly kind: 'deaf' })
  /** H2B_ATN stays 1 and no response shows: the BMC does not take what was rung. */
  | (Spell & { readonly kind: 'untaken' })
  /** H_BUSY is found set once. */
  | (Spell & { readonly kind: 'hostBusy' })
  /** The BMC restarts and forgets everything: at once, or at this byte of the next frame. */
  | (Spell & { readonly kind: 'reset'; readonly atByte?: number })
  /** Responses that no request asked for: another one so long after the host took the last. */
  | (Spell & { readonly kind: 'flood'; readonly everyMs: number })
  /** SMS_ATN reads 1, whatever the host does. */
  | (Spell & { readonly kind: 'stickyAttention' })
  /** The message flags tell of an event, and reading it succeeds, with no data. */
  | (Spell & { readonly kind: 'emptyEvents' })
  /** The message flags tell of an event, and there is always one more. */
  | (Spell & { readonly kind: 'endlessEvents' });

/** A time during which a fault lasts. */
export interface Spell {
  readonly fromMs: number;
  readonly forMs: number;
}

export type Fault = CommandFault | RegisterFault;
