/** Logs of a kernel, from the lines behind their stamps. */

import { readFileSync } from 'node:fs';

import { KernelLogReader } from '../../src/trace/kernel-log.ts';
import type { KernelLog } from '../../src/trace/kernel-log.ts';
import { kernelStory } from '../../src/trace/kernel-story.ts';
import type { KernelStory } from '../../src/trace/kernel-story.ts';

/** Reads lines such as `0.5 BT: IDLE [ ]`: milliseconds, and what the kernel printed then. */
export function logOf(...lines: readonly string[]): KernelLog {
  const reader = new KernelLogReader();
  for (const line of lines) {
    const [, ms = '0', text = ''] = /^([\d.]+) (.*)$/.exec(line) ?? [];
    const stamp = (Number(ms) / 1000).toFixed(6);
    const isState = /^BT: [A-Z_0-9]+ \[/.test(text);
    reader.take(`[ ${stamp}] ${text}${isState ? ' TO=5000000 - 0' : ''}`);
  }
  return reader.end();
}

export function storyOf(...lines: readonly string[]): KernelStory {
  return kernelStory(logOf(...lines));
}

/** The log of the race that this project began with. */
export function raceLog(): KernelLog {
  const reader = new KernelLogReader();
  const text = readFileSync('test/fixtures/bt-race-2018.log', 'utf8').trimEnd();
  for (const line of text.split('\n')) reader.take(line);
  return reader.end();
}
