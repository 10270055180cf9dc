/** Certificates of a test: made by openssl, in a folder. */

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** Makes `NAME.crt` and `NAME.key`, for the addresses and signed by itself. */
export function makeCertificate(
  folder: string,
  name: string,
  addresses: readonly string[] = ['127.0.0.1'],
): void {
  const files = ['-keyout', join(folder, `${name}.key`), '-out', join(folder, `${name}.crt`)];
  const names = addresses.map((address) => `IP:${address}`).join(',');
  const subject = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=${names}`];
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const args = ['req', '-x509', '-days', '2', ...key, ...files, ...subject];
  execFileSync('openssl', args, { stdio: 'pipe' });
}
