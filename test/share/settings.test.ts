/** Settings that several processes need at one time, with real files and locks. */

import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';

import { loadNative } from '../../src/native.ts';
import { silentLog } from '../../src/log.ts';
import {
  SETTING_NAMES,
  closeSettings,
  ownSetting,
  ownSettings,
  sharedSettings,
} from '../../src/share/settings.ts';
import type { Setting } from '../../src/share/settings.ts';
import { noNative } from '../support/fake-native.ts';
import { tempFolder } from '../support/temp-folder.ts';

/** As many processes as are asked for, as far as their locks are concerned. */
function processes(load = loadNative) {
  const folder = tempFolder();
  const warned: unknown[] = [];
  const log = { ...silentLog, warn: (fields: object, text: string) => warned.push([text, fields]) };
  const start = (): Setting => {
    const settings = sharedSettings({ base: 0xce4, folder, load, log });
    onTestFinished(() => {
      closeSettings(settings);
    });
    return settings.enable2;
  };
  const path = join(folder, 'bt-0xce4.enable2');
  return { folder, path, warned, start };
}

describe.each([
  ['with the addon', loadNative],
  ['with flock of util-linux', noNative],
])('a setting that was off (%s)', (_, load) => {
  test('is turned off by the last that needs it, whoever turned it on', () => {
    const { start } = processes(load);
    const [one, two, three] = [start(), start(), start()];
    one.need(false);
    two.need(true);
    three.need(true);

    expect(one.release()).toBe('needed');
    expect(three.release()).toBe('needed');
    expect(two.release()).toBe('ours');
    two.settle(true);
    expect(two.release()).toBe('needed');
    expect([one, two, three].map((each) => each.isNeeded)).toEqual([false, false, false]);
  });
});

test.each([
  ['cut off', (path: string) => writeFileSync(path, '')],
  ['altered', (path: string) => writeFileSync(path, 'yes\n')],
])('a record that was %s is no loss: the last process remembers it', (_, damage) => {
  const { start, path } = processes();
  const [one, two] = [start(), start()];
  one.need(false);
  two.need(true);
  damage(path);

  expect([one.release(), two.release()]).toEqual(['needed', 'ours']);
  two.settle(true);
  two.need(true);
  expect(two.release()).toBe('found');
});

test('a setting that was on is left on, although a restarted BMC had to be told again', () => {
  const { start } = processes();
  const [one, two] = [start(), start()];
  one.need(true);
  two.need(false);
  one.need(false);

  expect(two.release()).toBe('needed');
  expect(one.release()).toBe('found');
});

test('a process that was killed needs nothing, and what it turned on is turned off', () => {
  const { start } = processes();
  const [killed, next] = [start(), start()];
  killed.need(false);
  // As the kernel does.
  killed.close();

  next.need(true);

  expect(next.release()).toBe('ours');
});

test('a setting that could not be turned off is turned off by the next process', () => {
  const { start } = processes();
  const [one, two] = [start(), start()];
  one.need(false);
  expect(one.release()).toBe('ours');
  one.settle(false);

  two.need(true);
  expect(two.release()).toBe('ours');
  two.settle(true);

  one.need(true);
  expect(one.release()).toBe('found');
});

test('no other process begins to need a setting that is being turned off', () => {
  const { start } = processes();
  const [one, two] = [start(), start()];
  one.need(false);
  one.release();

  two.need(true);
  expect(two.isNeeded).toBe(false);
  one.settle(true);
  two.need(false);

  expect(two.isNeeded).toBe(true);
  expect(two.release()).toBe('ours');
});

test('a setting that another program has turned on meanwhile is left on', () => {
  const { start, path } = processes();
  const [one, two] = [start(), start()];
  one.need(false);
  two.need(true);
  expect([one.release(), two.release(), one.release()]).toEqual(['needed', 'ours', 'needed']);
  two.settle(true);
  expect(readFileSync(path, 'utf8')).toBe('');

  one.need(true);
  expect(one.release()).toBe('found');
});

test('a setting that is closed before it is settled stays on record', () => {
  const { start, path, warned } = processes();
  const one = start();
  one.need(false);
  one.release();
  one.close();
  one.settle(true);

  expect([readFileSync(path, 'utf8'), warned]).toEqual(['on\n', []]);
});

test('what is not needed is not released, and a closed setting is never needed', () => {
  const { start, path } = processes();
  const one = start();
  expect(one.release()).toBe('needed');
  one.close();
  one.need(false);

  expect([one.isNeeded, one.release(), existsSync(path)]).toEqual([false, 'needed', false]);
});

describe('a file that cannot be used is logged, and the setting is needed and left on:', () => {
  test('a link, which is not followed', () => {
    const { folder, path, warned, start } = processes();
    const target = join(folder, 'target');
    writeFileSync(target, 'precious');
    symlinkSync(target, path);
    const one = start();

    one.need(false);

    expect([one.isNeeded, one.release()]).toEqual([true, 'needed']);
    expect(readFileSync(target, 'utf8')).toBe('precious');
    expect(warned).toContainEqual([
      'setting not shared',
      { setting: 'enable2', error: expect.stringContaining('ELOOP') as string },
    ]);
  });

  test('a folder', () => {
    const { path, warned, start } = processes();
    mkdirSync(path);
    const one = start();

    one.need(false);

    expect([one.isNeeded, one.release()]).toEqual([true, 'needed']);
    expect(warned).not.toEqual([]);
  });
});

test('the file is for its owner alone', () => {
  const { path, start } = processes();
  start().need(false);

  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readFileSync(path, 'utf8')).toBe('on\n');
});

test('without other processes a setting is remembered alone', () => {
  const one = ownSetting();
  one.need(false);
  one.need(true);
  expect([one.isNeeded, one.release()]).toEqual([true, 'ours']);
  one.settle(true);
  one.need(true);
  expect(one.release()).toBe('found');
  one.need(false);
  one.close();
  expect(one.isNeeded).toBe(false);
  expect(Object.keys(ownSettings())).toEqual([...SETTING_NAMES]);
});
