/** The answers on standard output and the troubles on standard error, in the form that is asked. */

import { coalesce, gatheredText } from '../fleet/coalesce.ts';
import type { Fold } from '../fleet/coalesce.ts';
import type { HostResult } from '../fleet/gather.ts';
import { answerText, jsonLine, troubleOf } from './answer-text.ts';

/** Where a printer writes. */
export interface Printing {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly fold: Fold;
}

/** Prints results. */
export interface Printer {
  /** Told of each result as it comes. */
  add(result: HostResult): void;
  /** Prints what waits for all results. */
  end(): Promise<void>;
}

/** Each host in an object of JSON, as it comes. */
export function jsonPrinter({ out }: Printing, id: string | undefined): Printer {
  return {
    add: (result) => {
      out(jsonLine(result, id));
    },
    end: () => Promise.resolve(),
  };
}

/** Each line with its host before it, as it comes. */
export function linePrinter({ out, err }: Printing): Printer {
  return {
    add: ({ host, delivery }) => {
      if (delivery.kind === 'answer') out(withHost(host, answerText(delivery)));
      const trouble = troubleOf(delivery);
      if (trouble !== undefined) err(`ipmi-bt-fleet: ${host}: ${trouble}\n`);
    },
    end: () => Promise.resolve(),
  };
}

/** Equal answers once, and equal troubles once, at the end. */
export function gatherPrinter({ out, err, fold }: Printing): Printer {
  const answers = new Map<string, string>();
  const troubles = new Map<string, string>();
  return {
    add: ({ host, delivery }) => {
      const trouble = troubleOf(delivery);
      if (trouble !== undefined) troubles.set(host, trouble);
      else if (delivery.kind === 'answer') answers.set(host, answerText(delivery));
    },
    end: async () => {
      out(await gatheredText(coalesce(answers), fold));
      for (const { hosts, text } of coalesce(troubles)) {
        const name = hosts.length === 1 ? hosts[0] : await fold(hosts);
        err(`ipmi-bt-fleet: ${name}: ${text}\n`);
      }
    },
  };
}

function withHost(host: string, text: string): string {
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => `${host}: ${line}\n`)
    .join('');
}
