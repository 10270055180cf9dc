/** The panels beside the table: states, firmware, latencies, smoke tests, events. */

import type { EventRow, HostRow, HostState } from '../page/messages.ts';
import { KeyedList, byId, make, setText } from './dom.ts';
import { firmwareGroups, slowestRows, smokeSummary, stateCounts } from './groups.ts';
import type { FirmwareGroup } from './groups.ts';
import { STATES, STATE_NAMES } from './rows.ts';
import type { Filter } from './rows.ts';
import type { TimeText } from './table.ts';
import { aheadText, durationText } from './times.ts';

/** The actions that a panel asks the page for. */
export interface PanelActions {
  readonly filterBy: (change: Partial<Filter>) => void;
  readonly timeText: TimeText;
}

/** Lines of a panel at most. */
const LATENCIES_MAX = 6;
const GROUPS_MAX = 12;
const VERDICTS_MAX = 20;

const PERCENT = 100;

type StateItem = readonly [state: HostState | null, count: number, isPressed: boolean];

/** The buttons with the number of hosts in each state, which filter the table. */
export class StatePanel {
  readonly #list: KeyedList<StateItem, HTMLButtonElement>;

  constructor({ filterBy }: PanelActions) {
    this.#list = new KeyedList<StateItem, HTMLButtonElement>(byId('states'), {
      keyOf: ([state]) => state ?? 'all',
      create: ([state]) => {
        const button = buttonOf(`chip ${state ?? 'all'}`, () => {
          const isPressed = button.getAttribute('aria-pressed') === 'true';
          filterBy({ state: isPressed ? null : state });
        });
        const word = state === null ? 'all hosts' : STATES[state];
        button.append(make('strong'), make('span', { text: word }));
        return button;
      },
      update: (button, [, count, isPressed]) => {
        const [number] = button.children;
        if (number !== undefined) setText(number, count.toLocaleString('en'));
        button.setAttribute('aria-pressed', String(isPressed));
        button.classList.toggle('none', count === 0);
      },
    });
  }

  show(rows: ReadonlyMap<string, HostRow>, { state }: Filter): void {
    const counts = stateCounts(rows.values());
    const items = STATE_NAMES.map((name): StateItem => [name, counts[name], state === name]);
    this.#list.show([...items, [null, rows.size, state === null]]);
  }
}

type GroupItem = FirmwareGroup & { readonly isPressed: boolean };

/** Firmware versions with their numbers, the rarest first. */
export class FirmwarePanel {
  readonly #list: KeyedList<GroupItem, HTMLLIElement>;

  constructor({ filterBy }: PanelActions) {
    this.#list = new KeyedList<GroupItem, HTMLLIElement>(byId('firmware'), {
      keyOf: ({ key }) => key,
      create: ({ key }) => {
        const button = buttonOf('line', () => {
          const isPressed = button.getAttribute('aria-pressed') === 'true';
          filterBy({ firmware: isPressed ? null : key });
        });
        const parts = ['count', 'name', 'more'].map((name) => make('span', { class: name }));
        button.append(...parts);
        return make('li', { parts: [button] });
      },
      update: (line, { count, firmware, product, isOdd, isPressed }) => {
        fill(line, [count.toLocaleString('en'), firmware, `${product}${isOdd ? ' · odd' : ''}`]);
        line.classList.toggle('odd', isOdd);
        line.firstElementChild?.setAttribute('aria-pressed', String(isPressed));
      },
    });
  }

  show(rows: ReadonlyMap<string, HostRow>, filter: Filter): void {
    const groups = firmwareGroups(rows.values());
    const shown = groups.slice(0, GROUPS_MAX);
    this.#list.show(shown.map((one) => ({ ...one, isPressed: one.key === filter.firmware })));
    const more = groups.length - shown.length;
    setText(byId('firmware-note'), noteOf(groups.length, `and ${more} more`, more > 0));
  }
}

/** The hosts whose BMCs answer slowest. */
export class LatencyPanel {
  readonly #list: KeyedList<HostRow, HTMLLIElement>;
  #worstUs = 1;

  constructor({ filterBy }: PanelActions) {
    this.#list = new KeyedList<HostRow, HTMLLIElement>(byId('latencies'), {
      keyOf: ({ host }) => host,
      create: ({ host }) => {
        const line = hostLine(host, ['count', 'name', 'more'], filterBy);
        line.firstElementChild?.append(make('i'));
        return line;
      },
      update: (line, { host, p99Us, maxUs }) => {
        const longest = `longest ${durationText(maxUs ?? 0)}`;
        fill(line, [durationText(p99Us ?? 0), host, longest]);
        const bar = line.querySelector('i');
        const share = (PERCENT * (p99Us ?? 0)) / this.#worstUs;
        if (bar !== null) bar.style.width = `${share.toFixed(1)}%`;
      },
    });
  }

  show(rows: ReadonlyMap<string, HostRow>): void {
    const slowest = slowestRows(rows.values(), LATENCIES_MAX);
    this.#worstUs = Math.max(slowest[0]?.p99Us ?? 1, 1);
    // Another worst one changes the bars of all.
    this.#list.show(slowest.map((row) => ({ ...row })));
    setText(byId('latencies-note'), noteOf(slowest.length, '', false));
  }
}

/** The verdicts, and what failed. */
export class SmokePanel {
  readonly #list: KeyedList<HostRow, HTMLLIElement>;

  constructor({ filterBy, timeText }: PanelActions) {
    this.#list = new KeyedList<HostRow, HTMLLIElement>(byId('smoke'), {
      keyOf: ({ host }) => host,
      create: ({ host }) => hostLine(host, ['count', 'name', 'more long'], filterBy),
      update: (line, { host, smoke }) => {
        if (smoke === null) return;
        fill(line, [smoke.verdict, host, `${smoke.line} (${timeText(smoke.atMs)})`]);
        line.className = smoke.verdict;
      },
    });
  }

  /** `period`: how often they are asked for; empty where they are not. */
  show(rows: ReadonlyMap<string, HostRow>, period: string): void {
    const { counts, wrong } = smokeSummary(rows.values());
    const shown = wrong.slice(0, VERDICTS_MAX);
    this.#list.show(shown);
    const more = wrong.length - shown.length;
    const numbers = `${counts.pass} passed, ${counts.fail} failed, ${counts.unknown} unknown`;
    const rest = more > 0 ? `; and ${more} more below` : '';
    const text = `${numbers}; every ${period}${rest}`;
    setText(byId('smoke-note'), period === '' ? 'not asked for (--smoke-interval)' : text);
  }
}

/** Events as they come, the newest first. */
export class EventPanel {
  readonly #list: KeyedList<EventRow, HTMLLIElement>;

  constructor({ filterBy, timeText }: PanelActions) {
    this.#list = new KeyedList<EventRow, HTMLLIElement>(byId('events'), {
      keyOf: ({ seq }) => String(seq),
      create: ({ host }) => hostLine(host, ['count', 'name', 'more long'], filterBy),
      update: (line, { host, atMs, learnedMs, severity, subject, text }) => {
        const said = [subject, text].filter((one) => one !== '').join(': ');
        const weight = severity === '' ? '' : ` (${severity})`;
        const when = `${timeText(atMs)}${aheadText(atMs - learnedMs)}`;
        fill(line, [when, host, `${said === '' ? 'an event' : said}${weight}`]);
        line.className = WEIGHTS[severity] ?? '';
      },
    });
  }

  show(events: readonly EventRow[], trouble: string): void {
    this.#list.show(events);
    const note = trouble === '' ? noteOf(events.length, '', false) : `not read: ${trouble}`;
    setText(byId('events-note'), note);
  }
}

/** Severities that stand out. */
const WEIGHTS: Readonly<Record<string, string>> = {
  warning: 'unknown',
  critical: 'fail',
  'non-recoverable': 'fail',
};

/** A line that names a host, which it has the table show. */
function hostLine(
  host: string,
  classes: readonly string[],
  filterBy: PanelActions['filterBy'],
): HTMLLIElement {
  const button = buttonOf('line', () => {
    filterBy({ text: host, state: null, firmware: null });
  });
  button.append(...classes.map((name) => make('span', { class: name })));
  return make('li', { parts: [button] });
}

function buttonOf(name: string, onClick: () => void): HTMLButtonElement {
  const button = make('button', { class: name, attributes: { type: 'button' } });
  button.addEventListener('click', onClick);
  return button;
}

/** The texts of the spans of a line. */
function fill(line: HTMLLIElement, texts: readonly string[]): void {
  const spans = line.querySelectorAll('span');
  for (const [at, text] of texts.entries()) {
    const span = spans[at];
    if (span !== undefined) setText(span, text);
  }
}

function noteOf(count: number, more: string, hasMore: boolean): string {
  if (count === 0) return 'none yet';
  return hasMore ? more : '';
}
