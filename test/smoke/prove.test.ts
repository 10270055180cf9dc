/** The proof that each check finds its fault, and that a check which does not is noticed. */

import { describe, expect, test } from 'vitest';

import { Rng } from '../../src/sim/rng.ts';
import { CATALOG } from '../../src/smoke/catalog.ts';
import type { Check, Means } from '../../src/smoke/check.ts';
import { PROOFS } from '../../src/smoke/proofs.ts';
import { proofChecks } from '../../src/smoke/prove.ts';
import { Recorder } from '../../src/smoke/recorder.ts';
import { offenders } from '../support/lists.ts';
import { smokeBench } from '../support/smoke-runner-bench.ts';

/** Runs one proof; resolves to what it complains of. */
async function complaintsOf(proof: Check): Promise<readonly string[]> {
  const report = new Recorder(proof.id, () => undefined);
  const means: Means = {
    ...{ report, random: new Rng(7), signal: new AbortController().signal },
    subject: smokeBench().subject,
    amount: (full) => full,
    choices: { numa: false, reset: undefined, takeover: false },
  };
  await proof.run(means);
  return report.failures.map(({ text }) => text);
}

/** The catalog with another check in the place of one. */
function catalogWith(id: Check['id'], run: Check['run']): readonly Check[] {
  return CATALOG.map((check) => (check.id === id ? { ...check, run } : check));
}

function proofOf(catalog: readonly Check[], id: Check['id']): Check {
  const found = proofChecks(catalog).find((proof) => proof.id === id);
  if (found === undefined) throw new Error(`no proof of ${id}`);
  return found;
}

test('every check but host has a proof', () => {
  const proved = PROOFS.map(({ check }) => check);

  expect(
    offenders(
      CATALOG.map(({ id }) => id),
      (id) => !proved.includes(id),
    ),
  ).toEqual(['host']);
});

test('only some are proved when that is wanted, and host only with its name', () => {
  const wanted = CATALOG.filter(({ id }) => id === 'host' || id === 'reset');

  expect(proofChecks(CATALOG, wanted).map(({ question }) => question)).toEqual([
    'Does a sound machine pass every check?',
    'Is it found that the BMC refuses to be reset?',
  ]);
  expect(proofChecks(CATALOG, wanted.slice(1))).toHaveLength(1);
});

describe('on the fault that it is there for, only it turns red:', () => {
  test.each(proofChecks(CATALOG).map((proof) => [proof.id, proof] as const))(
    '%s',
    async (_, proof) => {
      expect(await complaintsOf(proof)).toEqual([]);
    },
  );
});

test('a check that finds nothing is noticed', async () => {
  const blind = catalogWith('bring-up-race', () => Promise.resolve());

  expect(await complaintsOf(proofOf(blind, 'bring-up-race'))).toContain(
    'bring-up-race did not find it',
  );
});

test('a check that finds something else is noticed', async () => {
  const confused = catalogWith('frames', ({ report }) => {
    report.fail('bt-slow', 'it is slow');
    return Promise.resolve();
  });

  expect(await complaintsOf(proofOf(confused, 'frames'))).toEqual([
    'frames found no bt-frame-refused or bt-drops-requests',
  ]);
});

test('a check that turns red on a sound machine, or on a fault of another, is noticed', async () => {
  const nervous = catalogWith('attention', ({ report }) => {
    report.fail('bt-attention-stuck', 'it is stuck');
    return Promise.resolve();
  });

  expect(await complaintsOf(proofOf(nervous, 'host'))).toEqual([
    'attention ends with fail on a sound machine: it is stuck',
  ]);
  expect(await complaintsOf(proofOf(nervous, 'event-loop'))).toEqual([
    'attention found it before event-loop',
    'attention has nothing to do with it, and failed: it is stuck',
  ]);
});
