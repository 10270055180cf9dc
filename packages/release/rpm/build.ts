/**
 * Makes the RPM with its own Node by rpmbuild. `npm run rpm` runs it; an argument names another
 * folder for the package.
 */

import { copyFileSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { fetchNode } from '../node-release.ts';
import { OUTPUT_FOLDER, ROOT, withDraft } from '../paths.ts';
import { packageVersion, packager, releaseOf } from '../package-version.ts';
import type { Release } from '../package-version.ts';
import { runTool } from '../tool.ts';
import { RPM, layOutTree } from '../tree.ts';

const NAME = 'ipmi-bt-standalone';
const SPEC = join(ROOT, 'packages/release/rpm', `${NAME}.spec`);
const ARCHITECTURE = 'x86_64';

async function make(draft: string, output: string): Promise<void> {
  const release = releaseOf();
  const tree = join(draft, 'tree');
  await layOutTree(tree, { release, package: NAME, distribution: RPM, node: fetchNode() });
  const defines = Object.entries(definesOf(release, draft)).flatMap(([name, value]) => {
    return ['--define', `${name} ${value}`];
  });
  const env = { SOURCE_DATE_EPOCH: String(release.epochS) };
  runTool('rpmbuild', ['-bb', `--target=${ARCHITECTURE}`, ...defines, SPEC], { env });
  const file = `${NAME}-${packageVersion(release.version)}-1.${ARCHITECTURE}.rpm`;
  mkdirSync(output, { recursive: true });
  copyFileSync(join(draft, 'RPMS', ARCHITECTURE, file), join(output, file));
  process.stdout.write(`${resolve(output, file)}\n`);
}

/** The names that the spec expects, and those by which the same tree makes the same package. */
function definesOf(release: Release, draft: string): Readonly<Record<string, string>> {
  const [weekday = '', day, month, year] = dateOf(release).split(/[ ,]+/);
  return {
    _topdir: draft,
    tree: join(draft, 'tree'),
    release_version: packageVersion(release.version),
    release_date: `${weekday} ${month} ${day} ${year}`,
    release_packager: packager(),
    _buildhost: 'localhost',
    use_source_date_epoch_as_buildtime: '1',
    clamp_mtime_to_source_date_epoch: '1',
  };
}

/** Such as `Mon, 30 Nov 2026 00:00:00 GMT`. */
function dateOf({ epochS }: Release): string {
  return new Date(epochS * 1_000).toUTCString();
}

const [, , output = OUTPUT_FOLDER] = process.argv;
await withDraft((draft) => make(draft, output));
