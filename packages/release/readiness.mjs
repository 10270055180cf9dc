/**
 * Tells what stands in the way of a release before anything is made: programs that are missing, each
 * with its Debian package, and the address to which faults of security are reported.
 */

import { accessSync, constants, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Each program that makes something, and the Debian package it is in. */
const TOOLS = JSON.parse(readFileSync(new URL('tools.json', import.meta.url), 'utf8'));

/** Domains that are no one's (RFC 2606). */
const NO_ONES = /[@./]example(\.(com|net|org))?([/:]|$)/;

function isThere(tool, path) {
  return path.split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, tool), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Throws unless all programs are on PATH; the error names each one that is not, and its package. */
export function checkTools(tools, path = process.env.PATH ?? '') {
  const lacking = [...new Set(tools)].filter((tool) => !isThere(tool, path)).sort();
  if (lacking.length === 0) return;
  const named = lacking.map((tool) => {
    if (TOOLS[tool] === undefined) throw new Error(`bug: ${tool} has no Debian package`);
    return `${tool} (Debian package ${TOOLS[tool]})`;
  });
  const packages = [...new Set(lacking.map((tool) => TOOLS[tool]))].join(' ');
  throw new Error(
    `not on PATH: ${named.join(', ')}. On Debian: apt-get install ${packages}. Nothing was made`,
  );
}

/** Throws unless the manifest says in `bugs` where a fault of security is reported. */
export function checkAddress({ bugs }) {
  const { url, email } = typeof bugs === 'string' ? { url: bugs } : (bugs ?? {});
  const addresses = [url, email].filter((text) => typeof text === 'string');
  const isAddress = (text) => /^https:\/\/\S+$|^[^\s@]+@[^\s@]+\.\w+$/.test(text);
  if (addresses.some((text) => isAddress(text) && !NO_ONES.test(text))) return;
  throw new Error(
    'package.json has no address for reports of security faults. Whoever distributes the release ' +
      'sets it, such as "bugs": { "email": "security@DOMAIN" } or { "url": "https://..." }; ' +
      'docs/security.md sends its readers there. --dry-run needs none',
  );
}
