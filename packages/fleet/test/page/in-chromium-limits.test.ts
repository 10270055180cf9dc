/** The page in a browser at its limits: names of any length, large fleets, and pages too many. */

import { systemClock } from 'ipmi-bt';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { startChromium } from '../../../../test/support/chromium.ts';
import type { Chromium } from '../../../../test/support/chromium.ts';
import { describeWith } from '../../../../test/support/describe-with.ts';
import { FleetModel } from '../../src/page/model.ts';
import { PIECE_ROWS } from '../../src/page/viewer.ts';
import { VIEWERS_MAX } from '../../src/page/viewers.ts';
import { rowOf } from '../browser/row.ts';
import { EVIL, FIRST, MARKUP, ROWS, eyesOf } from './eyes.ts';
import { START_MS, eventOf, servePage, typicalHosts, watchRig } from './rig.ts';

function ignore(): void {
  // A page that takes nothing.
}

function modelOf(hosts: readonly string[], version = '1'): FleetModel {
  const status = { version, intervalMs: 30_000, smokeIntervalMs: null };
  return new FleetModel({ wallMs: () => START_MS, hosts, status });
}

describeWith('chromium', 'in a browser, the page of a fleet at its limits', () => {
  let chromium: Chromium | undefined;

  beforeAll(async () => {
    chromium = await startChromium();
  });

  afterAll(async () => {
    await chromium?.close();
  });

  const browser = (): Chromium => {
    if (chromium === undefined) throw new Error('Chromium was not started');
    return chromium;
  };

  const { see, texts, until, show, leave } = eyesOf(browser);

  test.each([1280, 360])('the longest names need no scrolling at %d pixels', async (width) => {
    const names = ['a', 'b'].map((end) => `${'x'.repeat(252)}${end}`);
    const model = modelOf(names);
    for (const name of names) model.event(eventOf(name, 'e', 'hot'), START_MS);
    const other = await servePage(model, systemClock);
    await show(other.port, { width });
    await until(ROWS, 2);

    expect(await texts('#rows th')).toEqual(names);
    expect(await texts('#events .name')).toEqual([...names].reverse());
    expect(await see('document.documentElement.scrollWidth')).toBe(width);
    await leave(other.server);
  });

  test('a name of a host that no agent can have is text, too', async () => {
    const model = modelOf([], EVIL);
    const snapshot = { ...model.snapshot(), rows: [rowOf({ host: EVIL })] };
    model.snapshot = () => snapshot;
    const other = await servePage(model, systemClock);
    await show(other.port);
    await until(ROWS, 1);

    expect([await see(FIRST), await texts('#version')]).toEqual([EVIL, [`ipmi-bt-fleet ${EVIL}`]]);
    expect(await texts('#latencies .name')).toEqual([EVIL]);
    expect(await see(MARKUP)).toEqual([0, 'undefined']);
    await leave(other.server);
  });

  test('a page too many says so, and has its place when another has gone', async () => {
    const other = await servePage(modelOf(['a']), systemClock);
    const gone: (() => void)[] = [];
    for (let at = 0; at < VIEWERS_MAX; at += 1) {
      const stream = { write: () => true, end: ignore, destroy: ignore };
      const on = (name: string, listener: () => void): unknown =>
        name === 'close' && gone.push(listener);
      other.viewers.add({ ...stream, on });
    }
    await show(other.port);
    await until(
      `document.getElementById('lost').innerText`,
      'As many pages look on as the server has places for; this one waits for a place.',
    );
    gone[0]?.();
    await until(ROWS, 1);
    await until(`document.getElementById('lost').hidden`, true);
    await leave(other.server);
  });

  test('a fleet that comes in pieces is whole in the end, and again after its server was lost', async () => {
    const many = typicalHosts(3 * PIECE_ROWS + 1);
    const large = watchRig(many, { hosts: Object.keys(many) });
    const first = await servePage(large.model, systemClock);
    const whole = '1,501 of 1,501 hosts';
    await show(first.port);
    await until(`document.getElementById('count').innerText`, whole);
    await first.server.close();
    await until(`document.getElementById('lost').hidden`, false);
    const fewer = watchRig({}, { hosts: Object.keys(many).slice(1) });
    const second = await servePage(fewer.model, systemClock, { port: first.port });
    await until(`document.getElementById('count').innerText`, '1,500 of 1,500 hosts');

    expect(await see(FIRST)).toBe('uv0002');
    await leave(second.server);
    await Promise.all([large.stop(), fewer.stop()]);
  });
});
