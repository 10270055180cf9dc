/** The fan of events: listeners that come and go, and one that fails. */

import { expect, test } from 'vitest';

import type { BmcEvent } from '../../src/index.ts';
import { EventFan } from '../../src/serve/event-fan.ts';
import type { EventListener } from '../../src/serve/event-fan.ts';
import { keepingLog } from '../support/broker-rig.ts';

const EVENT: BmcEvent = { kind: 'watchdogPretimeout' };

/** A fan over a source that says how many listen to it, and tells events. */
function fan() {
  const heard = new Set<EventListener>();
  const source = {
    on: (_: 'event', listener: EventListener) => heard.add(listener),
    off: (_: 'event', listener: EventListener) => heard.delete(listener),
  };
  const { log, lines } = keepingLog();
  const tell = (): void => {
    for (const listener of [...heard]) listener(EVENT);
  };
  return { fan: new EventFan(source, log), heard, tell, lines };
}

test('the source is listened to once, while there is a listener', () => {
  const { fan: events, heard } = fan();
  const end = events.add(() => undefined);
  const endOther = events.add(() => undefined);
  const during = heard.size;
  end();
  end();
  const after = heard.size;
  endOther();

  expect([during, after, heard.size]).toEqual([1, 1, 0]);
});

test('a listener that is added twice is told twice, and ended one by one', () => {
  const { fan: events, tell } = fan();
  let told = 0;
  const listener = (): void => void (told += 1);
  const end = events.add(listener);
  events.add(listener);
  tell();
  end();
  tell();

  expect(told).toBe(3);
});

test('a listener that fails costs the others nothing, and is told of as a bug', () => {
  const { fan: events, tell, lines } = fan();
  const told: string[] = [];
  events.add(() => {
    throw new Error('broken');
  });
  events.add(({ kind }) => told.push(kind));
  tell();

  expect(told).toEqual(['watchdogPretimeout']);
  expect(lines).toEqual([
    {
      level: 'error',
      text: 'bug: a listener to events has failed',
      fields: { kind: 'watchdogPretimeout', error: 'Error: broken' },
    },
  ]);
});

test('a listener that leaves while an event is told leaves the others their event', () => {
  const { fan: events, tell } = fan();
  const told: number[] = [];
  const ends = [1, 2].map((name) =>
    events.add(() => {
      told.push(name);
      for (const end of ends) end();
    }),
  );
  tell();
  tell();

  expect(told).toEqual([1, 2]);
});
