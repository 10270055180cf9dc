/** The server over real sockets: paths, the header of Prometheus, users, TLS, new files. */

import { request as httpRequest } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { hashSync } from 'bcryptjs';
import { describe, expect, onTestFinished, test } from 'vitest';

import type { ScrapeLimits } from '../../src/exporter/scraper.ts';
import { ExporterServer } from '../../src/exporter/server.ts';
import { Web } from '../../src/web/web.ts';
import { makeCertificate, makeCertificateOfType } from '../certificates.ts';
import { tempFolder } from '../temp-folder.ts';

type Scrape = (limits: ScrapeLimits) => Promise<{ contentType: string; text: string }>;

const METRICS = { contentType: 'text/plain; version=0.0.4; charset=utf-8', text: 'a 1\n' };

/** A server that listens on a free port. */
async function serving(options: { scrape?: Scrape; webConfig?: string } = {}) {
  const errors: string[] = [];
  const onError = (error: unknown): number => errors.push(String(error));
  const limits: ScrapeLimits[] = [];
  const scrape: Scrape = options.scrape ?? (() => Promise.resolve(METRICS));
  const server = new ExporterServer({
    scrape: (one) => {
      limits.push(one);
      return scrape(one);
    },
    web: new Web({ path: options.webConfig, onError }),
    times: { timeoutS: 10, marginS: 0.5 },
    ...{ path: '/metrics', onError },
  });
  const port = await server.listen({ host: '127.0.0.1', port: 0 });
  onTestFinished(() => server.close());
  return { server, port, errors, limits };
}

interface Asked {
  readonly port: number;
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Certificate of the authority; with it, HTTPS. */
  readonly ca?: Buffer;
  readonly auth?: string;
}

interface Answered {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

async function ask({ path = '/metrics', ...options }: Asked): Promise<Answered> {
  const send = options.ca === undefined ? httpRequest : httpsRequest;
  return await new Promise((resolve, reject) => {
    const request = send({ host: '127.0.0.1', path, agent: false, ...options }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('end', () => {
        resolve({ status: response.statusCode, headers: response.headers, text });
      });
    });
    request.on('error', reject).end();
  });
}

test('gives the metrics, by the time that Prometheus says less the margin', async () => {
  const { port, limits } = await serving();
  const plain = await ask({ port });
  const headers = { 'X-Prometheus-Scrape-Timeout-Seconds': '3.000000' };
  await ask({ port, headers });

  expect(plain).toMatchObject({ status: 200, text: 'a 1\n' });
  expect(plain.headers).toMatchObject({
    'content-type': 'text/plain; version=0.0.4; charset=utf-8',
    'content-length': '4',
  });
  expect(limits.map(({ budgetMs }) => budgetMs)).toEqual([9500, 2500]);
});

test.each([
  [{ path: '/' }, 200, 'ipmi-bt-exporter: the metrics are at /metrics\n'],
  [{ path: '/metrics?x=1' }, 200, 'a 1\n'],
  [{ path: '/ipmi' }, 404, 'the metrics are at /metrics\n'],
  [{ path: '//' }, 404, 'the metrics are at /metrics\n'],
  [{ method: 'POST' }, 405, 'only GET\n'],
  [{ method: 'HEAD' }, 200, ''],
  [
    { headers: { 'x-prometheus-scrape-timeout-seconds': 'soon' } },
    400,
    'x-prometheus-scrape-timeout-seconds is no number of seconds\n',
  ],
])('%j is answered with %d', async (asked, status, text) => {
  const { port } = await serving();

  expect(await ask({ port, ...asked })).toMatchObject({ status, text });
});

test('a scrape that fails is 500 and a line in the log, and no end', async () => {
  const scrape = (): Promise<never> => Promise.reject(new Error('a bug'));
  const { port, errors } = await serving({ scrape });

  expect((await ask({ port })).status).toBe(500);
  expect((await ask({ port, path: '/' })).status).toBe(200);
  expect(errors).toEqual(['Error: a bug']);
});

test('a program that goes away aborts its scrape', async () => {
  let scraping: () => void = () => undefined;
  const begun = new Promise<void>((resolve) => (scraping = resolve));
  const aborted = new Promise<void>((resolve) => {
    const scrape: Scrape = ({ signal }) => {
      signal?.addEventListener('abort', () => {
        resolve();
      });
      scraping();
      return new Promise(() => undefined);
    };
    void serving({ scrape }).then(async ({ port }) => {
      const request = httpRequest({ host: '127.0.0.1', port, path: '/metrics' });
      request.on('error', () => undefined).end();
      await begun;
      request.destroy();
    });
  });

  await expect(aborted).resolves.toBeUndefined();
});

test('a port that is taken is an error', async () => {
  const { port } = await serving();
  const second = new ExporterServer({
    scrape: () => Promise.resolve(METRICS),
    web: new Web({ path: undefined, onError: () => undefined }),
    times: { timeoutS: 10, marginS: 0.5 },
    ...{ path: '/metrics', onError: () => undefined },
  });

  await expect(second.listen({ host: '127.0.0.1', port })).rejects.toThrow('EADDRINUSE');
});

describe('with a web configuration', () => {
  const COST = 4;
  const users = (password: string): string =>
    `basic_auth_users:\n  alice: ${hashSync(password, COST)}\n`;
  const TLS = 'tls_server_config: { cert_file: a.crt, key_file: a.key }\n';

  /** A folder with a certificate and this configuration. */
  function configured(text: string) {
    const folder = tempFolder();
    makeCertificate(folder, 'a');
    const webConfig = join(folder, 'web.yml');
    writeFileSync(webConfig, text);
    return { folder, webConfig, ca: readFileSync(join(folder, 'a.crt')) };
  }

  test('users are asked for, and headers sent, over HTTPS', async () => {
    const headers = 'http_server_config: { headers: { X-Frame-Options: deny } }\n';
    const { webConfig, ca } = configured(`${TLS}${headers}${users('secret')}`);
    const { port, limits } = await serving({ webConfig });

    const refused = await ask({ port, ca });
    expect(refused).toMatchObject({ status: 401, text: 'Unauthorized\n' });
    expect(refused.headers).toMatchObject({
      'www-authenticate': 'Basic',
      'x-frame-options': 'deny',
    });
    expect(await ask({ port, ca, auth: 'alice:wrong' })).toMatchObject({ status: 401 });
    expect(limits).toEqual([]);
    expect(await ask({ port, ca, auth: 'alice:secret' })).toMatchObject({ text: 'a 1\n' });
  });

  test('a client without a certificate is refused where one is required', async () => {
    const more = 'client_auth_type: RequireAndVerifyClientCert, client_ca_file: a.crt';
    const { folder, webConfig, ca } = configured(TLS.replace('}', `, ${more} }`));
    const { port } = await serving({ webConfig });
    const own = { cert: ca, key: readFileSync(join(folder, 'a.key')) };

    await expect(ask({ port, ca })).rejects.toThrow();
    expect(await ask({ port, ca, ...own })).toMatchObject({ status: 200 });
  });

  test('a new password is in force at once, and a wrong file changes nothing', async () => {
    const { webConfig } = configured(users('secret'));
    const { port, errors } = await serving({ webConfig });
    const statusFor = async (password: string): Promise<number | undefined> =>
      (await ask({ port, auth: `alice:${password}` })).status;

    expect(await statusFor('secret')).toBe(200);
    writeFileSync(webConfig, users('another'));
    expect([await statusFor('secret'), await statusFor('another')]).toEqual([401, 200]);
    writeFileSync(webConfig, 'basic_auth_users: { alice: plain }\n');
    expect([await statusFor('plain'), await statusFor('another')]).toEqual([401, 200]);
    writeFileSync(webConfig, TLS);
    expect(await statusFor('another')).toBe(200);
    expect(errors).toEqual([
      `WebConfigError: --web.config.file ${webConfig}: basic_auth_users: the value of alice is no hash of bcrypt`,
      `Error: --web.config.file ${webConfig}: TLS cannot be switched on or off without a restart`,
    ]);
  });

  test('a new certificate is for the connections that follow', async () => {
    const { folder, webConfig, ca } = configured(TLS);
    const { port } = await serving({ webConfig });
    await ask({ port, ca });
    makeCertificate(folder, 'b');
    copyFileSync(join(folder, 'b.key'), join(folder, 'a.key'));
    copyFileSync(join(folder, 'b.crt'), join(folder, 'a.crt'));
    // This one still meets the old certificate, and makes the server look at its files.
    await ask({ port, ca });

    await expect(ask({ port, ca })).rejects.toThrow();
    const renewed = readFileSync(join(folder, 'b.crt'));
    expect(await ask({ port, ca: renewed })).toMatchObject({ status: 200 });
  });

  test('a new certificate whose key of another type comes later waits for it', async () => {
    const { folder, webConfig, ca } = configured(TLS);
    const { port, errors } = await serving({ webConfig });
    makeCertificateOfType(folder, 'b', 'rsa:2048');
    copyFileSync(join(folder, 'b.crt'), join(folder, 'a.crt'));
    expect(await ask({ port, ca })).toMatchObject({ status: 200 });
    expect(await ask({ port, ca })).toMatchObject({ status: 200 });
    expect(errors).toEqual([
      `WebConfigError: --web.config.file ${webConfig}: tls_server_config: cert_file and key_file are no certificate and its key in PEM: the key is that of another certificate`,
    ]);
    copyFileSync(join(folder, 'b.key'), join(folder, 'a.key'));
    await ask({ port, ca });

    const renewed = readFileSync(join(folder, 'b.crt'));
    expect(await ask({ port, ca: renewed })).toMatchObject({ status: 200 });
    expect(errors).toHaveLength(1);
  });
});
