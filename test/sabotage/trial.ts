/**
 * One trial: a copy of the project in which a fault is put, the named tests run, and the fault is
 * taken out again.
 */

import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';

import { ROOT } from '../support/source-code.ts';
import { sabotaged } from './sabotage.ts';
import type { Sabotage } from './sabotage.ts';

/** Not copied: large, or not of the project. The first two are linked. */
const LINKED = ['node_modules', '.cache'];
const LEFT_OUT = [...LINKED, '.git', '.stryker-tmp'];

/** The programs that build. */
const BUILDERS = { addon: 'native/build.mjs', bundle: 'esbuild.config.mjs' } as const;

const CONFIG = 'vitest-sabotage.config.ts';
const GUEST_CONFIG = 'vitest-vm.config.ts';

/** What vitest's JSON report says of one test. */
interface TestResult {
  readonly fullName: string;
  readonly status: string;
}

interface Report {
  readonly testResults: readonly { readonly assertionResults: readonly TestResult[] }[];
}

/** Tests to run. */
export interface Selection {
  readonly files: readonly string[];
  /** Of their tests, those whose name has this text; all of them when absent. */
  readonly title?: string | undefined;
  readonly isGuest: boolean;
}

export class Copy {
  readonly #folder: string;

  constructor() {
    this.#folder = mkdtempSync(join(tmpdir(), 'ipmi-bt-sabotage-'));
    cpSync(ROOT, this.#folder, {
      recursive: true,
      filter: (path) => !LEFT_OUT.includes(relative(ROOT, path)),
    });
    for (const name of LINKED) symlinkSync(join(ROOT, name), join(this.#folder, name));
  }

  /** Runs tests; resolves to what became of each that was run. */
  async run({ files, title, isGuest }: Selection): Promise<readonly TestResult[]> {
    const report = join(this.#folder, 'sabotage.json');
    rmSync(report, { force: true });
    await this.#node('node_modules/vitest/vitest.mjs', [
      ...['run', '--root', this.#folder, '--config', isGuest ? GUEST_CONFIG : CONFIG],
      ...['--reporter=json', `--outputFile=${report}`, '--maxWorkers=1'],
      // In one word: a title may begin with a dash.
      ...(title === undefined ? [] : [`--testNamePattern=${patternOf(title)}`]),
      ...files,
    ]);
    const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as Report;
    const results = testResults.flatMap(({ assertionResults }) => assertionResults);
    return results.filter(({ status }) => status === 'passed' || status === 'failed');
  }

  /** Puts the fault in, has `work` done, and takes it out. */
  async with<T>(fault: Sabotage, work: () => Promise<T>): Promise<T> {
    const path = join(this.#folder, fault.file);
    const source = readFileSync(path, 'utf8');
    writeFileSync(path, sabotaged(source, fault));
    try {
      await this.build(fault);
      return await work();
    } finally {
      writeFileSync(path, source);
      await this.build(fault);
    }
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true });
  }

  /** Builds what the fault is in, where that is built. */
  async build({ file, needs }: Sabotage): Promise<void> {
    // The addon of a guest is built as well.
    const built = file.endsWith('.cc') ? 'addon' : needs;
    if (built !== 'addon' && built !== 'bundle') return;
    const code = await this.#node(BUILDERS[built], []);
    if (code !== 0) throw new Error(`the ${built} cannot be built in ${this.#folder}`);
  }

  /** Runs a program of the copy and resolves to its exit code; its output is dropped. */
  async #node(program: string, args: readonly string[]): Promise<number | null> {
    const child = spawn(process.execPath, [join(this.#folder, program), ...args], {
      cwd: this.#folder,
      stdio: 'ignore',
      // In CI a failure to build the addon is one.
      env: { ...process.env, CI: 'true' },
    });
    return await new Promise((resolve, reject) => {
      child.on('error', reject).on('exit', resolve);
    });
  }
}

/** A regular expression for a text. */
function patternOf(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
