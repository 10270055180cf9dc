/**
 * All that is in the package, and that it needs at run time: a bill of materials (CycloneDX), and a
 * list of licences. Packages that are bundled count, although they are installed for development only.
 */

import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';

const OUTPUT_BYTES_MAX = 64 * 1024 * 1024;
const DEVELOPMENT = 'cdx:npm:package:development';

function isUsed({ name, properties = [] }, bundled) {
  return bundled.includes(name) || !properties.some((property) => property.name === DEVELOPMENT);
}

export function billOfMaterials() {
  const args = ['sbom', '--sbom-format', 'cyclonedx', '--sbom-type', 'application'];
  const text = execFileSync('npm', args, { encoding: 'utf8', maxBuffer: OUTPUT_BYTES_MAX });
  const whole = JSON.parse(text);
  const bundled = readdirSync('dist/licenses');
  const components = whole.components.filter((component) => isUsed(component, bundled));
  const own = whole.metadata.component;
  const used = new Set([own, ...components].map((component) => component['bom-ref']));
  const dependencies = whole.dependencies
    .filter(({ ref }) => used.has(ref))
    .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((one) => used.has(one)) }));
  // npm names it by the folder that the clone is in.
  const metadata = { ...whole.metadata, component: { ...own, name: 'ipmi-bt' } };
  return { ...whole, metadata, components, dependencies };
}

function licenceOf({ name, licenses = [] }) {
  const names = licenses.map(({ license, expression }) => expression ?? license.id ?? license.name);
  if (names.length === 0) throw new Error(`${name} names no licence`);
  return names.join(' AND ');
}

/** A line for each package, and the texts of those that are bundled. */
export function licenceList() {
  const { metadata, components } = billOfMaterials();
  const lines = [metadata.component, ...components].map(
    (component) => `${component.name} ${component.version}: ${licenceOf(component)}`,
  );
  const texts = readdirSync('dist/licenses').map((name) => {
    const text = readFileSync(`dist/licenses/${name}`, 'utf8').trim();
    return `\n---- ${name}, which is bundled ----\n\n${text}`;
  });
  return `${[...lines, ...texts].join('\n')}\n`;
}
