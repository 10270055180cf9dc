/** The order in which processes and their files have their turns. */

import { describe, expect, test } from 'vitest';

import type { Linked, LinkedList } from '../../src/driver/linked-list.ts';
import { Turns } from '../../src/serve/turns.ts';
import type { Place } from '../../src/serve/turns.ts';

class Item implements Linked<Item> {
  list: LinkedList<Item> | undefined;
  previous: Item | undefined;
  next: Item | undefined;
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/** Lets items of these names wait, and returns them. */
function add(place: Place<Item>, ...names: readonly string[]): readonly Item[] {
  const items = names.map((name) => new Item(name));
  for (const item of items) place.add(item);
  return items;
}

/** Takes all items, in order. */
function takeAll(turns: Turns<Item>): readonly string[] {
  const names: string[] = [];
  for (let item = turns.take(); item !== undefined; item = turns.take()) names.push(item.name);
  return names;
}

describe('the next turn', () => {
  test('is that of the other process, however much one has to send', () => {
    const turns = new Turns<Item>();
    const [a, b, c] = [turns.place(1), turns.place(2), turns.place(3)];
    add(a, 'a1', 'a2', 'a3', 'a4');
    add(b, 'b1');
    add(c, 'c1', 'c2');

    expect(takeAll(turns)).toEqual(['a1', 'b1', 'c1', 'a2', 'c2', 'a3', 'a4']);
  });

  test('goes round the files of a process as well, which share its turns', () => {
    const turns = new Turns<Item>();
    const [a, otherOfA, b] = [turns.place(1), turns.place(1), turns.place(2)];
    add(a, 'a1', 'a2', 'a3');
    add(otherOfA, 'A1', 'A2');
    add(b, 'b1', 'b2', 'b3', 'b4');

    expect(takeAll(turns)).toEqual(['a1', 'b1', 'A1', 'b2', 'a2', 'b3', 'A2', 'b4', 'a3']);
  });

  test('is one for all files of a process, whichever it has closed and opened', () => {
    const turns = new Turns<Item>();
    const [closed, a, b] = [turns.place(1), turns.place(1), turns.place(2)];
    closed.leave();
    const opened = turns.place(1);
    add(a, 'a1', 'a2');
    add(opened, 'A1', 'A2');
    add(b, 'b1', 'b2', 'b3');

    expect(takeAll(turns)).toEqual(['a1', 'b1', 'A1', 'b2', 'a2', 'b3', 'A2']);
  });

  test('is one for each place whose process is not known', () => {
    const turns = new Turns<Item>();
    const [a, b] = [turns.place(0), turns.place(0)];
    add(a, 'a1', 'a2', 'a3');
    add(b, 'b1', 'b2');

    expect(takeAll(turns)).toEqual(['a1', 'b1', 'a2', 'b2', 'a3']);
  });

  test('is that of a process that came during the turn of one with more to send', () => {
    const turns = new Turns<Item>();
    const [a, b] = [turns.place(1), turns.place(2)];
    expect(turns.take()).toBeUndefined();
    add(a, 'a1', 'a2');
    expect(turns.take()?.name).toBe('a1');
    add(b, 'b1', 'b2');
    add(a, 'a3');

    expect(takeAll(turns)).toEqual(['b1', 'a2', 'b2', 'a3']);
  });
});

describe('what is removed', () => {
  test('leaves the turns of the others as they are', () => {
    const turns = new Turns<Item>();
    const [a, b] = [turns.place(1), turns.place(2)];
    const [first, second] = add(a, 'a1', 'a2');
    add(b, 'b1', 'b2');
    if (first === undefined || second === undefined) throw new Error('bug: no items');

    expect([a.remove(second), a.remove(second), a.remove(first)]).toEqual([true, false, true]);
    expect(takeAll(turns)).toEqual(['b1', 'b2']);
  });

  test('is all that waits at a place that is left', () => {
    const turns = new Turns<Item>();
    const [a, otherOfA, b] = [turns.place(1), turns.place(1), turns.place(2)];
    add(a, 'a1', 'a2');
    add(otherOfA, 'A1');
    add(b, 'b1');

    expect(a.leave().map(({ name }) => name)).toEqual(['a1', 'a2']);
    expect(a.leave()).toEqual([]);
    expect(takeAll(turns)).toEqual(['A1', 'b1']);
  });
});

/** Takes the next item of a place, which is to be that one, and has it rest. */
function rest(turns: Turns<Item>, place: Place<Item>, name: string): Item {
  const item = turns.take();
  if (item === undefined) throw new Error(`bug: ${name} does not wait`);
  expect(item.name).toBe(name);
  place.rest(item);
  return item;
}

describe('an item that rests', () => {
  test('keeps what is behind it from its turn, and nothing else', () => {
    const turns = new Turns<Item>();
    const [a, otherOfA, b] = [turns.place(1), turns.place(1), turns.place(2)];
    add(a, 'a1', 'a2');
    rest(turns, a, 'a1');
    add(a, 'a3');
    expect(turns.take()).toBeUndefined();
    add(otherOfA, 'A1');
    add(b, 'b1', 'b2');

    expect([a.waiting, a.items.size]).toEqual([0, 3]);
    expect(takeAll(turns)).toEqual(['A1', 'b1', 'b2']);
    a.wake();
    a.wake();
    expect(takeAll(turns)).toEqual(['a1', 'a2', 'a3']);
  });

  test('leaves the turns of the other files of its process that waited before', () => {
    const turns = new Turns<Item>();
    const [a, otherOfA, b] = [turns.place(1), turns.place(1), turns.place(2)];
    add(a, 'a1', 'a2');
    add(otherOfA, 'A1', 'A2');
    add(b, 'b1');
    rest(turns, a, 'a1');

    expect(takeAll(turns)).toEqual(['b1', 'A1', 'A2']);
    a.wake();
    expect(takeAll(turns)).toEqual(['a1', 'a2']);
  });

  test('lets the others go on when it is removed', () => {
    const turns = new Turns<Item>();
    const [a, b] = [turns.place(1), turns.place(2)];
    const [, second] = add(a, 'a1', 'a2', 'a3');
    add(b, 'b1');
    const first = rest(turns, a, 'a1');
    if (second === undefined) throw new Error('bug: no items');

    expect([a.remove(second), a.remove(first), a.remove(first)]).toEqual([true, true, false]);
    expect(takeAll(turns)).toEqual(['b1', 'a3']);
  });

  test('leaves with its place, and the others of the process go on', () => {
    const turns = new Turns<Item>();
    const [a, otherOfA] = [turns.place(1), turns.place(1)];
    add(a, 'a1', 'a2');
    rest(turns, a, 'a1');
    add(otherOfA, 'A1');

    expect(a.leave().map(({ name }) => name)).toEqual(['a1', 'a2']);
    a.wake();
    expect(takeAll(turns)).toEqual(['A1']);
  });

  test('may rest again and again', () => {
    const turns = new Turns<Item>();
    const [a, b] = [turns.place(1), turns.place(2)];
    add(a, 'a1');
    for (const name of ['b1', 'b2', 'b3']) {
      rest(turns, a, 'a1');
      add(b, name);
      expect(turns.take()?.name).toBe(name);
      a.wake();
    }

    expect(takeAll(turns)).toEqual(['a1']);
  });
});
