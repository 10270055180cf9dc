/**
 * `npm run bench:scaling`: what more devices in one process take, measured here and drawn as
 * docs/scaling.svg, beside lines that grow with the number of devices and no faster.
 */

import { writeFile } from 'node:fs/promises';

import { lineChart } from './line-chart.ts';
import type { Line } from './line-chart.ts';
import { manyDevicesText, measureManyDevices } from './many-devices.ts';
import type { Crowd } from './many-devices.ts';
import { report } from './table.ts';

const CHART = new URL('../../docs/scaling.svg', import.meta.url);

const COUNTS = [10, 30, 100, 300, 1000] as const;

/** What is drawn of a crowd, above 0. */
type Figure = (crowd: Crowd) => number;

function chart(crowds: readonly Crowd[]): string {
  const x = [1, 3] as const;
  return lineChart('What more devices take', [
    {
      title: 'time for 100 requests each (ms), over devices',
      lines: linesOf(crowds, ({ ms }) => ms),
      x,
      y: [1, 4],
    },
    {
      title: 'CPU of it (ms), over devices',
      lines: linesOf(crowds, ({ cpu_ms }) => cpu_ms),
      x,
      y: [1, 4],
    },
    {
      title: 'memory in use, idle (KiB), over devices',
      // Below 1 KiB it is the garbage collector's.
      lines: linesOf(crowds, ({ bytes }) => Math.max(bytes / 1024, 1)),
      x,
      y: [0, 5],
    },
  ]);
}

/** The measured line, and one through its end that is proportional to the number of devices. */
function linesOf(crowds: readonly Crowd[], figure: Figure): readonly Line[] {
  const last = crowds.at(-1);
  if (last === undefined) throw new RangeError('nothing was measured');
  const share = figure(last) / last.devices;
  return [
    { name: 'measured', points: crowds.map((crowd) => [crowd.devices, figure(crowd)] as const) },
    {
      name: 'proportional to the devices',
      points: crowds.map(({ devices }) => [devices, devices * share] as const),
    },
  ];
}

const crowds = await measureManyDevices(COUNTS);
await writeFile(CHART, chart(crowds));
report({ many_devices: crowds }, manyDevicesText(crowds));
