/**
 * A process that makes ioctls on a served device: its memory, and the part that the kernel plays
 * with it through CUSE. Each round copies the areas that were asked for, and a pointer to nowhere
 * ends the call with EFAULT.
 */

import type {
  Area,
  CharacterFile,
  IoctlAnswer,
  IoctlCall,
} from '../../src/serve/character-device.ts';

const EFAULT = 14;

/** Limits of FUSE: pieces of memory in one round, and bytes in all of them. */
const AREAS_MAX = 256;
const BYTES_MAX = 128 * 1024;

/** More rounds than any call needs. */
const ROUNDS_MAX = 8;

/** The first page is mapped in no process. */
const FIRST_ADDRESS = 0x1000;

const MEMORY_BYTES = 0x10000;

export class CallerMemory {
  readonly is32Bit: boolean;
  /** Rounds of the last call. */
  rounds = 0;
  readonly #bytes = new Uint8Array(MEMORY_BYTES);
  #next = FIRST_ADDRESS;

  constructor({ is32Bit = false } = {}) {
    this.is32Bit = is32Bit;
  }

  /** Puts bytes into memory, 16-byte aligned; returns their address. */
  place(bytes: Iterable<number>): bigint {
    const content = Uint8Array.from(bytes);
    const address = this.#next;
    this.#bytes.set(content, address);
    this.#next = (address + content.length + 15) & ~15;
    return BigInt(address);
  }

  /** Bytes from an address on. */
  at(address: bigint, size: number): Uint8Array {
    return this.#bytes.slice(Number(address), Number(address) + size);
  }

  write(address: bigint, bytes: Iterable<number>): void {
    this.#bytes.set(Uint8Array.from(bytes), Number(address));
  }

  /** Result of the ioctl: 0, or a negative errno. */
  ioctl(file: CharacterFile, command: number, argument: bigint): number {
    let areas: Areas = { input: [], output: [] };
    for (this.rounds = 1; this.rounds <= ROUNDS_MAX; this.rounds += 1) {
      if (![...areas.input, ...areas.output].every((area) => this.#isMapped(area))) return -EFAULT;
      const answer = file.ioctl(this.#call(command, argument, areas));
      checkAnswer(answer, areas);
      if (answer.kind === 'done') {
        this.#scatter(answer.output, areas.output);
        return answer.result;
      }
      areas = answer;
    }
    throw new Error(`no end after ${ROUNDS_MAX} rounds`);
  }

  #call(command: number, argument: bigint, { input, output }: Areas): IoctlCall {
    const parts = input.map(({ address, size }) => this.at(address, size));
    return {
      ...{ command, argument, is32Bit: this.is32Bit },
      input: Uint8Array.from(parts.flatMap((part) => [...part])),
      outputSize: sizeOf(output),
    };
  }

  #isMapped({ address, size }: Area): boolean {
    return address >= BigInt(FIRST_ADDRESS) && address + BigInt(size) <= BigInt(MEMORY_BYTES);
  }

  #scatter(bytes: Uint8Array, areas: readonly Area[]): void {
    let at = 0;
    for (const { address, size } of areas) {
      this.write(address, bytes.subarray(at, at + size));
      at += size;
    }
  }
}

interface Areas {
  readonly input: readonly Area[];
  readonly output: readonly Area[];
}

/** Throws for an answer that the kernel would refuse. */
export function checkAnswer(answer: IoctlAnswer, last: Pick<Areas, 'output'>): void {
  if (answer.kind === 'done') {
    if (answer.result > 0 || answer.result < -511) throw new Error(`result ${answer.result}`);
    const room = sizeOf(last.output);
    if (answer.output.length > room) throw new Error(`${answer.output.length} bytes for ${room}`);
    return;
  }
  const all = [...answer.input, ...answer.output];
  const isWrong = all.length > AREAS_MAX || all.some(({ size }) => size < 1);
  if (isWrong || sizeOf(all) > BYTES_MAX) throw new Error('areas that FUSE refuses');
}

function sizeOf(areas: readonly Area[]): number {
  return areas.reduce((sum, { size }) => sum + size, 0);
}
