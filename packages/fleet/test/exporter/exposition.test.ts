/** The text format, with the help and the types of the metrics. */

import { Counter, Registry } from 'prom-client';
import { expect, test } from 'vitest';

import { expose } from '../../src/exporter/exposition.ts';

test('a scrape as text, with other registries behind it', async () => {
  const registry = new Registry();
  new Counter({ name: 'other_total', help: 'Others.', registers: [registry] }).inc(3);
  const labels = { id: '1', name: 'A Nan' };

  const { contentType, text } = await expose(
    [
      { metric: 'ipmi_temperature_celsius', labels, value: NaN },
      { metric: 'ipmi_chassis_power_state', value: 1 },
    ],
    [registry, new Registry()],
  );

  expect(contentType).toBe('text/plain; version=0.0.4; charset=utf-8');
  expect(text).toBe(`# HELP ipmi_temperature_celsius Temperature reading in degree Celsius.
# TYPE ipmi_temperature_celsius gauge
ipmi_temperature_celsius{id="1",name="A Nan"} NaN

# HELP ipmi_chassis_power_state Current power state (1=on, 0=off).
# TYPE ipmi_chassis_power_state gauge
ipmi_chassis_power_state 1

# HELP other_total Others.
# TYPE other_total counter
other_total 3
`);
});
