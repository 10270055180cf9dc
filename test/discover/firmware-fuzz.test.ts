/**
 * Firmware of any kind: whatever bytes the tables hold, and however a true table is bent, the
 * readers end, throw nothing, and read nothing outside. A table is handed over inside a larger
 * buffer whose other bytes are poison: they would make a type 38 structure at 0x6666.
 */

import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';

import { discover } from '../../src/discover/discover.ts';
import { explain } from '../../src/discover/explain.ts';
import { decodeSpmi } from '../../src/discover/acpi.ts';
import { decodeTable, decodeType38 } from '../../src/discover/smbios.ts';
import type { Candidate } from '../../src/discover/ranking.ts';
import type { Decoded } from '../../src/discover/record.ts';
import { fakeFiles } from '../support/fake-files.ts';
import {
  SPMI,
  TABLE,
  acpiNodes,
  sealed,
  smbios,
  spmi,
  structure,
  type38,
} from '../support/hosts.ts';

const POISON = Buffer.concat(Array.from({ length: 20 }, () => type38({ base: 0x6667n })));

/** `bytes` in the middle of poison, as a view. */
function poisoned(bytes: Uint8Array): Uint8Array {
  const whole = Buffer.concat([POISON, bytes, POISON]);
  return whole.subarray(POISON.length, POISON.length + bytes.length);
}

const anyBytes = fc.uint8Array({ maxLength: 300 });

const anyType38 = fc
  .record({
    type: fc.nat(5),
    base: fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
    modifier: fc.nat(0xff),
    irq: fc.nat(0xff),
    length: fc.integer({ min: 0, max: 18 }),
  })
  .map(type38);

/** A table of structures, some of them ours; some bytes are changed, and the end is cut off. */
const bentTable = fc
  .tuple(
    fc.array(
      fc.oneof(
        anyType38,
        fc.nat(127).map((type) => structure(type, '0102', 'text')),
        fc.nat(126).map((type) => structure(type, '')),
      ),
      { maxLength: 6 },
    ),
    fc.array(fc.tuple(fc.nat(200), fc.nat(0xff)), { maxLength: 4 }),
    fc.nat(20),
  )
  .map(([parts, changes, cut]) => {
    const table = Buffer.concat([...parts, structure(127, '')]);
    for (const [at, value] of changes) table[at % table.length] = value;
    return table.subarray(0, Math.max(table.length - cut, 0));
  });

const bentSpmi = fc
  .tuple(fc.array(fc.tuple(fc.nat(63), fc.nat(0xff)), { maxLength: 6 }), fc.nat(64), fc.boolean())
  .map(([changes, length, isSealed]) => {
    const table = Buffer.from(spmi());
    for (const [at, value] of changes) table[at] = value;
    const cut = table.subarray(0, length);
    return isSealed && cut.length > 9 ? sealed(cut) : cut;
  });

/** The kinds that the tables of chance were decoded to. */
const kinds = new Set<Decoded['kind']>();

afterAll(() => {
  expect([...kinds].sort()).toEqual(['problem', 'record']);
});

/** Everything is either a sound record, or a problem with a text. */
function checkSound(one: Decoded): void {
  kinds.add(one.kind);
  if (one.kind === 'problem') {
    expect(one.text).toMatch(/^\S+.*: ./);
    return;
  }
  const { address, spacing } = one.record;
  expect(Number.isSafeInteger(address) && address >= 0).toBe(true);
  expect([undefined, 1, 4, 16]).toContain(spacing);
}

const THOROUGH = { numRuns: 500 };

describe('nothing outside of it is read of', () => {
  test('a structure of any bytes', () => {
    const property = fc.property(fc.oneof(anyBytes, anyType38), (bytes) => {
      const decoded = decodeType38(poisoned(bytes), 'here');
      expect(decoded).toEqual(decodeType38(bytes, 'here'));
      checkSound(decoded);
    });
    fc.assert(property, THOROUGH);
  });

  test('a table of any bytes, or a bent one', () => {
    const property = fc.property(fc.oneof(anyBytes, bentTable), (bytes) => {
      const decoded = decodeTable(poisoned(bytes), 'here');
      expect(decoded).toEqual(decodeTable(bytes, 'here'));
      // A structure takes six bytes at least.
      expect(decoded.length).toBeLessThanOrEqual(bytes.length / 6 + 1);
      decoded.forEach(checkSound);
    });
    fc.assert(property, THOROUGH);
  });

  test('an SPMI table of any bytes, or a bent one', () => {
    const property = fc.property(fc.oneof(anyBytes, bentSpmi), (bytes) => {
      const decoded = decodeSpmi(poisoned(bytes), 'here');
      expect(decoded).toEqual(decodeSpmi(bytes, 'here'));
      checkSound(decoded);
    });
    fc.assert(property, THOROUGH);
  });
});

test('a table of zeros, as long as tables can be, ends at once', () => {
  expect(decodeTable(new Uint8Array(0x100000), 'here')).toHaveLength(1);
});

/** A sound BT interface on ports, which a base of chance hardly ever is. */
const soundType38 = fc
  .integer({ min: 1, max: 0x7ff0 })
  .map((half) => type38({ type: 3, base: BigInt(2 * half + 1), modifier: 0, length: 18 }));

test('what firmware says is only ever tried as BT on ports', () => {
  let triedCount = 0;
  const port = fc.nat(0x10100);
  const property = fc.property(
    fc.array(fc.oneof(anyType38, soundType38), { maxLength: 4 }),
    fc.option(bentSpmi),
    fc.array(fc.tuple(port, fc.nat(20)), { maxLength: 3 }),
    (records, table, ranges) => {
      const host = {
        ...smbios(...records),
        ...acpiNodes(...ranges.map(([start, count]) => [start, start + count] as const)),
        ...(table === null ? {} : { [SPMI]: table }),
      };

      const discovery = discover({ files: fakeFiles(host) });

      const { candidates } = discovery;
      const tried = candidates.filter(({ rank }) => rank !== undefined);
      triedCount += tried.length;
      expect(tried.filter((one) => !isBtOnPorts(one))).toHaveLength(0);
      const ranks = candidates.flatMap(({ rank }) => rank ?? []);
      expect(ranks).toEqual(ranks.map((_, index) => index + 1));
      expect(candidates.filter(({ chosen }) => chosen).length).toBeLessThanOrEqual(1);
      expect(explain(discovery).length).toBeGreaterThan(0);
    },
  );
  fc.assert(property, THOROUGH);
  expect(triedCount).toBeGreaterThan(0);
});

function isBtOnPorts({ type, space, base, spacing }: Candidate): boolean {
  const lastPort = base + 2 * (spacing ?? Infinity);
  return type === 'bt' && space === 'io' && base > 0 && lastPort <= 0xffff;
}

test('files of any text and bytes are discovered without an error', () => {
  const property = fc.property(anyBytes, fc.string(), (bytes, text) => {
    const host = {
      ...{ [TABLE]: bytes, [SPMI]: bytes, '/proc/ioports': text },
      '/sys/bus/acpi/devices/IPI0001:00/hid': text,
      '/sys/bus/pci/devices/0000:00:02.0/class': '0x0c0702',
      '/sys/bus/pci/devices/0000:00:02.0/resource': text,
      '/sys/bus/pci/devices/0000:00:02.0/irq': text,
      '/sys/bus/platform/drivers/ipmi_si/a/params': text,
    };

    expect(() => explain(discover({ files: fakeFiles(host) }))).not.toThrow();
  });
  fc.assert(property, THOROUGH);
});
