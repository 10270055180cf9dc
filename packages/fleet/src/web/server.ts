/**
 * An HTTP or HTTPS server that only reads: GET and HEAD, for the users of the web configuration,
 * with its headers. What it answers is the caller's.
 */

import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { Server as SecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';

import { listenError } from './listen.ts';
import type { ListenAddress } from './listen.ts';
import type { Web } from './web.ts';

/** Everything that a {@link WebServer} is built from. */
export interface WebServerParts {
  readonly web: Web;
  /** The option that names the address, for the error of one that cannot be had. */
  readonly listenOption: string;
  /** Answers a GET or a HEAD of a user; the path is without its query. */
  readonly route: (asked: Asked) => Promise<void> | void;
  /** The text of the answer to a request that failed. */
  readonly failed: string;
  readonly onError: (error: unknown) => void;
  /** Told that another configuration is in force. */
  readonly onChange?: () => void;
}

/** A request that may be answered. */
export interface Asked {
  readonly path: string;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** A response that is sent whole. */
export interface Short {
  readonly status: number;
  readonly text: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Connections at once; a fleet has a few servers and people that look at a host. */
const CONNECTIONS_MAX = 128;

const TEXT = 'text/plain; charset=utf-8';

const UNAUTHORIZED: Short = {
  status: 401,
  text: 'Unauthorized\n',
  headers: { 'www-authenticate': 'Basic' },
};

const ONLY_GET: Short = { status: 405, text: 'only GET\n', headers: { allow: 'GET, HEAD' } };

/** Listens, and lets those requests through that may be answered. */
export class WebServer {
  readonly #parts: WebServerParts;
  readonly #server: Server | SecureServer;

  constructor(parts: WebServerParts) {
    this.#parts = parts;
    const { tls } = parts.web.config;
    const answer = (request: IncomingMessage, response: ServerResponse): void => {
      void this.#answer(request, response);
    };
    this.#server = tls === undefined ? createServer(answer) : createSecureServer(tls, answer);
    this.#server.maxConnections = CONNECTIONS_MAX;
  }

  /** Resolves to the address as the system has it; rejects with a `ListenError`. */
  async listen(address: ListenAddress): Promise<AddressInfo> {
    const { host, port } = address;
    await new Promise<void>((resolve, reject) => {
      const refuse = (error: Error): void => {
        reject(listenError(address, this.#parts.listenOption, error));
      };
      this.#server.once('error', refuse);
      this.#server.listen(port, host, () => {
        this.#server.off('error', refuse);
        this.#server.on('error', this.#parts.onError);
        resolve();
      });
    });
    return this.#server.address() as AddressInfo;
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

  /** Reads the configuration again if it has changed, as each request does. */
  refresh(): void {
    const { web, onChange } = this.#parts;
    if (!web.refresh()) return;
    const { tls } = web.config;
    // New certificates are for the connections that follow.
    if (tls !== undefined && 'setSecureContext' in this.#server) this.#server.setSecureContext(tls);
    onChange?.();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { web, route, failed, onError } = this.#parts;
    try {
      this.refresh();
      const { headers } = web.config;
      for (const [name, text] of Object.entries(headers)) response.setHeader(name, text);
      const isAdmitted = await web.auth.admits(request.headers.authorization);
      const [path = ''] = (request.url ?? '').split('?');
      if (!isAdmitted) send(response, UNAUTHORIZED);
      else if (request.method !== 'GET' && request.method !== 'HEAD') send(response, ONLY_GET);
      else await route({ path, request, response });
    } catch (error) {
      onError(error);
      send(response, { status: 500, text: failed });
    }
  }
}

/** Sends a response, unless one was begun. Node leaves the text out in answer to HEAD. */
export function send(response: ServerResponse, { status, text, headers = {} }: Short): void {
  if (response.headersSent || response.destroyed) return;
  const length = Buffer.byteLength(text);
  response.writeHead(status, { 'content-type': TEXT, 'content-length': length, ...headers });
  response.end(text);
}
