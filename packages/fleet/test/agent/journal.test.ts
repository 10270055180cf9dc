/** At most once: the agent is killed at each of its steps, and the command is delivered again. */

import { describe, expect, test } from 'vitest';

import { AppendLog } from '../../src/disk/append-log.ts';
import { ENTRIES_MAX, Journal, KEEP_MS } from '../../src/agent/journal.ts';
import type { Executed, Fate } from '../../src/agent/journal.ts';
import { FakeDisk } from '../disk/fake-disk.ts';

const COMMAND = { key: 'alice/1', digest: 'd' };
const DONE: Fate = { outcome: 'answered', completionCode: 0, data: '0102' };
const NOT_SENT: Fate = { outcome: 'not-sent', code: 'DEVICE_LOCKED', message: 'locked' };

/** A journal on a disk, and the commands that the BMC has executed. */
function rig(disk = new FakeDisk(), now = { ms: 0 }) {
  const executed: string[] = [];
  const errors: unknown[] = [];
  const start = (): Journal =>
    new Journal({ disk, nowMs: () => now.ms, onError: (error) => errors.push(error) });
  const send = async (fate: Fate = DONE): Promise<Fate> => {
    await Promise.resolve();
    disk.step();
    executed.push('executed');
    disk.step();
    return fate;
  };
  return { disk, executed, errors, start, send, now };
}

/** The part of what was new that is left: all after a kill, less after a loss of power. */
const KEEPS = [1, 0.7, 0.3, 0];

describe('a command that is delivered until there is an answer', () => {
  /** The steps of one that goes through: two of the disk, two of sending, two of the disk. */
  const STEPS = 6;

  test('takes so many steps', async () => {
    const { disk, start, send } = rig();
    const journal = start();
    const before = disk.steps;
    await journal.execute(COMMAND, send);

    expect(disk.steps - before).toBe(STEPS);
  });

  test.each(KEEPS.flatMap((keeps) => [0, 1, 2, 3, 4, 5].map((step) => [step, keeps] as const)))(
    'is executed at most once: killed at step %d, with %d of the last words left',
    async (step, keeps) => {
      const { disk, executed, start, send } = rig();
      const first = start();
      disk.killAt(step);
      const told = await first.execute(COMMAND, send).catch((error: unknown) => error);
      const wasAnswered = executed.length;
      disk.restart(keeps);
      const second = await start().execute(COMMAND, send);
      const third = await start().execute(COMMAND, send);

      // The BMC has it once at most, and each answer is the truth about that.
      expect(executed.length).toBeLessThanOrEqual(1);
      expect(third).toEqual({ fate: second.fate, isRepeated: true });
      if (step < 2) expect((told as { code?: string }).code).toBe('JOURNAL_FAILED');
      const isAnswered = second.fate.outcome === 'answered';
      if (!isAnswered) expect(second.fate.outcome).toBe('unknown');
      // An answer is that of this delivery, or was written down.
      else expect([executed.length, second.isRepeated]).toEqual([1, wasAnswered === 1]);
    },
  );

  test('that was answered and is on the disk has the same answer after a loss of power', async () => {
    const { disk, executed, start, send } = rig();
    await start().execute(COMMAND, send);
    disk.restart(0);

    expect(await start().execute(COMMAND, send)).toEqual({ fate: DONE, isRepeated: true });
    expect(executed).toHaveLength(1);
  });

  test('is executed once when all deliveries come at the same time', async () => {
    const { executed, start, send } = rig();
    const journal = start();
    const all = [1, 2, 3].map(async () => await journal.execute(COMMAND, send));
    const repeated = (await Promise.all(all)).map(({ isRepeated }: Executed) => isRepeated);

    expect([repeated, executed.length]).toEqual([[false, true, true], 1]);
  });

  test('is executed after all when the BMC never got it before', async () => {
    const { executed, start } = rig();
    const journal = start();
    const sends: Fate[] = [NOT_SENT, DONE];
    const send = async (): Promise<Fate> => await Promise.resolve(sends.shift() ?? NOT_SENT);

    expect((await journal.execute(COMMAND, send)).fate).toEqual(NOT_SENT);
    expect((await start().execute(COMMAND, send)).fate).toEqual(DONE);
    expect([sends, executed]).toEqual([[], []]);
  });

  test('and whose id was another command is refused, also after a restart', async () => {
    const { start, send } = rig();
    await start().execute(COMMAND, send);
    const other = start().execute({ ...COMMAND, digest: 'e' }, send);

    await expect(other).rejects.toMatchObject({ code: 'ID_REUSED', outcome: 'not-sent' });
  });
});

describe('the file', () => {
  test('goes on behind a line that a failing disk cut off', async () => {
    const { disk, executed, errors, start, send } = rig();
    const journal = start();
    disk.killAt(0);
    await expect(journal.execute(COMMAND, send)).rejects.toMatchObject({ code: 'JOURNAL_FAILED' });
    disk.restart(1);
    await journal.execute({ key: 'alice/2', digest: 'd' }, send);
    const again = await start().execute({ key: 'alice/2', digest: 'd' }, send);

    expect(again).toEqual({ fate: DONE, isRepeated: true });
    // What was cut off was never sent, and is no damage.
    expect([executed.length, errors.length]).toEqual([1, 1]);
  });

  test('forgets what is older than a week, and stays short', async () => {
    const { disk, start, send, now } = rig();
    const journal = start();
    for (let id = 0; id < 1500; id += 1)
      await journal.execute({ key: `a/${id}`, digest: '' }, send);
    now.ms = KEEP_MS + 1;
    await journal.execute(COMMAND, send);

    expect([journal.size, start().size]).toEqual([1, 1]);
    expect((disk.read('journal.log') ?? '').length).toBeLessThan(1000);
  });

  test('counts the time of agents alone, which no clock that is set can change', async () => {
    const { disk, start, send, now } = rig();
    await start().execute(COMMAND, send);
    for (const ms of [2 * KEEP_MS, 0, -KEEP_MS]) {
      now.ms = ms;
      expect((await start().execute(COMMAND, send)).isRepeated).toBe(true);
    }
    const last = start();
    now.ms += KEEP_MS + 1;

    expect((await last.execute(COMMAND, send)).isRepeated).toBe(true);
    await last.execute({ key: 'alice/2', digest: 'd' }, send);
    expect([last.size, disk.isDead]).toEqual([1, false]);
  });

  test('tells of lines that are damaged, and keeps what the others say', async () => {
    const { disk, executed, errors, start, send } = rig();
    const journal = start();
    for (const id of [1, 2]) await journal.execute({ key: `alice/${id}`, digest: 'd' }, send);
    const text = disk.read('journal.log') ?? '';
    disk.replace('journal.log', text.replace('"digest"', '"dogest"'));
    const again = await start().execute({ key: 'alice/1', digest: 'd' }, send);

    expect(again).toEqual({ fate: DONE, isRepeated: true });
    expect(executed.length).toBe(2);
    expect(errors.map(String)).toEqual([
      expect.stringMatching(/^Error: journal.log: 1 lines are damaged, and count for nothing; /),
    ]);
  });

  test('that has lost the word of a command to damage has nothing new sent for a week', async () => {
    const { disk, executed, errors, start, send, now } = rig();
    disk.killAt(3);
    await expect(start().execute(COMMAND, send)).rejects.toThrow('killed');
    disk.restart(1);
    const other = { key: 'alice/2', digest: 'd' };
    await start().execute(other, send);
    const text = disk.read('journal.log') ?? '';
    disk.replace('journal.log', text.replace('"alice/1"', '"alice/9"'));
    expect(executed).toHaveLength(2);

    for (const journal of [start(), start()]) {
      const refused = { code: 'JOURNAL_FAILED', outcome: 'not-sent' };
      await expect(journal.execute(COMMAND, send)).rejects.toMatchObject(refused);
      expect((await journal.execute(other, send)).isRepeated).toBe(true);
    }
    expect([executed.length, errors.length]).toEqual([2, 1]);
    const last = start();
    now.ms += KEEP_MS + 1;
    expect((await last.execute(COMMAND, send)).isRepeated).toBe(false);
  });

  test('whose last line was cut off is no damage, however often the agent is started', async () => {
    const { disk, errors, start, send } = rig();
    const journal = start();
    disk.killAt(0);
    await expect(journal.execute(COMMAND, send)).rejects.toMatchObject({ code: 'JOURNAL_FAILED' });
    const told = errors.length;
    disk.restart(1);
    for (const id of [2, 3]) await start().execute({ key: `alice/${id}`, digest: 'd' }, send);

    expect(errors).toHaveLength(told);
    expect((await start().execute(COMMAND, send)).fate).toEqual(DONE);
  });

  test('has room for others when a user has taken all that it may', async () => {
    const { disk, start, send } = rig();
    const lines = Array.from({ length: ENTRIES_MAX / 2 }, (_, id) => {
      return { kind: 'begin', key: `a/${id}`, digest: '', at: 0 };
    });
    new AppendLog(disk, 'journal.log').rewrite(lines);
    const journal = start();

    const more = journal.execute({ key: 'a/more', digest: '' }, send);
    await expect(more).rejects.toMatchObject({ code: 'JOURNAL_FAILED', outcome: 'not-sent' });
    expect((await journal.execute(COMMAND, send)).fate).toEqual(DONE);
  });

  test('refuses what is new when it has as many commands as it takes', async () => {
    const { disk, start, send } = rig();
    const lines = Array.from({ length: ENTRIES_MAX }, (_, id) => {
      return { kind: 'begin', key: `a/${id}`, digest: '', at: 0 };
    });
    new AppendLog(disk, 'journal.log').rewrite(lines);

    await expect(start().execute(COMMAND, send)).rejects.toMatchObject({ code: 'JOURNAL_FAILED' });
    expect(disk.isDead).toBe(false);
  });
});
