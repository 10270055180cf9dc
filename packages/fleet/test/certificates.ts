/** Certificates of a test: made by openssl, in a folder. */

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** The usual key, on the curve that browsers and servers have. */
const EC_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];

/** Makes `NAME.crt` and `NAME.key`, for the addresses and signed by itself. */
export function makeCertificate(
  folder: string,
  name: string,
  addresses: readonly string[] = ['127.0.0.1'],
): void {
  make(folder, name, { addresses, newKey: EC_KEY });
}

/** The same for 127.0.0.1, with a key of that type: `rsa:2048`, `ed25519`. */
export function makeCertificateOfType(folder: string, name: string, type: string): void {
  make(folder, name, { addresses: ['127.0.0.1'], newKey: ['-newkey', type] });
}

function make(
  folder: string,
  name: string,
  {
    addresses,
    newKey,
  }: { readonly addresses: readonly string[]; readonly newKey: readonly string[] },
): void {
  const files = ['-keyout', join(folder, `${name}.key`), '-out', join(folder, `${name}.crt`)];
  const names = addresses.map((address) => `IP:${address}`).join(',');
  const subject = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=${names}`];
  const args = ['req', '-x509', '-days', '2', ...newKey, '-nodes', ...files, ...subject];
  execFileSync('openssl', args, { stdio: 'pipe' });
}
