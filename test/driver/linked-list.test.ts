/** The line that requests stand in, beside an array that does the same more slowly. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { Line } from '../../src/driver/linked-list.ts';
import type { InLine } from '../../src/driver/linked-list.ts';

class Member implements InLine<Member> {
  readonly name: number;
  line: Line<Member> | undefined;
  ahead: Member | undefined;
  behind: Member | undefined;

  constructor(name: number) {
    this.name = name;
  }
}

const MEMBERS = 5;

/** Who joins, at which end, or who leaves; or the first does. */
const act = fc.record({
  kind: fc.constantFrom('addLast', 'addFirst', 'takeFirst', 'remove'),
  who: fc.nat(MEMBERS - 1),
});

type Act = Readonly<{ kind: string; who: number }>;

function names(line: Line<Member>): readonly number[] {
  return [...line.members()].map(({ name }) => name);
}

/** The same done to an array. */
function model(row: number[], { kind, who }: Act): number | boolean | undefined {
  switch (kind) {
    case 'addLast':
      row.push(who);
      return undefined;
    case 'addFirst':
      row.unshift(who);
      return undefined;
    case 'takeFirst':
      return row.shift();
    default: {
      const index = row.indexOf(who);
      if (index !== -1) row.splice(index, 1);
      return index !== -1;
    }
  }
}

function real(line: Line<Member>, member: Member, kind: string): number | boolean | undefined {
  switch (kind) {
    case 'addLast':
      line.addLast(member);
      return undefined;
    case 'addFirst':
      line.addFirst(member);
      return undefined;
    case 'takeFirst':
      return line.takeFirst()?.name;
    default:
      return line.remove(member);
  }
}

test('does as an array does, whoever comes and leaves', () => {
  fc.assert(
    fc.property(fc.array(act, { maxLength: 30 }), (acts) => {
      const line = new Line<Member>();
      const members = Array.from({ length: MEMBERS }, (_, name) => new Member(name));
      const row: number[] = [];
      for (const { kind, who } of acts) {
        const member = members[who];
        // Nobody stands in it twice.
        if (member === undefined || (kind.startsWith('add') && row.includes(who))) continue;

        expect(real(line, member, kind)).toBe(model(row, { kind, who }));
        expect(names(line)).toEqual(row);
        expect(line.size).toBe(row.length);
        expect(line.first?.name).toBe(row[0]);
      }
    }),
    { numRuns: 500 },
  );
});

describe('a member that has left', () => {
  test('knows nobody any more, so that it keeps nobody in memory', () => {
    const line = new Line<Member>();
    const [a, b, c] = [new Member(0), new Member(1), new Member(2)];
    for (const member of [a, b, c]) line.addLast(member);

    line.remove(b);

    expect([b.line, b.ahead, b.behind]).toEqual([undefined, undefined, undefined]);
    expect([a.behind, c.ahead]).toEqual([c, a]);
  });

  test('may stand in another line, and is then not here', () => {
    const [line, other] = [new Line<Member>(), new Line<Member>()];
    const member = new Member(0);
    line.addLast(member);
    line.remove(member);
    other.addFirst(member);

    expect(line.remove(member)).toBe(false);
    expect(other.first).toBe(member);
    expect(line.size).toBe(0);
  });
});
