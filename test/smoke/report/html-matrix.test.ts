/** Cells of the matrix that disagree. */

import { describe, expect, test } from 'vitest';

import { differingRows } from '../../../src/smoke/report/html-matrix.ts';

describe('the rows that differ', () => {
  test.each<readonly [string, readonly string[], readonly number[]]>([
    ['none when all agree', ['BT', 'BT', 'BT'], []],
    ['the one that most contradict', ['I/O 0xce4', 'memory 0xce4', 'I/O 0xce4'], [1]],
    ['all when there is no majority', ['1', '4'], [0, 1]],
    ['none for sources that say nothing', ['6', '-', '', 'not shown', 'none (0)', 'unknown'], []],
    ['none for a remark', ['I/O 0xce4', 'I/O 0xce4 (BT_CTRL 0x00)'], []],
    ['none for the end of a range', ['I/O 0xce4', 'I/O 0xce4-0xce6'], []],
    ['one behind a remark', ['0xce4', '0xce4 (a)', '0xca2 (a)'], [2]],
    ['the registers that are no BT', ['BT', 'BT', 'not BT'], [2]],
    ['none of no rows', [], []],
  ])('%s', (_, cells, rows) => {
    expect([...differingRows(cells)].sort()).toEqual(rows);
  });
});
