/** The interface to open, at a base that is named, or the first that is found. */

import { describe, expect, test } from 'vitest';

import { IpmiError } from '../../src/errors.ts';
import { list } from '../../src/index.ts';
import { openFound, openNamed, targetAt } from '../../src/registry/target.ts';
import type { Target } from '../../src/registry/target.ts';

/** Where no firmware puts a BMC: the first port of the DMA controller. */
const BLOCK = { base: 0x01, spacing: 1, count: 3 };

test('a target that the caller names has nothing from firmware', () => {
  expect(targetAt(BLOCK)).toEqual({
    block: BLOCK,
    pciDevice: undefined,
    port: undefined,
    isAnnounced: false,
  });
});

describe('openNamed()', () => {
  /** Opens at the block, with this result, and says how often and where it was tried. */
  async function attempt(result: unknown) {
    const tried: Target[] = [];
    const opened = openNamed(BLOCK, (target) => {
      tried.push(target);
      return result instanceof Error ? Promise.reject(result) : Promise.resolve(result);
    });
    const outcome = await opened.catch((error: unknown) => error);
    return { tried, outcome };
  }

  test('resolves to what is opened there', async () => {
    const { tried, outcome } = await attempt('opened');

    expect(outcome).toBe('opened');
    expect(tried).toEqual([targetAt(BLOCK)]);
  });

  test.each([
    new IpmiError('DEVICE_ABSENT', 'nothing'),
    new IpmiError('PORT_CLAIMED', 'ipmi_si'),
    new IpmiError('BMC_UNRESPONSIVE', 'silent', { outcome: 'unknown' }),
    new TypeError('DEVICE_ABSENT'),
  ])('rejects with %s itself, and tries nowhere else', async (error) => {
    const { tried, outcome } = await attempt(error);

    expect(outcome).toBe(error);
    expect(tried).toEqual([targetAt(BLOCK)]);
  });
});

test('openFound() begins with the first interface of list(), on whatever host', async () => {
  const first = (await list()).filter(({ rank }) => rank !== undefined).slice(0, 1);
  const tried: Target[] = [];

  const opened = openFound((target) => {
    tried.push(target);
    return Promise.resolve('opened');
  });

  const outcome = await opened.catch((error: unknown) => (error as IpmiError).code);
  expect(tried.map(({ block }) => block)).toEqual(
    first.map(({ base, spacing }) => ({ base, spacing, count: 3 })),
  );
  expect(first.length === 1 ? ['opened'] : ['DEVICE_ABSENT', 'PORT_DENIED']).toContain(outcome);
});
