/**
 * `npm run sabotage`: puts the faults of `list.ts` into copies of the project one after another,
 * and runs the tests that they name. Fails when a fault lives, and says which.
 *
 *     npm run sabotage -- [--guests] [--only TEXT] [--jobs N]
 *
 * `--guests` tries the faults that only a guest can notice, too; `--only` those whose words or file
 * have the text; `--jobs` is the number of copies, 2 unless it is given. A guest runs alone.
 */

import { parseArgs } from 'node:util';

import { FAULTS } from './list.ts';
import type { Sabotage } from './sabotage.ts';
import { Copy } from './trial.ts';

const { values } = parseArgs({
  options: {
    guests: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    jobs: { type: 'string', default: '2' },
  },
});
const chosen = FAULTS.filter(
  ({ what, file, needs }) =>
    (values.guests || needs !== 'guest') && `${what} ${file}`.includes(values.only),
);
if (chosen.length === 0) throw new RangeError(`no fault has "${values.only}"`);

/** The text of the title before its first placeholder. */
function titleOf({ title }: Sabotage): string {
  return title.replace(/ *[%$].*/, '');
}

/** Why a run of the tests without any fault says nothing, or undefined. */
async function whyUseless(copy: Copy, faults: readonly Sabotage[]): Promise<string | undefined> {
  for (const isGuest of [false, true]) {
    const ours = faults.filter(({ needs }) => (needs === 'guest') === isGuest);
    if (ours.length === 0) continue;
    const files = [...new Set(ours.map(({ test }) => test))];
    const results = await copy.run({ files, isGuest });
    const failed = results.find(({ status }) => status === 'failed');
    if (failed !== undefined) return `fails without any fault: ${failed.fullName}`;
    const without = ours.find(
      (fault) => !results.some(({ fullName }) => fullName.includes(titleOf(fault))),
    );
    // After a hook that failed, such as the boot of a guest, no test has run.
    if (without !== undefined) return `no test "${without.title}" has run in ${without.test}`;
  }
  return undefined;
}

/** True when the named test notices the fault. */
async function isNoticed(copy: Copy, fault: Sabotage): Promise<boolean> {
  const selection = { files: [fault.test], title: titleOf(fault), isGuest: isGuest(fault) };
  const results = await copy.with(fault, () => copy.run(selection));
  const failed = results.find(({ status }) => status === 'failed');
  // After a hook that failed, such as the boot of a guest, no test has run, and nothing is known.
  if (results.length === 0) throw new Error(`no test has run with "${fault.what}"`);
  const verdict = failed === undefined ? 'LIVES   ' : 'noticed ';
  const where = failed === undefined ? `${results.length} tests passed` : failed.fullName;
  process.stdout.write(`${verdict} ${fault.what}\n         ${fault.test}: ${where}\n`);
  return failed !== undefined;
}

function isGuest({ needs }: Sabotage): boolean {
  return needs === 'guest';
}

/** Tries the faults, as many at a time as there are copies; returns those that live. */
async function tryAll(copies: readonly Copy[], faults: readonly Sabotage[]) {
  const [waiting, alive] = [[...faults], [] as Sabotage[]];
  const work = async (copy: Copy): Promise<void> => {
    for (let fault = waiting.shift(); fault !== undefined; fault = waiting.shift()) {
      if (!(await isNoticed(copy, fault))) alive.push(fault);
    }
  };
  await Promise.all(copies.map(work));
  return alive;
}

const copies = Array.from({ length: Number(values.jobs) }, () => new Copy());
try {
  const [first] = copies;
  if (first === undefined) throw new RangeError(`--jobs ${values.jobs} is no number above 0`);
  // A test that runs the built command must not run yesterday's.
  const built = chosen.find(({ needs }) => needs === 'bundle');
  if (built !== undefined) await first.build(built);
  const useless = await whyUseless(first, chosen);
  if (useless !== undefined) throw new Error(useless);
  const alive = [
    ...(await tryAll(
      copies,
      chosen.filter((fault) => !isGuest(fault)),
    )),
    ...(await tryAll([first], chosen.filter(isGuest))),
  ];
  for (const { what, file, test } of alive) {
    process.stdout.write(`not noticed by ${test}: ${what} (${file})\n`);
  }
  process.stdout.write(`${chosen.length - alive.length} of ${chosen.length} faults noticed\n`);
  if (alive.length > 0) process.exitCode = 1;
} finally {
  for (const copy of copies) copy.remove();
}
