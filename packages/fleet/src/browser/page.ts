/** The page: the words of the server in the table and the panels, and the choices of its reader. */

import type { Delta, EventRow, HostRow, HostState, Snapshot, Status } from '../page/messages.ts';
import { byId, setText } from './dom.ts';
import { changesText, stateCounts } from './groups.ts';
import { Live } from './live.ts';
import { EventPanel, FirmwarePanel, LatencyPanel, SmokePanel } from './panels.ts';
import { StatePanel } from './panels.ts';
import { EVERYTHING, STATES, chosenRows } from './rows.ts';
import type { Filter } from './rows.ts';
import { HostTable, ROWS_MAX } from './table.ts';
import { Times, ownMs, periodText } from './times.ts';

/** A page that has taken so long to be drawn rests for so many times that, up to a limit. */
const REST_TIMES = 3;
const REST_MAX_MS = 3000;

/** Changes are told together, once in so long, in the live region. */
const TELL_MS = 1500;

const search = byId('search') as HTMLInputElement;
const times = new Times();

class Page {
  readonly #rows = new Map<string, HostRow>();
  readonly #changes = new Map<string, HostState>();
  readonly #timeText = (atMs: number): string => times.text(atMs, this.#nowMs);
  readonly #table = new HostTable(this.#timeText, () => this.#showTable());
  readonly #states: StatePanel;
  readonly #firmware: FirmwarePanel;
  readonly #latencies: LatencyPanel;
  readonly #smoke: SmokePanel;
  readonly #events: EventPanel;
  #filter: Filter = EVERYTHING;
  #eventRows: readonly EventRow[] = [];
  #status: Status | undefined;
  #nowMs = 0;
  #isTelling = false;
  /** Hosts from before that the server has not named again. */
  readonly #unnamed = new Set<string>();
  #isWhole = false;
  #isDrawing = false;
  #restMs = 0;

  constructor() {
    const timeText = this.#timeText;
    const actions = { timeText, filterBy: (change: Partial<Filter>) => this.#filterBy(change) };
    this.#states = new StatePanel(actions);
    this.#firmware = new FirmwarePanel(actions);
    this.#latencies = new LatencyPanel(actions);
    this.#smoke = new SmokePanel(actions);
    this.#events = new EventPanel(actions);
    search.addEventListener('input', () => this.#filterBy({ text: search.value }));
    byId('clear').addEventListener('click', () => this.#filterBy(EVERYTHING));
    document.addEventListener('keydown', (event) => {
      if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey) return;
      if (document.activeElement === search) return;
      event.preventDefault();
      search.focus();
    });
  }

  /** Everything is as the server says, whatever was there before. */
  onSnapshot({ nowMs, status, rows, events, isWhole }: Snapshot): void {
    this.#unnamed.clear();
    for (const host of this.#rows.keys()) this.#unnamed.add(host);
    this.#isWhole = false;
    if (!byId('lost').hidden) setText(byId('told'), 'The server is there again.');
    byId('lost').hidden = true;
    this.onDelta({ nowMs, status, rows, events, ...(isWhole ? { isWhole } : {}) });
  }

  onDelta({ nowMs, status, rows = [], events, isWhole }: Delta): void {
    this.#nowMs = nowMs;
    for (const row of rows) this.#take(row);
    this.#eventRows = events ?? this.#eventRows;
    this.#status = status ?? this.#status;
    if (isWhole === true) this.#end();
    this.#draw();
  }

  /** All rows have come: the server knows no other host. */
  #end(): void {
    this.#isWhole = true;
    for (const host of this.#unnamed) this.#rows.delete(host);
    this.#unnamed.clear();
  }

  /** Draws what has come, the more seldom the longer that takes: a reader scrolls meanwhile. */
  #draw(): void {
    if (this.#isDrawing) return;
    this.#isDrawing = true;
    setTimeout(() => {
      this.#isDrawing = false;
      const beganMs = ownMs();
      this.#showAll();
      const tookMs = Math.max(ownMs() - beganMs, 0);
      this.#restMs = Math.min(REST_TIMES * tookMs, REST_MAX_MS);
    }, this.#restMs);
  }

  onLost(lastMs: number | null): void {
    const text =
      lastMs === null
        ? 'The server does not answer; trying again.'
        : `The server was last seen ${times.text(lastMs, ownMs())}; reconnecting. All below is from then.`;
    this.#warn(text);
  }

  onFull(): void {
    this.#warn('As many pages look on as the server has places for; this one waits for a place.');
  }

  #warn(text: string): void {
    setText(byId('lost'), text);
    byId('lost').hidden = false;
    setText(byId('told'), text);
  }

  #take(row: HostRow): void {
    const before = this.#rows.get(row.host)?.state;
    this.#unnamed.delete(row.host);
    this.#rows.set(row.host, row);
    // That a host is there at all is no news, unless something is wrong with it.
    if (before === undefined || before === row.state) return;
    if (before !== 'waiting' || row.state !== 'ok') this.#changes.set(row.host, row.state);
  }

  #filterBy(change: Partial<Filter>): void {
    this.#filter = { ...this.#filter, ...change };
    if (search.value !== this.#filter.text) search.value = this.#filter.text;
    this.#states.show(this.#rows, this.#filter);
    this.#firmware.show(this.#rows, this.#filter);
    this.#showTable();
  }

  #showAll(): void {
    const rows = this.#rows;
    const { smokeIntervalMs = null, eventTrouble = '' } = this.#status ?? {};
    this.#states.show(rows, this.#filter);
    this.#firmware.show(rows, this.#filter);
    this.#latencies.show(rows);
    this.#smoke.show(rows, smokeIntervalMs === null ? '' : periodText(smokeIntervalMs));
    this.#events.show(this.#eventRows, eventTrouble);
    this.#showTable();
    this.#showStatus();
    this.#tellChanges();
  }

  #showTable(): void {
    const rows = chosenRows(this.#rows.values(), this.#filter, this.#table.sort);
    this.#table.show(rows);
    const all = this.#rows.size.toLocaleString('en');
    const count = rows.length.toLocaleString('en');
    const cut = rows.length > ROWS_MAX ? `; the first ${ROWS_MAX} are below` : '';
    const rest = this.#isWhole ? '' : '; the others are on their way';
    setText(byId('count'), `${count} of ${all} hosts${choiceText(this.#filter)}${cut}${rest}`);
    byId('clear').hidden = this.#filter === EVERYTHING || isEverything(this.#filter);
  }

  #showStatus(): void {
    if (this.#status === undefined) return;
    const { heardMs, asked, answered, intervalMs, natsLostMs, version } = this.#status;
    const round =
      heardMs === null
        ? 'no host has answered yet'
        : `${answered.toLocaleString('en')} of ${asked.toLocaleString('en')} answered at ${this.#timeText(heardMs)}`;
    setText(byId('round'), `asked every ${periodText(intervalMs)}; ${round}`);
    setText(byId('version'), `ipmi-bt-fleet ${version}`);
    const nats = byId('nats');
    nats.hidden = natsLostMs === null;
    if (natsLostMs !== null) {
      const when = this.#timeText(natsLostMs);
      setText(nats, `The server lost NATS at ${when}; states below are from before.`);
    }
    const { hostTrouble } = this.#status;
    byId('limit').hidden = hostTrouble === '';
    setText(byId('limit'), hostTrouble === '' ? '' : `Not all hosts are shown: ${hostTrouble}.`);
    const { silent, trouble, failed } = stateCounts(this.#rows.values());
    const wrong = silent + trouble + failed;
    document.title = `${wrong === 0 ? '' : `(${wrong}) `}${this.#rows.size} hosts: ipmi-bt fleet`;
  }

  /** The live region gets one text for what changes at about the same time. */
  #tellChanges(): void {
    if (this.#isTelling || this.#changes.size === 0) return;
    this.#isTelling = true;
    setTimeout(() => {
      this.#isTelling = false;
      setText(byId('told'), changesText(this.#changes));
      this.#changes.clear();
    }, TELL_MS);
  }
}

function isEverything({ text, state, firmware }: Filter): boolean {
  return text === '' && state === null && firmware === null;
}

function choiceText({ state, firmware }: Filter): string {
  const parts = [state === null ? '' : STATES[state], firmware ?? ''].filter((one) => one !== '');
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}

const page = new Page();
new Live({
  onSnapshot: (snapshot) => {
    page.onSnapshot(snapshot);
  },
  onDelta: (delta) => {
    page.onDelta(delta);
  },
  onLost: (lastMs) => {
    page.onLost(lastMs);
  },
  onFull: () => {
    page.onFull();
  },
});
