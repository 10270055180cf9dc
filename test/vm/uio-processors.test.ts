/**
 * The kernel module of `native/uio` on two processors: one takes interrupts while another enables
 * and disables them. Only the handler's lock keeps the one from undoing what the other wrote.
 */

import { beforeAll, describe, expect, test } from 'vitest';

import { guestProgram } from './compile.ts';
import { SIM_ID, printed } from './expected.ts';
import type { GuestResult } from './guest.ts';
import { BACKPORTS_KERNEL } from './kernel.ts';
import { inTurn, load } from './load.ts';
import { GUEST_ROOT, programFiles } from './project.ts';
import { COMPLAINT, bootWithUio } from './uio-guest.ts';
import { least } from '../support/lists.ts';

/** Each of them is answered, and has an interrupt unless it is disabled just then. */
const REQUESTS = load(3000, 1000);

/** Receive message interrupt, and the event log as it is: else the BMC raises no line. */
const GLOBAL_ENABLES = 'ipmi-bt --base 0xce4 raw 0x06 0x2e 0x09';

const STORM = `yes 'raw 0x06 0x01' | head -${REQUESTS} > /tmp/lines
node ${GUEST_ROOT}/toggle.mjs > /tmp/toggled &
ipmi-bt --base 0xce4 exec /tmp/lines | sort | uniq -c
touch /tmp/over
wait`;

const AFTERWARDS = `exec 5<>/dev/uio0
enable 1
before=$(events uio0)
ipmi-bt --base 0xce4 raw 0x06 0x01
echo $(($(count) - before))
mask 0xce4`;

/** Times that the driver is unbound while a process enables the interrupt all the time. */
const ROUNDS = load(20, 7);

/** Prints BT_INTMASK after each, and what became of the process. */
const LEAVING = `for round in $(seq ${ROUNDS}); do
  unbind ipmi_bt_uio IPI0001:00
  bind IPI0001:00 > /dev/null
  enable-until-gone &
  until mask 0xce4 | grep -q 01; do :; done
  unbind ipmi_bt_uio IPI0001:00
  wait $!
  echo "$? $(mask 0xce4)"
  bind IPI0001:00 > /dev/null
done | sort | uniq -c`;

/** The module is unloaded and loaded again under two processes that open it without pause. */
const RELOADING = `rm -f /tmp/enough
open-often > /tmp/opens.1 & first=$!
open-often > /tmp/opens.2 & second=$!
for round in $(seq ${ROUNDS}); do
  unbind ipmi_bt_uio IPI0001:00
  until modprobe -r ipmi_bt_uio 2> /dev/null; do :; done
  mask 0xce4
  modprobe ipmi_bt_uio
  bind IPI0001:00
  until [ "$(cat /sys/class/uio/uio0/name)" = ipmi-bt ]; do :; done
done | sort | uniq -c
touch /tmp/enough
for pid in $first $second; do wait $pid; echo $?; done
mask 0xce4`;

interface Toggled {
  readonly times: number;
  readonly wrong: number;
}

describe.each(
  inTurn([
    ['6.1', {}],
    ['6.12', { kernelPackage: BACKPORTS_KERNEL }],
  ] as const),
)('on Linux %s, on two processors', (_, kernel) => {
  let guest: GuestResult;

  beforeAll(async () => {
    const steps = {
      bind: 'modprobe ipmi_bt_uio; bind IPI0001:00; nproc',
      ready: GLOBAL_ENABLES,
      storm: STORM,
      toggled: 'cat /tmp/toggled',
      events: 'events uio0',
      afterwards: AFTERWARDS,
      status: 'ipmi-bt irq status --base 0xce4 --json',
      columns: `sed -n 's/^ *6: *\\([0-9]*\\) *\\([0-9]*\\) .*/\\1 \\2/p' /proc/interrupts`,
      leaving: LEAVING,
      reloading: RELOADING,
      opens: 'cat /tmp/opens.*',
    };
    const programs = {
      ...(await guestProgram('enable-until-gone')),
      ...(await guestProgram('open-often')),
    };
    const files = { ...programFiles('toggle'), ...programs };
    guest = await bootWithUio(steps, { ...kernel, bmc: 'sim', processors: 2, files });
  });

  test('requests are answered, and some have interrupted', () => {
    expect(guest.step('bind')).toEqual(printed('ipmi_bt_uio\n2\n'));
    expect(guest.step('storm')).toEqual(printed(`${String(REQUESTS).padStart(7)} ${SIM_ID}`));
    expect(Number(guest.step('events').stdout)).toBeGreaterThan(REQUESTS / 100);
  });

  test('what one processor writes is not undone by the other, who acknowledges', () => {
    const { times, wrong } = JSON.parse(guest.step('toggled').stdout) as Toggled;

    expect(times).toBeGreaterThan(REQUESTS / 3);
    expect(wrong).toBe(0);
  });

  test('each reply is one interrupt again, and the kernel has nothing to complain about', () => {
    expect(guest.step('afterwards')).toEqual(printed(`${SIM_ID}1\n 01\n`));
    expect(guest.console).not.toMatch(COMPLAINT);
  });

  test('is unloaded and loaded again under processes that open it all the time', async (context) => {
    const rounds = String(ROUNDS).padStart(7);
    const opens = guest.step('opens').stdout.trimEnd().split('\n').map(Number);
    await context.annotate(`opened ${opens.join(' and ')} times`);

    expect(guest.step('reloading')).toEqual(
      printed(`${rounds}  00\n${rounds} ipmi_bt_uio\n0\n0\n 00\n`),
    );
    expect(opens).toHaveLength(2);
    expect(least(opens)).toBeGreaterThan(0);
  });

  test('leaves no interrupt enabled by a process that writes while it goes', () => {
    expect(guest.step('leaving')).toEqual(printed(`${String(ROUNDS).padStart(7)} 0  00\n`));
  });

  test('those that both have taken are told as one number', () => {
    const status = JSON.parse(guest.step('status').stdout) as Record<string, number>;
    const columns = guest.step('columns').stdout.split(' ').map(Number);

    expect(columns).toHaveLength(2);
    expect(status['line_interrupts']).toBe(columns.reduce((sum, count) => sum + count, 0));
    // The module does not count one whose cause the other has cleared meanwhile.
    expect(status['line_interrupts']).toBeGreaterThanOrEqual(status['uio_interrupts'] ?? NaN);
  });
});
