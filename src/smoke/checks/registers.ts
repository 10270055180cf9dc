/**
 * Check `registers`: the three registers by themselves. What they read at rest, and whether the
 * bits that a host may write do what the specification says (IPMI 2.0 §11.6). Nothing is rung:
 * H2B_ATN is never written, so that the BMC gets no request.
 */

import { CTRL_READS_ZERO, Ctrl, IntMask } from '../../bt/bits.ts';
import { sleep } from '../../clock.ts';
import type { Clock } from '../../clock.ts';
import { hex } from '../../errors.ts';
import type { Door } from '../../registry/door.ts';
import type { Check, Means, Report } from '../check.ts';
import { ctrlText, intMaskText, withRegisters } from '../register-log.ts';
import type { RegisterLog } from '../register-log.ts';

/** A BMC is busy for so long at most, 1..60 s by its capabilities, while no request is with it. */
const BUSY_LIMIT_MS = 5000;

/** Longest time that a response left by a former owner takes to be taken out of the buffer. */
const LEFTOVER_MS = 500;

/** The two looks at the idle values are so far apart, and each reads so often. */
const BETWEEN_LOOKS_MS = 50;
const READS_A_LOOK = 16;

/** Bits that may change by themselves while nothing is on the wire. */
const CTRL_MOVES = Ctrl.SMS_ATN | Ctrl.OEM0;
const MASK_MOVES = IntMask.B2H_IRQ;

export const REGISTERS: Check = {
  id: 'registers',
  question: 'Do the three registers behave as the specification says?',
  risk: 'read-only',
  needs: ['owner'],
  limitSeconds: 40,
  run: (means: Means) => withRegisters(means, (log, door) => run(log, door, means)),
};

async function run(log: RegisterLog, door: Door, means: Means): Promise<void> {
  const { subject, report, signal } = means;
  const surroundings = { clock: subject.clock, report, signal };
  if (!isPresent(log, report)) return;
  if (!(await isFreeOf(log, surroundings))) return;
  if (!(await isEmpty(door, log, surroundings))) return;
  await lookTwice(log, surroundings);
  toggleHostBusy(log, report);
  clearPointers(log, report);
  writeMask(log, report);
}

type Surroundings = Pick<Means, 'report' | 'signal'> & { readonly clock: Clock };

function isPresent(log: RegisterLog, report: Report): boolean {
  const { kind, seen } = log.registers.presence();
  switch (kind) {
    case 'present':
      return true;
    case 'nothing':
      report.fail(
        'bt-absent',
        `no device decodes the ports: ${seen}. If the BMC restarts, run again in a minute; else ` +
          'check the base with ipmi-bt locate --explain, and that the BMC has power',
        [seen],
      );
      return false;
    case 'other':
      report.fail(
        'bt-registers',
        `bits that read 0 in a BT interface are set: ${seen}. Another device is at these ports, ` +
          'or the BMC restarts: check the base with ipmi-bt locate --explain',
        [seen],
      );
      return false;
  }
}

async function isFreeOf(log: RegisterLog, { clock, report, signal }: Surroundings) {
  const startMs = clock.now();
  const status = await log.untilFree(clock, BUSY_LIMIT_MS, signal);
  const waitedMs = Math.round(clock.now() - startMs);
  report.measure({ name: 'busy-at-first', value: waitedMs, unit: 'ms' });
  const stuck = status & (Ctrl.B_BUSY | Ctrl.H2B_ATN);
  if (stuck === 0) return true;
  const which = (stuck & Ctrl.B_BUSY) === 0 ? 'H2B_ATN' : 'B_BUSY';
  report.fail(
    'bt-busy-stuck',
    `${which} stays 1 for ${waitedMs} ms while no request is on the wire: BT_CTRL reads ` +
      `${ctrlText(status)}, and no request can be written. Reset the BMC from its own network, ` +
      'or with ipmi-bt reset interface; if that does not help, remove its power',
    log.lines,
  );
  return false;
}

/** Takes a response that a former owner has left out of the buffer. */
async function isEmpty(door: Door, log: RegisterLog, { clock, report, signal }: Surroundings) {
  const endMs = clock.now() + LEFTOVER_MS;
  const first = log.ctrl();
  let isLeft = (first & Ctrl.B2H_ATN) !== 0;
  if (isLeft) {
    report.warn(
      'bt-stale',
      `a response was in the buffer that nobody has taken: BT_CTRL reads ${ctrlText(first)}. ` +
        'A program was killed in mid-request, or the BMC sends what was not asked for',
      log.lines,
    );
  }
  let taken = 0;
  while (isLeft && clock.now() < endMs) {
    if (door.machine.poll(clock.now()).stale) taken += 1;
    await sleep(clock, 1, signal);
    isLeft = (log.ctrl() & Ctrl.B2H_ATN) !== 0;
  }
  if (!isLeft) return true;
  tellLeftover(taken, log, report);
  return false;
}

function tellLeftover(taken: number, log: RegisterLog, report: Report): void {
  if (taken > 1) {
    const text = `${taken} responses came in ${LEFTOVER_MS} ms while nothing was asked`;
    report.fail('bt-stale', `${text}: the BMC sends without end. Reset the BMC`, log.lines);
    return;
  }
  report.fail(
    'bt-registers',
    `B2H_ATN reads 1 ${LEFTOVER_MS} ms after it was first cleared with a write of 1 (§11.6.1): ` +
      'the bit does not clear, so that no reply can be told from the one before. Reset the BMC',
    log.lines,
  );
}

async function lookTwice(log: RegisterLog, { clock, report, signal }: Surroundings) {
  const looks: (readonly [ctrl: number, mask: number])[] = [];
  for (let look = 0; look < 2; look += 1) {
    if (look > 0) await sleep(clock, BETWEEN_LOOKS_MS, signal);
    for (let read = 0; read < READS_A_LOOK; read += 1) looks.push([log.ctrl(), log.intMask()]);
  }
  const ctrls = distinct(looks.map(([ctrl]) => ctrl & ~CTRL_MOVES));
  const masks = distinct(looks.map(([, mask]) => mask & ~MASK_MOVES));
  report.fact('idle-ctrl', ctrls.map(ctrlText).join(', '));
  report.fact('idle-intmask', masks.map(intMaskText).join(', '));
  if (ctrls.length > 1) report.fail(...changed('BT_CTRL', ctrls.map(ctrlText)), log.lines);
  if (masks.length > 1) report.fail(...changed('BT_INTMASK', masks.map(intMaskText)), log.lines);
  const [ctrl = 0] = ctrls;
  if (ctrls.length === 1 && (ctrl & CTRL_READS_ZERO) !== 0) {
    const text = `CLR_WR_PTR and CLR_RD_PTR read 0 in a BT interface: BT_CTRL reads ${hex(ctrl)}`;
    report.fail('bt-registers', text, log.lines);
  }
}

function changed(name: string, values: readonly string[]) {
  const reads = 2 * READS_A_LOOK;
  const text =
    `${name} does not keep its value while nothing is on the wire: ${reads} reads gave ` +
    `${values.join(', ')}. Two programs use the interface at once, or the bus flips bits: see ` +
    'who has the ports in the check owner';
  return ['bt-registers', text] as const;
}

function toggleHostBusy(log: RegisterLog, report: Report): void {
  const found = log.ctrl();
  if ((found & Ctrl.H_BUSY) !== 0) {
    const cleared = log.setHostBusy(false, found);
    if ((cleared & Ctrl.H_BUSY) !== 0) {
      stuckHostBusy(1, log, report);
      return;
    }
    const text = 'H_BUSY was 1 and could be cleared: a program was killed while it read a response';
    report.warn('bt-registers', text, log.lines);
  }
  const set = log.setHostBusy(true, log.ctrl());
  const cleared = log.setHostBusy(false, set);
  if ((set & Ctrl.H_BUSY) === 0) stuckHostBusy(0, log, report);
  else if ((cleared & Ctrl.H_BUSY) !== 0) stuckHostBusy(1, log, report);
}

function stuckHostBusy(value: 0 | 1, log: RegisterLog, report: Report): void {
  const effect =
    value === 1 ? 'the BMC never sends while it is 1' : 'the BMC may write into a response';
  report.fail(
    'bt-registers',
    `H_BUSY stays ${value} when a 1 is written to it, which toggles it (§11.6.1): ${effect}. ` +
      'Reset the BMC; if it stays so, its BT interface is defective',
    log.lines,
  );
}

/** The pointers themselves cannot be read; the read pointer shows in what is read twice. */
function clearPointers(log: RegisterLog, report: Report): void {
  const status = log.clearPointers();
  if ((status & CTRL_READS_ZERO) !== 0) {
    const text = `CLR_WR_PTR and CLR_RD_PTR clear themselves, and BT_CTRL reads ${ctrlText(status)}`;
    report.fail('bt-registers', text, log.lines);
  }
  const set = log.setHostBusy(true, status);
  // A response that has come meanwhile must be left alone.
  const isQuiet = (set & (Ctrl.H_BUSY | Ctrl.B2H_ATN)) === Ctrl.H_BUSY;
  const [first, second] = isQuiet ? [log.firstByte(), log.firstByte()] : [0, 0];
  log.setHostBusy(false, log.ctrl());
  if (first === second) return;
  report.fail(
    'bt-registers',
    'CLR_RD_PTR does not set the read pointer back to the first byte: two reads of it differ, ' +
      'so that frames are read torn. Reset the BMC; if it stays so, its BT interface is defective',
    log.lines,
  );
}

/** Toggles B2H_IRQ_EN, and sets it as it was; all of it in a few microseconds. */
function writeMask(log: RegisterLog, report: Report): void {
  const found = log.intMask();
  const wasOn = (found & IntMask.B2H_IRQ_EN) !== 0;
  const changed = log.setInterruptEnable(!wasOn, found);
  const restored = log.setInterruptEnable(wasOn, found);
  const isOn = (mask: number): boolean => (mask & IntMask.B2H_IRQ_EN) !== 0;
  if (isOn(changed) !== wasOn && isOn(restored) === wasOn) return;
  const values = [found, changed, restored].map(intMaskText).join(', then ');
  report.fail(
    'bt-registers',
    `B2H_IRQ_EN of BT_INTMASK does not read back as it is written (§11.6.3): it read ${values}. ` +
      'Interrupts cannot be used; polling can',
    log.lines,
  );
}

function distinct(values: readonly number[]): readonly number[] {
  return [...new Set(values)];
}
