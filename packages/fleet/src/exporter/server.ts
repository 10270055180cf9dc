/** The HTTP or HTTPS server that Prometheus scrapes. */

import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { Server as SecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';

import type { Exposition } from './exposition.ts';
import { TIMEOUT_HEADER, budgetMsOf } from './scrape-timeout.ts';
import type { ScrapeTimes } from './scrape-timeout.ts';
import type { ScrapeLimits } from './scraper.ts';
import type { Web } from './web.ts';

/** Everything that an {@link ExporterServer} is built from. */
export interface ServerParts {
  readonly scrape: (limits: ScrapeLimits) => Promise<Exposition>;
  readonly web: Web;
  readonly times: ScrapeTimes;
  /** Path of the metrics. */
  readonly path: string;
  readonly onError: (error: unknown) => void;
}

/** The place where it listens. */
export interface ListenAddress {
  /** Undefined for all addresses of the host. */
  readonly host: string | undefined;
  /** 0 for one that is free. */
  readonly port: number;
}

/** Connections at once; a fleet has a few servers that scrape a host. */
const CONNECTIONS_MAX = 128;

const TEXT = 'text/plain; charset=utf-8';

/** A response without metrics. */
interface Short {
  readonly status: number;
  readonly text: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Serves the metrics. */
export class ExporterServer {
  readonly #parts: ServerParts;
  readonly #server: Server | SecureServer;

  constructor(parts: ServerParts) {
    this.#parts = parts;
    const { tls } = parts.web.config;
    const answer = (request: IncomingMessage, response: ServerResponse): void => {
      void this.#answer(request, response);
    };
    this.#server = tls === undefined ? createServer(answer) : createSecureServer(tls, answer);
    this.#server.maxConnections = CONNECTIONS_MAX;
  }

  /** Resolves to the port when it listens. */
  async listen({ host, port }: ListenAddress): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, () => {
        this.#server.off('error', reject);
        this.#server.on('error', this.#parts.onError);
        resolve();
      });
    });
    return (this.#server.address() as AddressInfo).port;
  }

  /** Ends all connections, and resolves when it listens no more. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => {
        resolve();
      });
    });
    this.#server.closeAllConnections();
    await closed;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      this.#refresh();
      const { config, auth } = this.#parts.web;
      for (const [name, text] of Object.entries(config.headers)) response.setHeader(name, text);
      if (!(await auth.admits(request.headers.authorization))) send(response, UNAUTHORIZED);
      else await this.#route(request, response);
    } catch (error) {
      this.#parts.onError(error);
      send(response, { status: 500, text: 'the scrape failed; see the log of the exporter\n' });
    }
  }

  /** New certificates are for the connections that follow. */
  #refresh(): void {
    const { web } = this.#parts;
    if (!web.refresh()) return;
    const { tls } = web.config;
    if (tls !== undefined && 'setSecureContext' in this.#server) this.#server.setSecureContext(tls);
  }

  async #route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { path } = this.#parts;
    const [pathname] = (request.url ?? '').split('?');
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      send(response, { status: 405, text: 'only GET\n', headers: { allow: 'GET, HEAD' } });
    } else if (pathname === path) {
      await this.#metrics(request, response);
    } else if (pathname === '/') {
      send(response, { status: 200, text: `ipmi-bt-exporter: the metrics are at ${path}\n` });
    } else {
      send(response, { status: 404, text: `the metrics are at ${path}\n` });
    }
  }

  async #metrics(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const header = request.headers[TIMEOUT_HEADER]?.toString();
    const budgetMs = budgetMsOf(header, this.#parts.times);
    if (budgetMs === undefined) {
      send(response, { status: 400, text: `${TIMEOUT_HEADER} is no number of seconds\n` });
      return;
    }
    const gone = new AbortController();
    response.on('close', () => {
      gone.abort();
    });
    const { contentType, text } = await this.#parts.scrape({ budgetMs, signal: gone.signal });
    send(response, { status: 200, text, headers: { 'content-type': contentType } });
  }
}

const UNAUTHORIZED: Short = {
  status: 401,
  text: 'Unauthorized\n',
  headers: { 'www-authenticate': 'Basic' },
};

/** Node leaves the text out in answer to HEAD. */
function send(response: ServerResponse, { status, text, headers = {} }: Short): void {
  if (response.headersSent || response.destroyed) return;
  const length = Buffer.byteLength(text);
  response.writeHead(status, { 'content-type': TEXT, 'content-length': length, ...headers });
  response.end(text);
}
