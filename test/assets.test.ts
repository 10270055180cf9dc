/** The texts that the build puts beside the program. */

import { expect, test } from 'vitest';

import { readAsset } from '../src/assets.ts';

test.each(['uplot.js', 'uplot.css'] as const)(
  '%s fits into a page, with its licence',
  async (name) => {
    const text = await readAsset(name);

    expect(text).toMatch(/^\/\*!\nuPlot\n\nThe MIT License \(MIT\)\n\nCopyright \(c\) /);
    expect(text).toContain('THE SOFTWARE IS PROVIDED "AS IS"');
    expect(text).not.toMatch(/<\/(script|style)|<!--|[^\0-\x7f]/i);
    expect(text).not.toMatch(/https?:\/\//);
  },
);
