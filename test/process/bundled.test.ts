/**
 * Programs that esbuild made one file of, with the library in it or beside it. A bundle is in
 * another folder than the addon, and in CommonJS it has no `import.meta.url`.
 */

import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { build } from 'esbuild';
import { describe, expect, test } from 'vitest';

import { tempFolder } from '../support/temp-folder.ts';

const PREBUILDS = resolve('prebuilds');

/** Without a compiler there is no addon, which is no failure except in CI. */
const canLoad = existsSync(PREBUILDS) || process.env['CI'] === 'true';

const PROGRAM = `
import { open } from 'ipmi-bt';
import { SimBmc } from 'ipmi-bt/sim';

async function main() {
  const sim = new SimBmc();
  const device = await open({ base: sim.base, port: sim });
  console.log((await device.request({ netFn: 6, cmd: 1 })).completionCode);
  await device.close();
  // Ports of the interrupt controller, which are refused before any is read.
  const error = await open({ base: 0x20, port: 'native', timeoutMs: 1 }).catch((one) => one);
  console.log(/addon cannot be loaded: (.*)/.exec(error.message)?.[1] ?? 'the addon was loaded');
}
void main();
`;

const FORMATS = [
  ['cjs', 'cjs'],
  ['esm', 'mjs'],
] as const;

/** How a program is bundled. */
interface Bundle {
  readonly format: 'cjs' | 'esm';
  readonly extension: string;
  readonly external: readonly string[];
}

/** Bundles the program in a folder of its own, where it finds the library as a package. */
async function bundle({ format, extension, external }: Bundle): Promise<string> {
  const folder = tempFolder();
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(resolve('.'), join(folder, 'node_modules/ipmi-bt'));
  writeFileSync(join(folder, 'program.mjs'), PROGRAM);
  mkdirSync(join(folder, 'out'));
  const outfile = join(folder, 'out', `bundle.${extension}`);
  await build({
    entryPoints: [join(folder, 'program.mjs')],
    outfile,
    bundle: true,
    platform: 'node',
    format,
    external: [...external],
    // What esbuild says of import.meta in CommonJS is what is tested here.
    logLevel: 'silent',
  });
  return outfile;
}

function output(file: string): { readonly lines: readonly string[]; readonly stderr: string } {
  const { stdout, stderr } = spawnSync('node', [file], { encoding: 'utf8' });
  return { lines: stdout.trimEnd().split('\n'), stderr };
}

describe.each(FORMATS)('a bundle in the format %s', (format, extension) => {
  test.runIf(canLoad)('works when the library stays external', async () => {
    const file = await bundle({ format, extension, external: ['ipmi-bt', 'ipmi-bt/*'] });

    expect(output(file)).toEqual({ lines: ['0', 'the addon was loaded'], stderr: '' });
  });

  test('works with the library in it, and says once that the addon is missing', async () => {
    const file = await bundle({ format, extension, external: [] });

    const { lines, stderr } = output(file);

    const text = `ipmi-bt was bundled into .*bundle\\.${extension}, without its addon`;
    const remedy = 'keep ipmi-bt external, as "Bundlers" in its docs/library.md shows';
    expect(lines[0]).toBe('0');
    expect(lines[1]).toMatch(new RegExp(`^${text} \\(${remedy}, or use the port type dev-port\\)`));
    expect(stderr.match(/IpmiBtWarning/g)).toHaveLength(1);
    expect(stderr).toMatch(new RegExp(`IpmiBtWarning: ${text}: ${remedy}\n`));
  });

  test.runIf(canLoad)('finds an addon that was copied to where it looks', async () => {
    const file = await bundle({ format, extension, external: [] });
    cpSync(PREBUILDS, join(file, '../../prebuilds'), { recursive: true });

    expect(output(file)).toEqual({ lines: ['0', 'the addon was loaded'], stderr: '' });
  });
});
