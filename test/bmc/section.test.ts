/** Requests that belong together: no other process and no caller comes between them. */

import { expect, test } from 'vitest';

import { sectionsOf } from '../../src/bmc/section.ts';
import { appCommand } from '../../src/bmc/ask.ts';
import { pair } from '../support/turns.ts';
import { echo, send } from '../support/rig.ts';

/** So long that the lock would be released between two requests of a section. */
const RESPONSE_MS = 150;

test('requests of callers and of another process are sent before a section or behind it', async () => {
  const { clock, bmc, a, b } = pair({ responseMs: RESPONSE_MS });
  const { driver, access } = a;
  const section = sectionsOf(driver, access.arbiter);
  const first = section(async () => {
    const read = access.asker.request(appCommand(0x2f));
    void send(driver, echo(1));
    void send(b.driver, echo(2));
    await read;
    return await access.asker.request(appCommand(0x2e, 0x0c));
  });
  const second = section(() => access.asker.request(appCommand(0x2f)));

  const [, reply] = await clock.until(Promise.all([first, second]));
  await clock.pass(5000);

  expect([...reply.data]).toEqual([0x0c]);
  const asked = bmc.executed.map(({ cmd, data }) => [cmd, ...data]);
  expect(asked.slice(0, 2)).toEqual([[0x2f], [0x2e, 0x0c]]);
  expect(asked.slice(2).toSorted()).toEqual([[0x01, 1], [0x01, 2], [0x2f]]);
});

test('a section that fails ends, and the next one begins', async () => {
  const calls: string[] = [];
  const section = sectionsOf(
    { doubt: (reason) => calls.push(reason), trust: (reason) => void calls.push(`no ${reason}`) },
    { keep: (isKept) => void calls.push(isKept ? 'keep' : 'let go') },
  );
  const failed = section(() => Promise.reject(new Error('silent')));

  const done = section(() => Promise.resolve(7));

  await expect(failed).rejects.toThrow('silent');
  expect(await done).toBe(7);
  const one = ['settings', 'keep', 'let go', 'no settings'];
  expect(calls).toEqual([...one, ...one]);
});
