/**
 * The folders of `src/` stand in one order, and a file imports only from its own folder and from
 * those before it; `ipmi-bt` is imported by its name alone.
 */

import { readFileSync, readdirSync } from 'node:fs';
import { join, posix } from 'node:path';

import { expect, test } from 'vitest';

import { nonEmpty, offenders } from '../../../test/support/lists.ts';

const SOURCES = join(import.meta.dirname, '../src');

/** Files of `src/` itself come first, but for the entry of the package, which comes last. */
const ORDER = [
  '.',
  'disk',
  'nats',
  'interface',
  'web',
  'exporter',
  'events',
  'agent',
  'fleet',
  'page',
  'browser',
  'fleet-tool',
];

interface Step {
  readonly file: string;
  readonly from: string;
}

function folderOf(path: string): string {
  return path.includes('/') ? (path.split('/')[0] ?? '') : '.';
}

const files = nonEmpty(
  readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  ),
);

const steps: readonly Step[] = files.flatMap((file) => {
  const text = readFileSync(join(SOURCES, file), 'utf8');
  const found = [...text.matchAll(/\b(?:from|import\()\s*'(\.[^']*)'/g)];
  return found.map(([, path = '']) => ({ file, from: posix.join(posix.dirname(file), path) }));
});

test('each folder has its place', () => {
  const folders = new Set(files.map(folderOf));

  expect([...folders].sort()).toEqual([...ORDER].sort());
});

test('no file imports from a folder behind its own', () => {
  const isUpward = ({ file, from }: Step): boolean =>
    file !== 'index.ts' && ORDER.indexOf(folderOf(from)) > ORDER.indexOf(folderOf(file));

  expect(steps.length).toBeGreaterThan(files.length);
  expect(offenders(steps, isUpward)).toEqual([]);
});

test('nothing comes from outside but by the name of its package', () => {
  expect(offenders(steps, ({ from }) => from.startsWith('..'))).toEqual([]);
});

test('the scripts of the page take types alone from what runs on the server', () => {
  const scripts = files.filter((file) => folderOf(file) === 'browser');
  const isTaken = (file: string): boolean =>
    /^(?:import|export) (?!type )[^;]*'\.\.\//m.test(readFileSync(join(SOURCES, file), 'utf8'));

  expect(offenders(scripts, isTaken)).toEqual([]);
});

test('an exporter, an agent and the tool know nothing of each other', () => {
  const programs = ['exporter', 'agent', 'fleet-tool'];
  const isMixed = ({ file, from }: Step): boolean =>
    programs.includes(folderOf(file)) &&
    programs.includes(folderOf(from)) &&
    folderOf(file) !== folderOf(from);

  expect(offenders(steps, isMixed)).toEqual([]);
});
