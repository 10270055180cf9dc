/** Faults in what the library itself does with a BMC: `bmc/`, `device/`, `log` and `registry/`. */

import type { Sabotage } from './sabotage.ts';

const LOST = "if (look !== 'unable') this.#lose(look);";
const SILENT_FOR = 'this.#parts.clock.now() - (this.#lostSinceMs ?? Infinity)';

export const BMC_FAULTS: readonly Sabotage[] = [
  {
    what: 'recovery writes BMC_HWRST after minutes of silence',
    file: 'src/bmc/recovery.ts',
    from: LOST,
    to: `${LOST}\n      if (${SILENT_FOR} > 170_000) this.#parts.access.machine.reset();`,
    test: 'test/whole/no-reset.test.ts',
    title: 'a BMC that %s is not reset in hours or days',
  },
  {
    what: 'recovery sends Cold Reset after a day of silence',
    file: 'src/bmc/recovery.ts',
    from: LOST,
    to: `${LOST}
      if (${SILENT_FOR} > 80_000_000) {
        const request = { netFn: 6, lun: 0, cmd: 2, data: new Uint8Array() };
        this.#parts.access.asker.request(request, {}).catch(() => 0);
      }`,
    test: 'test/whole/no-reset.test.ts',
    title: 'a BMC that %s is not reset in hours or days',
  },
  {
    what: 'the back-off of recovery has no bound',
    file: 'src/bmc/recovery.ts',
    from: 'driver.isAwaited ? GAP_AWAITED_MAX_MS : GAP_IDLE_MAX_MS',
    to: 'Infinity',
    test: 'test/bmc/recovery.test.ts',
    title: 'is lost, is found within a second of its return, and what waited is answered',
  },
  {
    what: 'a BMC that comes back is not asked for its capabilities',
    file: 'src/bmc/recovery.ts',
    from: 'if (!identity.wantsCapabilities)',
    to: 'if (clock.now() >= 0)',
    test: 'test/bmc/recovery.test.ts',
    title: 'a BMC that answers after one forgotten command was never lost',
  },
  {
    what: 'other processes are not told that the BMC was lost',
    file: 'src/bmc/recovery.ts',
    from: 'access.arbiter.announceLoss();',
    to: '',
    test: 'test/bmc/recovery.test.ts',
    title: 'a loss that one process notices makes the others look',
  },
  {
    what: 'an event is read with no time left to hear it',
    file: 'src/bmc/event-reader.ts',
    from: '{ takes: true }',
    to: '{}',
    test: 'test/bmc/attention-missed.test.ts',
    title: 'an event is told that was asked for right before the time of the question was over',
  },
  {
    what: 'of a row of events the second is eaten',
    file: 'src/bmc/event-reader.ts',
    from: '!take(data, tell)',
    to: 'taken === 1 || !take(data, tell)',
    test: 'test/bmc/event-reader.test.ts',
    title: 'messages are read before events, each up to the end of its queue',
  },
  {
    what: 'events are read without a bound',
    file: 'src/bmc/event-reader.ts',
    from: 'taken < READS_MAX;',
    to: 'taken < Infinity;',
    test: 'test/bmc/event-reader.test.ts',
    title: 'a queue without end is left after so many reads, with a pause before each',
  },
  {
    what: 'close() does not put the Global Enables back that events need',
    file: 'src/device/system-interface.ts',
    from: 'this.#attention.end(), ',
    to: '',
    test: 'test/bmc/attention-ends.test.ts',
    title: 'a reset of the interface is waited for, but not told',
  },
  {
    what: 'GUIDs of the BMC that was lost are told of the one that comes',
    file: 'src/bmc/identity.ts',
    from: 'this.#losses += 1;\n    this.#known = undefined;',
    to: 'this.#losses += 1;',
    test: 'test/bmc/identity.test.ts',
    title: 'with other firmware is told, with what it was before',
  },
  {
    what: 'warnings fill the log',
    file: 'src/log.ts',
    from: 'if (last.written < WARNINGS_MAX) log.warn',
    to: 'log.warn',
    test: 'test/log.test.ts',
    title: 'ten warnings of a kind are written a minute, and the next one counts the others',
  },
  {
    what: 'a registration that fails keeps its name and its ports',
    file: 'src/registry/register.ts',
    from: '...(await undone(entry))',
    to: '',
    test: 'test/registry/register.test.ts',
    title: 'when a step fails, exactly those before it are undone, last first:',
  },
  {
    what: 'the end of the process closes no device',
    file: 'src/registry/open-devices.ts',
    from: "if (this.#entries.size > 0) process.on('exit', this.#closeAll);",
    to: '',
    test: 'test/registry/open-devices.test.ts',
    title: 'has one listener while there is an entry',
  },
  {
    what: 'two devices of one process open the same ports',
    file: 'src/registry/open-devices.ts',
    from: 'this.#checkUnowned(base, entries.find(isOwner));',
    to: '',
    test: 'test/registry/open-devices.test.ts',
    title: 'has one owner, until that is removed',
  },
  {
    what: 'steps are undone first to last',
    file: 'src/rollback.ts',
    from: 'let undo = this.#undos.pop(); undo !== undefined; undo = this.#undos.pop()',
    to: 'let undo = this.#undos.shift(); undo !== undefined; undo = this.#undos.shift()',
    test: 'test/rollback.test.ts',
    title: 'runNow() undoes everything at once, last first, and collects the failures',
  },
];
