/**
 * The report for LAVA: lines that its dispatcher takes from a device's output as results of test
 * cases. They need no `lava-test-case` on the machine.
 */

import type { Measurement, Result, SmokeEvent } from '../events.ts';
import { isWithin } from './words.ts';

/** LAVA looks for this in the output; `lava-test-case` prints the same. */
const SIGNAL = 'LAVA_SIGNAL_TESTCASE';

/** The case of the whole run. */
const RUN = 'smoke';

const RESULTS: Readonly<Record<Result, 'pass' | 'fail' | 'skip' | 'unknown'>> = {
  ...{ pass: 'pass', fail: 'fail', skip: 'skip', error: 'unknown', interrupted: 'unknown' },
};

/** LAVA stores measurements with ten decimals, and twenty digits in all. */
const [DECIMALS, LEAST_TOO_LARGE] = [10, 1e10];

/** Writes the report as the events come. */
export class LavaReport {
  readonly #write: (text: string) => void;

  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  readonly emit = (event: SmokeEvent): void => {
    switch (event.kind) {
      case 'measurement':
        this.#write(measurementLine(event));
        return;
      case 'check-end':
        this.#write(line([event.id], RESULTS[event.result]));
        return;
      case 'run-end':
        this.#write(line([RUN], RESULTS[event.result]));
        return;
      case 'run-start':
      case 'check-start':
      case 'fact':
      case 'series':
      case 'matrix':
      case 'span':
      case 'finding':
        return;
    }
  };
}

function measurementLine({ id, name, value, unit, bounds }: Measurement): string {
  const result = isWithin(value, bounds) ? 'pass' : 'fail';
  if (!(Math.abs(value) < LEAST_TOO_LARGE)) return line([id, name], result);
  const number = value.toFixed(DECIMALS).replace(/\.?0+$/, '');
  const units = unit === '1' ? '' : ` UNITS=${word(unit)}`;
  return line([id, name], `${result} MEASUREMENT=${number}${units}`);
}

function line(names: readonly string[], result: string): string {
  return `<${SIGNAL} TEST_CASE_ID=${names.map((name) => word(name)).join('-')} RESULT=${result}>\n`;
}

/** A name without spaces and without the end of the signal. */
function word(text: string): string {
  return text.replaceAll(/[^\w./%-]+/g, '_');
}
