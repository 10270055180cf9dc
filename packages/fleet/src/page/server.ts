/**
 * The HTTP server of the page: its files, and the stream of changes. It answers what only reads,
 * and tells browsers to run nothing but its own files, whatever a host says.
 */

import { isIPv4 } from 'node:net';

import { WebServer, send } from '../web/server.ts';
import type { Asked } from '../web/server.ts';
import type { ListenAddress } from '../web/listen.ts';
import type { Web } from '../web/web.ts';
import type { Asset } from './assets.ts';
import { VIEWERS_MAX } from './viewers.ts';
import type { Viewers } from './viewers.ts';

/** Everything that a {@link PageServer} is built from. */
export interface PageServerParts {
  readonly web: Web;
  readonly listen: ListenAddress;
  readonly assets: ReadonlyMap<string, Asset>;
  readonly viewers: Viewers;
  readonly onError: (error: unknown) => void;
}

/** The path of the stream. */
const LIVE = '/live';

/** Files of this server, and nothing else; no frame may have the page. */
const POLICY = [
  ...["default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self'"],
  ...["connect-src 'self'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"],
].join('; ');

const HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
};

/** Seconds after which a page that found no place asks again. */
const AGAIN_S = '15';

export class PageServer {
  readonly #parts: PageServerParts;
  readonly #server: WebServer;
  /** Its address is one that other hosts do not reach. */
  #isForThisHost = false;

  constructor(parts: PageServerParts) {
    const { web, onError, viewers } = parts;
    this.#parts = parts;
    this.#server = new WebServer({
      ...{ web, onError, failed: 'this failed; see the log of ipmi-bt-fleet\n' },
      listenOption: '--listen',
      route: (asked) => {
        this.#route(asked);
      },
      // Users that are none any more do not go on looking.
      onChange: () => {
        viewers.endAll();
      },
    });
  }

  /** Resolves to the port when it listens. */
  async listen(): Promise<number> {
    const { address, port } = await this.#server.listen(this.#parts.listen);
    // The system says what a name such as `ip6-localhost`, or `127.1`, stands for.
    this.#isForThisHost = isLoopback(address);
    return port;
  }

  /** True when it listens on an address that other hosts do not reach. */
  get isForThisHost(): boolean {
    return this.#isForThisHost;
  }

  /** Reads the configuration again if it has changed. */
  refresh(): void {
    this.#server.refresh();
  }

  /** Ends the streams with a last message, then all connections. */
  async close(): Promise<void> {
    this.#parts.viewers.close();
    await this.#server.close();
  }

  #route(asked: Asked): void {
    const { assets } = this.#parts;
    const { path, request, response } = asked;
    for (const [name, text] of Object.entries(HEADERS)) {
      // Those of the web configuration come first.
      if (!response.hasHeader(name)) response.setHeader(name, text);
    }
    const asset = assets.get(path);
    if (this.#isForThisHost && !this.#isOwnName(hostOf(request.headers.host))) {
      send(response, { status: 421, text: 'this server is asked as localhost alone\n' });
    } else if (path === LIVE) {
      this.#live(asked);
    } else if (asset === undefined) {
      send(response, { status: 404, text: 'the page is at /\n' });
    } else {
      const { type, body } = asset;
      send(response, { status: 200, text: body, headers: { 'content-type': type } });
    }
  }

  /** The name under which it was told to listen is its own, too. */
  #isOwnName(name: string): boolean {
    return isLoopback(name) || name === this.#parts.listen.host?.toLowerCase();
  }

  #live({ request, response }: Asked): void {
    const { viewers } = this.#parts;
    // It has left while its password was looked at, and says so no more.
    if (response.destroyed) return;
    if (viewers.count >= VIEWERS_MAX) {
      const text = `${VIEWERS_MAX} pages look on already; try again later\n`;
      send(response, { status: 503, text, headers: { 'retry-after': AGAIN_S } });
      return;
    }
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
    if (request.method === 'HEAD') response.end();
    else viewers.add(response);
  }
}

/**
 * True for a name that means this host. A page of another site can have its own name mean
 * 127.0.0.1, and would read what a server there answers.
 */
export function isLoopback(host: string | undefined): boolean {
  if (host === undefined) return false;
  const address = host.replace(/^::ffff:/, '');
  if (isIPv4(address)) return address.startsWith('127.');
  return host === 'localhost' || host === '::1';
}

/** The name in a header `Host`. */
function hostOf(header = ''): string {
  const [, bracketed, plain] = /^(?:\[(.*)\]|([^:]*))(?::\d*)?$/.exec(header) ?? [];
  return (bracketed ?? plain ?? '').toLowerCase();
}
