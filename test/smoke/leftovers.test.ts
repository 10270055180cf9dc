/** What can be left on a host, each found and told with what to do. */

import { expect, test } from 'vitest';

import type { NativeLoad } from '../../src/native.ts';
import { findLeftovers } from '../../src/smoke/leftovers.ts';
import type { Had } from '../../src/smoke/leftovers.ts';
import { VirtualClock } from '../../src/sim/virtual-clock.ts';
import { FakeSystem } from '../support/fake-files.ts';
import type { FakeTable } from '../support/fake-files.ts';
import { BOUND, DEVICE, RECORD, STOPPED, UNBOUND, kernelSays } from '../support/kernel-bench.ts';

const OWNER = { bus: 'platform', device: 'IPI0001:00', driver: 'ipmi_si' } as const;
const HAD: Had = { base: 0xce4, owner: OWNER, pids: [] };
const TAKEN = '{"bus":"platform","device":"IPI0001:00","keep":false}\n';
const CLAIMED = TAKEN.replace('false', 'true');

function left(table: FakeTable, had = HAD, load = kernelSays(STOPPED)) {
  const clock = new VirtualClock();
  const host = { files: new FakeSystem(table), folder: '/run/ipmi-bt', load };
  const texts = findLeftovers(had, host, clock).then((all) => all.map(({ text }) => text));
  return clock.until(texts);
}

const refusing = (): NativeLoad => {
  const native = kernelSays(STOPPED)();
  if (native.kind === 'missing') return native;
  const sendMessage = (): void => {
    throw new Error('EIO: i/o error');
  };
  return { ...native, messages: { ...native.messages, sendMessage } };
};

test.each<[string, FakeTable, Had, (() => NativeLoad) | undefined]>([
  ['a run that took nothing', UNBOUND, { ...HAD, owner: undefined }, undefined],
  ['a run without an interface', {}, { ...HAD, base: undefined, owner: undefined }, undefined],
  ['a driver that is back and answers', BOUND, HAD, undefined],
  ['a driver that cannot be asked', { ...BOUND, [`${DEVICE}/ipmi/ipmi0/dev`]: '' }, HAD, undefined],
  ['an interface that was claimed before', { ...BOUND, [RECORD]: CLAIMED }, HAD, undefined],
])('%s leaves nothing', async (_, ...[table, had, load]) => {
  expect(await left(table, had, load)).toEqual([]);
});

test.each<[string, FakeTable, Had, (() => NativeLoad) | undefined, RegExp]>([
  ['a driver', UNBOUND, HAD, undefined, /IPI0001:00 has no driver, and had ipmi_si.*release/],
  [
    'another driver',
    { ...UNBOUND, [`${DEVICE}/driver`]: { linkTo: '../drivers/ipmi_bt_uio' } },
    HAD,
    undefined,
    /has the driver ipmi_bt_uio, and had ipmi_si/,
  ],
  ['a record', { ...BOUND, [RECORD]: TAKEN }, HAD, undefined, /on record as taken.*release/],
  ['silence', BOUND, HAD, kernelSays([]), /ipmi_si is back, and \/dev\/ipmi0 gives no answer/],
  ['a refusal', BOUND, HAD, kernelSays([0xc1]), /answers Get Device ID with Invalid command/],
  ['an error', BOUND, HAD, refusing, /cannot be asked: Error: EIO/],
  ['a process', BOUND, { ...HAD, pids: [77] }, undefined, /the process 77 .* kill 77/],
  ...['/run/ipmi-bt/bt-0xce4.lock', '/dev/port', '/dev/uio0', '/dev/ipmi1'].map(
    (path): [string, FakeTable, Had, undefined, RegExp] => [
      path,
      { ...BOUND, '/proc/self/fd/9': { linkTo: path } },
      HAD,
      undefined,
      new RegExp(`^${path} is still open in this process`),
    ],
  ),
])('%s is left', async (_, ...[table, had, load, text]) => {
  expect(await left(table, had, load)).toEqual([expect.stringMatching(text)]);
});

test('other open files are of no account', async () => {
  const table = { ...BOUND, '/proc/self/fd/9': { linkTo: '/dev/null' } };

  expect(await left(table)).toEqual([]);
});
