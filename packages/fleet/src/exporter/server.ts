/** The HTTP or HTTPS server that Prometheus scrapes. */

import { WebServer, send } from '../web/server.ts';
import type { Asked } from '../web/server.ts';
import type { ListenAddress } from '../web/listen.ts';
import type { Web } from '../web/web.ts';
import type { Exposition } from './exposition.ts';
import { TIMEOUT_HEADER, budgetMsOf } from './scrape-timeout.ts';
import type { ScrapeTimes } from './scrape-timeout.ts';
import type { ScrapeLimits } from './scraper.ts';

/** Everything that an {@link ExporterServer} is built from. */
export interface ServerParts {
  readonly scrape: (limits: ScrapeLimits) => Promise<Exposition>;
  readonly web: Web;
  readonly times: ScrapeTimes;
  /** Path of the metrics. */
  readonly path: string;
  readonly onError: (error: unknown) => void;
}

/** Serves the metrics. */
export class ExporterServer {
  readonly #parts: ServerParts;
  readonly #server: WebServer;

  constructor(parts: ServerParts) {
    const { web, onError } = parts;
    this.#parts = parts;
    this.#server = new WebServer({
      ...{ web, onError, route: (asked) => this.#route(asked) },
      listenOption: '--web.listen-address',
      failed: 'the scrape failed; see the log of the exporter\n',
    });
  }

  /** Resolves to the port when it listens. */
  async listen(address: ListenAddress): Promise<number> {
    const { port } = await this.#server.listen(address);
    return port;
  }

  /** Ends all connections, and resolves when it listens no more. */
  async close(): Promise<void> {
    await this.#server.close();
  }

  async #route(asked: Asked): Promise<void> {
    const { path } = this.#parts;
    const { response } = asked;
    if (asked.path === path) {
      await this.#metrics(asked);
    } else if (asked.path === '/') {
      send(response, { status: 200, text: `ipmi-bt-exporter: the metrics are at ${path}\n` });
    } else {
      send(response, { status: 404, text: `the metrics are at ${path}\n` });
    }
  }

  async #metrics({ request, response }: Asked): Promise<void> {
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
