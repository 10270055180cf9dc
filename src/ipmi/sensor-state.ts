/**
 * The states of sensors in words: comparisons of a threshold sensor (IPMI 2.0 §35.14), and the
 * states of discrete sensors by event type and sensor type (tables 42-2 and 42-3).
 */

import { describeState } from './event-record.ts';
import type { Severity } from './event-record.ts';
import { THRESHOLD } from './generic-events.ts';
import { THRESHOLD_NAMES } from './sensor-commands.ts';
import type { SensorReading, ThresholdName } from './sensor-commands.ts';

/** The type of a sensor, and the type of its states. */
export interface StateTypes {
  readonly sensorType: number;
  readonly eventType: number;
}

/** A state that a sensor is in. */
export interface SensorState {
  /** Offset in its table; of a threshold sensor, the bit of the comparison. */
  readonly offset: number;
  readonly text: string;
  readonly severity: Severity;
}

/** States of a discrete sensor: bits 14..0. */
const DISCRETE_STATES = 15;

const CROSSED: Readonly<Record<ThresholdName, readonly [text: string, severity: Severity]>> = {
  lowerNonCritical: ['at or below lower non-critical', 'warning'],
  lowerCritical: ['at or below lower critical', 'critical'],
  lowerNonRecoverable: ['at or below lower non-recoverable', 'non-recoverable'],
  upperNonCritical: ['at or above upper non-critical', 'warning'],
  upperCritical: ['at or above upper critical', 'critical'],
  upperNonRecoverable: ['at or above upper non-recoverable', 'non-recoverable'],
};

const WORST_FIRST: readonly Severity[] = ['non-recoverable', 'critical', 'warning'];

/** The states that a reading tells, lowest offset first. */
export function statesOf(types: StateTypes, reading: SensorReading): readonly SensorState[] {
  const { states = 0, moreStates = 0 } = reading;
  if (types.eventType === THRESHOLD) return crossedBy(states);
  const all = states | (moreStates << 8);
  const offsets = Array.from({ length: DISCRETE_STATES }, (_, offset) => offset);
  return offsets
    .filter((offset) => (all & (1 << offset)) !== 0)
    .map((offset) => ({ offset, ...describeState(types.sensorType, types.eventType, offset) }));
}

function crossedBy(comparisons: number): readonly SensorState[] {
  const set = THRESHOLD_NAMES.map((name, offset) => ({ name, offset }));
  return set
    .filter(({ offset }) => (comparisons & (1 << offset)) !== 0)
    .map(({ name, offset }) => {
      const [text, severity] = CROSSED[name];
      return { offset, text, severity };
    });
}

/** The worst severity of states; information without any. */
export function worstOf(states: readonly SensorState[]): Severity {
  const has = (wanted: Severity) => states.some(({ severity }) => severity === wanted);
  return WORST_FIRST.find(has) ?? 'information';
}
