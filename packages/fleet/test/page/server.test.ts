/** The server over real sockets: its answers, its users, its end. */

import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { hashSync } from 'bcryptjs';
import { systemClock } from 'ipmi-bt';
import { expect, onTestFinished, test } from 'vitest';

import { DARK, LIGHT } from '../../../../src/smoke/report/html-style.ts';
import type { Palette } from '../../../../src/smoke/report/html-style.ts';
import { offenders } from '../../../../test/support/lists.ts';
import { readAssets } from '../../src/page/assets.ts';
import { FleetModel } from '../../src/page/model.ts';
import { PageServer, isLoopback } from '../../src/page/server.ts';
import { VIEWERS_MAX } from '../../src/page/viewers.ts';
import type { Web } from '../../src/web/web.ts';
import { tempFolder } from '../temp-folder.ts';
import { START_MS, servePage } from './rig.ts';

const BCRYPT_COST = 4;

async function serving(webConfig?: string, host = '127.0.0.1') {
  const status = { version: '1', intervalMs: 30_000, smokeIntervalMs: null };
  const model = new FleetModel({ wallMs: () => START_MS, status });
  model.add(['a']);
  const page = await servePage(model, systemClock, {
    ...{ host, ...(webConfig === undefined ? {} : { webConfig }) },
  });
  onTestFinished(() => page.server.close());
  return { ...page, model };
}

interface Asked {
  readonly port: number;
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly auth?: string;
}

interface Answered {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

async function begin({ path = '/', ...options }: Asked): Promise<IncomingMessage> {
  return await new Promise((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', path, agent: false, ...options }, resolve);
    request.on('error', reject).end();
  });
}

async function ask(asked: Asked): Promise<Answered> {
  const response = await begin(asked);
  return { status: response.statusCode, headers: response.headers, text: await textOf(response) };
}

async function textOf(response: IncomingMessage): Promise<string> {
  let text = '';
  for await (const part of response.setEncoding('utf8')) text += String(part);
  return text;
}

/** The first text of a stream that goes on. */
async function firstOf(response: IncomingMessage): Promise<string> {
  return await new Promise((resolve) => {
    response.setEncoding('utf8').once('data', resolve);
  });
}

test.each([
  ['/', 200, 'text/html; charset=utf-8'],
  ['/index.html', 200, 'text/html; charset=utf-8'],
  ['/page.js', 200, 'text/javascript; charset=utf-8'],
  ['/page.css', 200, 'text/css; charset=utf-8'],
  ['/icon.svg', 200, 'image/svg+xml'],
  ['/page.js?x=1', 200, 'text/javascript; charset=utf-8'],
  ['/tsconfig.json', 404, 'text/plain; charset=utf-8'],
  ['/../package.json', 404, 'text/plain; charset=utf-8'],
  ['/%2e%2e/package.json', 404, 'text/plain; charset=utf-8'],
  ['/metrics', 404, 'text/plain; charset=utf-8'],
])('%s: %d, %s', async (path, status, type) => {
  const { port } = await serving();
  const { headers, ...answered } = await ask({ port, path });

  expect([answered.status, headers['content-type']]).toEqual([status, type]);
  expect(headers['content-security-policy']).toBe(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; " +
      "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  );
  expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff' });
});

test.each(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE'])(
  '%s is refused',
  async (method) => {
    const { port } = await serving();
    const { status, headers } = await ask({ port, method });

    expect([status, headers.allow]).toEqual([405, 'GET, HEAD']);
  },
);

test('HEAD has the headers alone, of the stream as well', async () => {
  const { port, viewers } = await serving();

  expect(await ask({ port, method: 'HEAD' })).toMatchObject({ status: 200, text: '' });
  expect(await ask({ port, method: 'HEAD', path: '/live' })).toMatchObject({
    ...{ status: 200, text: '', headers: { 'content-type': 'text/event-stream; charset=utf-8' } },
  });
  expect(viewers.count).toBe(0);
});

test('the page names no other server, and has no script or style of its own', () => {
  const assets = [...readAssets()].map(([path, { body }]) => [path, body.toString()] as const);

  expect(assets.length).toBeGreaterThan(8);
  const foreign = /https?:\/\/(?!www\.w3\.org\/2000\/svg")|\bsrc="\/\/|url\(|@import/;
  expect(offenders(assets, ([, text]) => foreign.test(text))).toEqual([]);
  const html = assets.find(([path]) => path === '/')?.[1] ?? '';
  expect(html).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\bstyle=|\bon\w+=/);
});

test('the colours are those of the report of smoke tests', () => {
  const css = readAssets().get('/page.css')?.body.toString() ?? '';
  const [light = '', dark = ''] = css.split('prefers-color-scheme: dark');
  const wrongIn = (text: string, palette: Palette): readonly (readonly string[])[] => {
    const colours = [...text.matchAll(/--([\w-]+): (#\w+);/g)].map(([, name = '', value = '']) => {
      const camel = name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
      return [camel, value] as const;
    });
    return offenders(colours, ([name, value]) => palette[name as keyof Palette] !== value);
  };

  expect([wrongIn(light, LIGHT), wrongIn(dark, DARK)]).toEqual([[], []]);
});

test('another name for this host is refused, by which a page elsewhere could read', async () => {
  const { port } = await serving();
  const statusOf = async (host: string): Promise<number | undefined> =>
    (await ask({ port, headers: { host } })).status;

  expect(await statusOf('evil.example.org')).toBe(421);
  expect(await statusOf(`evil.example.org:${port}`)).toBe(421);
  expect(await statusOf(`LOCALHOST:${port}`)).toBe(200);
  expect(await statusOf('[::1]:9180')).toBe(200);
});

test('an address in another form is this host alone, too, and its own name is one', async () => {
  const { port, server } = await serving(undefined, '127.1');
  const statusOf = async (host: string): Promise<number | undefined> =>
    (await ask({ port, headers: { host } })).status;

  expect(server.isForThisHost).toBe(true);
  expect(await statusOf('evil.example.org')).toBe(421);
  expect([await statusOf(`127.1:${port}`), await statusOf('localhost')]).toEqual([200, 200]);
});

test.each([
  [undefined, false],
  ['::ffff:127.0.0.1', true],
  ['::ffff:192.0.2.1', false],
  ['localhost', true],
  ['127.1.2.3', true],
  ['::1', true],
  ['127.evil.org', false],
  ['192.0.2.1', false],
])('%s is this host alone: %s', (host, isIt) => {
  expect(isLoopback(host)).toBe(isIt);
});

test('a page too many is told so, and can look when another has gone', async () => {
  const { port, viewers } = await serving();
  const live = await Promise.all(
    Array.from({ length: VIEWERS_MAX }, () => begin({ port, path: '/live' })),
  );
  const refused = await ask({ port, path: '/live' });
  const gone = new Promise((resolve) => live[0]?.once('close', resolve));
  live[0]?.destroy();
  await gone;

  expect(refused).toMatchObject({ status: 503, headers: { 'retry-after': '15' } });
  await expect.poll(() => viewers.count).toBe(VIEWERS_MAX - 1);
  expect((await begin({ port, path: '/live' })).statusCode).toBe(200);
  for (const one of live) one.destroy();
});

test('one who has left while its password was looked at takes no place', async () => {
  const { viewers, web, listen, assets } = await serving();
  let admit: (isRight: boolean) => void = () => undefined;
  const looking = new Promise<boolean>((resolve) => {
    admit = resolve;
  });
  web.auth = { admits: () => looking } as unknown as Web['auth'];
  const errors: unknown[] = [];
  const onError = (error: unknown): void => void errors.push(error);
  const server = new PageServer({ web, listen, assets, viewers, onError });
  const port = await server.listen();
  onTestFinished(() => server.close());
  const begun = new Promise<ServerResponse>((resolve) => {
    const note = (message: unknown): void => {
      resolve((message as { response: ServerResponse }).response);
    };
    subscribe('http.server.request.start', note);
    onTestFinished(() => void unsubscribe('http.server.request.start', note));
  });
  const asked = httpRequest({ host: '127.0.0.1', port, path: '/live', agent: false });
  asked.on('error', () => undefined).end();
  const response = await begun;
  asked.destroy();
  await once(response, 'close');
  admit(true);
  await looking;
  await new Promise(setImmediate);

  expect([viewers.count, response.headersSent, errors]).toEqual([0, false, []]);
});

test('the end of the server is the last message of each stream, and its end', async () => {
  const { port, server } = await serving();
  const stream = await begin({ port, path: '/live' });
  const first = await firstOf(stream);
  const rest = textOf(stream);
  await server.close();

  expect(first).toContain('"host":"a"');
  expect(await rest).toBe('event: bye\ndata: {}\n\n');
});

test('users are asked for, and one who is none any more looks no longer', async () => {
  const webConfig = join(tempFolder(), 'web.yml');
  const users = (password: string): string =>
    `basic_auth_users:\n  alice: ${hashSync(password, BCRYPT_COST)}\n`;
  writeFileSync(webConfig, users('secret'));
  const { port, errors } = await serving(webConfig);
  const stream = await begin({ port, path: '/live', auth: 'alice:secret' });
  await firstOf(stream);
  const rest = textOf(stream);
  expect(await ask({ port, path: '/live' })).toMatchObject({ status: 401 });
  expect(await ask({ port, auth: 'alice:wrong' })).toMatchObject({ status: 401 });
  writeFileSync(webConfig, users('another'));

  expect(await ask({ port, auth: 'alice:secret' })).toMatchObject({ status: 401 });
  expect(await rest).toBe('event: bye\ndata: {}\n\n');
  expect(await ask({ port, auth: 'alice:another' })).toMatchObject({ status: 200 });
  expect(errors).toEqual([]);
});

test('without its files the page says what to do', () => {
  expect(() => readAssets(tempFolder())).toThrow(/has no page: build the package again/);
  expect(() => readAssets('/nowhere')).toThrow('/nowhere has no page');
});
