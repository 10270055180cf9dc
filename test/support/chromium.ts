/**
 * A headless Chromium that a test drives over the DevTools protocol, through two pipes. The browser
 * and its profile are gone when the test file is over.
 */

import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';

import { programPath } from './program-path.ts';

const PROGRAM = 'chromium';

/** Root has no sandbox; and nothing is to be asked of a network. */
const ARGS = [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--remote-debugging-pipe'],
  ...['--disable-dev-shm-usage', '--no-first-run', '--disable-background-networking'],
  ...['--disable-component-update', '--disable-sync', '--hide-scrollbars'],
];

/** A message of the protocol that tells of something, or answers. */
interface DevToolsEvent {
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
}

interface Message extends Partial<DevToolsEvent> {
  readonly id?: number;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly message: string };
}

/** Starts a browser with one page; the caller owes it a `close()`. */
export async function startChromium(): Promise<Chromium> {
  const program = programPath(PROGRAM);
  if (program === undefined) throw new Error(`${PROGRAM} is not installed`);
  const chromium = new Chromium(program);
  await chromium.attach();
  return chromium;
}

export class Chromium {
  /** All that the page has told, in order. */
  readonly events: DevToolsEvent[] = [];
  readonly #profile = mkdtempSync(join(tmpdir(), 'ipmi-bt-chromium-'));
  readonly #process: ChildProcess;
  readonly #waiting = new Map<number, PromiseWithResolvers>();
  readonly #listeners = new Set<(event: DevToolsEvent) => void>();
  #stderr = '';
  #session: string | undefined;
  #lastId = 0;
  #rest = '';

  constructor(program: string) {
    this.#process = spawn(program, [...ARGS, `--user-data-dir=${this.#profile}`, 'about:blank'], {
      stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'],
    });
    this.#process.stderr?.on('data', (text: Buffer) => (this.#stderr += text.toString()));
    this.#process.once('error', (error) => this.#end(error));
    this.#process.once('exit', () => this.#end(new Error(`Chromium ended: ${this.#stderr}`)));
    const output = this.#process.stdio[4] as Readable;
    output.setEncoding('utf8').on('data', (text: string) => this.#receive(text));
    (this.#process.stdio[3] as Writable).on('error', () => undefined);
  }

  async attach(): Promise<void> {
    const { targetId } = await this.send('Target.createTarget', { url: 'about:blank' });
    const attached = await this.send('Target.attachToTarget', { targetId, flatten: true });
    this.#session = String(attached['sessionId']);
    for (const domain of ['Page', 'Network', 'Runtime', 'Log']) await this.send(`${domain}.enable`);
  }

  /** Calls a method of the protocol, of the page once there is one. */
  async send(
    method: string,
    params: Readonly<Record<string, unknown>> = {},
  ): Promise<Readonly<Record<string, unknown>>> {
    const id = (this.#lastId += 1);
    const session = this.#session === undefined ? {} : { sessionId: this.#session };
    const answer = new Promise<Readonly<Record<string, unknown>>>((resolve, reject) => {
      this.#waiting.set(id, { method, resolve, reject });
    });
    const message = JSON.stringify({ id, method, params, ...session });
    (this.#process.stdio[3] as Writable).write(`${message}\0`);
    return answer;
  }

  /** Shows a page, and waits until it has loaded. */
  async show(url: string): Promise<void> {
    const loaded = this.#next('Page.loadEventFired');
    await this.send('Page.navigate', { url });
    await loaded;
  }

  /** Value of an expression in the page; a promise is waited for. */
  async evaluate(expression: string): Promise<unknown> {
    const options = { expression, returnByValue: true, awaitPromise: true };
    const answer = await this.send('Runtime.evaluate', options);
    if ('exceptionDetails' in answer) throw new Error(JSON.stringify(answer['exceptionDetails']));
    return (answer['result'] as { readonly value?: unknown }).value;
  }

  async close(): Promise<void> {
    const hasEnded = this.#process.exitCode !== null || this.#process.signalCode !== null;
    if (!hasEnded) {
      const ended = once(this.#process, 'exit');
      // Its other processes end with it, where SIGKILL would leave them to notice that it is gone.
      await this.send('Browser.close');
      await ended;
    }
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 10 });
  }

  #next(method: string): Promise<void> {
    return new Promise((resolve) => {
      const listener = (event: DevToolsEvent): void => {
        if (event.method !== method) return;
        this.#listeners.delete(listener);
        resolve();
      };
      this.#listeners.add(listener);
    });
  }

  #receive(text: string): void {
    const messages = (this.#rest + text).split('\0');
    this.#rest = messages.pop() ?? '';
    for (const message of messages) this.#take(JSON.parse(message) as Message);
  }

  #take({ id, method, params = {}, result = {}, error }: Message): void {
    if (method !== undefined) {
      this.events.push({ method, params });
      for (const listener of this.#listeners) listener({ method, params });
    }
    const waiting = this.#waiting.get(id ?? 0);
    if (id === undefined || waiting === undefined) return;
    this.#waiting.delete(id);
    if (error === undefined) waiting.resolve(result);
    else waiting.reject(new Error(`${waiting.method}: ${error.message}`));
  }

  #end(error: Error): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}

interface PromiseWithResolvers {
  readonly method: string;
  readonly resolve: (result: Readonly<Record<string, unknown>>) => void;
  readonly reject: (error: Error) => void;
}
