/**
 * The licences of what is bundled: it is distributed with the package, and so are they. They are in
 * `dist/licenses/`, a file a package.
 */

import { cpSync, mkdirSync, readdirSync } from 'node:fs';

const FOLDER = 'dist/licenses';

/** Compiled into the addon, and copied into reports: no bundle tells of them. */
export const OTHERWISE = ['node-addon-api', 'uplot'];

/** The packages of which a bundle has code. */
export function packagesIn({ outputs }) {
  const inputs = Object.values(outputs).flatMap((output) =>
    Object.entries(output.inputs)
      .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
      .map(([path]) => path),
  );
  const named = [...inputs.join('\n').matchAll(/^node_modules\/((?:@[^/]+\/)?[^/]+)\//gm)];
  return new Set(named.map(([, name]) => name));
}

export function copyLicenses(names) {
  mkdirSync(FOLDER, { recursive: true });
  for (const name of names) {
    const folder = `node_modules/${name}`;
    const license = readdirSync(folder).find((file) => /^licen[cs]e/i.test(file));
    if (license === undefined) throw new Error(`${name} has no file with its licence`);
    cpSync(`${folder}/${license}`, `${FOLDER}/${name.replace('/', '-')}`);
  }
}
