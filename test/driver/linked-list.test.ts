/** The list that requests stand in, beside an array that does the same more slowly. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { LinkedList } from '../../src/driver/linked-list.ts';
import type { Linked } from '../../src/driver/linked-list.ts';
import { nonEmpty } from '../support/lists.ts';

class Member implements Linked<Member> {
  readonly name: number;
  list: LinkedList<Member> | undefined;
  previous: Member | undefined;
  next: Member | undefined;

  constructor(name: number) {
    this.name = name;
  }
}

const MEMBERS = 5;

/** An item that joins, and at which end, or one that leaves; or the first leaves. */
const act = fc.record({
  kind: fc.constantFrom('addLast', 'addFirst', 'takeFirst', 'remove'),
  who: fc.nat(MEMBERS - 1),
});

type Act = Readonly<{ kind: string; who: number }>;

function names(list: LinkedList<Member>): readonly number[] {
  return [...list.members()].map(({ name }) => name);
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

function real(
  list: LinkedList<Member>,
  member: Member,
  kind: string,
): number | boolean | undefined {
  switch (kind) {
    case 'addLast':
      list.addLast(member);
      return undefined;
    case 'addFirst':
      list.addFirst(member);
      return undefined;
    case 'takeFirst':
      return list.takeFirst()?.name;
    default:
      return list.remove(member);
  }
}

test('does as an array does, whoever comes and leaves', () => {
  fc.assert(
    fc.property(fc.array(act, { minLength: 1, maxLength: 30 }), (acts) => {
      const list = new LinkedList<Member>();
      const members = Array.from({ length: MEMBERS }, (_, name) => new Member(name));
      const row: number[] = [];
      for (const { kind, who } of nonEmpty(acts)) {
        const member = members[who];
        // No item is in it twice.
        if (member === undefined || (kind.startsWith('add') && row.includes(who))) continue;

        expect(real(list, member, kind)).toBe(model(row, { kind, who }));
        expect(names(list)).toEqual(row);
        expect(list.size).toBe(row.length);
        expect(list.first?.name).toBe(row[0]);
      }
    }),
    { numRuns: 500 },
  );
});

describe('a member that has left', () => {
  test('knows nobody any more, so that it keeps nobody in memory', () => {
    const list = new LinkedList<Member>();
    const [a, b, c] = [new Member(0), new Member(1), new Member(2)];
    for (const member of [a, b, c]) list.addLast(member);

    list.remove(b);

    expect([b.list, b.previous, b.next]).toEqual([undefined, undefined, undefined]);
    expect([a.next, c.previous]).toEqual([c, a]);
  });

  test('may stand in another list, and is then not here', () => {
    const [list, other] = [new LinkedList<Member>(), new LinkedList<Member>()];
    const member = new Member(0);
    list.addLast(member);
    list.remove(member);
    other.addFirst(member);

    expect(list.remove(member)).toBe(false);
    expect(other.first).toBe(member);
    expect(list.size).toBe(0);
  });
});
