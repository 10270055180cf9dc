/** `ipmitool dcmi`. */

import type { RequestInput } from '../../../src/ipmi/requester.ts';
import { compareWithIpmitool } from '../../support/ipmitool-comparison.ts';

/** Answers that the simulator does not have: the limit that is set, and texts that are written. */
function answer({ netFn, cmd, data }: RequestInput): readonly number[] | undefined {
  const [group, , count = 0] = data ?? [];
  if (netFn !== 0x2c || group !== 0xdc) return undefined;
  if (cmd === 0x03) return [0, 0xdc, 0, 0, 0x11, 200, 0, 0xe8, 3, 0, 0, 0, 0, 1, 0];
  if (cmd === 0x04 || cmd === 0x05) return [0, 0xdc];
  if (cmd === 0x08 || cmd === 0x0a) return [0, 0xdc, count];
  return cmd === 0x09 ? [0, 0xdc, 4, ...Buffer.from('bmc1').subarray(0, count)] : undefined;
}

compareWithIpmitool(
  {
    title: 'dcmi',
    bmc: () => ({ answer }),
    lines: `
    dcmi
    dcmi help
    dcmi nothing
    dcmi discover
    dcmi DISCOVER
    dcmi power
    dcmi power help
    dcmi power nothing
    dcmi power reading
    dcmi power reading 5_sec
    dcmi power reading 1_HOUR
    dcmi power reading nothing
    dcmi power get_limit
    dcmi power set_limit
    dcmi power set_limit action
    dcmi power set_limit action no_action
    dcmi power set_limit action power_off
    dcmi power set_limit action sel_logging
    dcmi power set_limit limit 300
    dcmi power set_limit limit x
    dcmi power set_limit correction 5000
    dcmi power set_limit correction x
    dcmi power set_limit sample 3
    dcmi power set_limit sample x
    dcmi power set_limit nothing 3
    dcmi power set_limit limit 300 correction 20
    dcmi power set_limit action no_action limit 300 correction 20 sample 4
    dcmi power activate
    dcmi power deactivate
    dcmi asset_tag
    dcmi set_asset_tag
    dcmi set_asset_tag rack-12
    dcmi set_asset_tag 12345678901234567890
    dcmi set_asset_tag 12345678901234567890123456789012345678901234567890123456789012345
    dcmi get_mc_id_string
    dcmi set_mc_id_string
    dcmi set_mc_id_string host1
    dcmi set_mc_id_string 123456789012345678
    dcmi get_temp_reading
    dcmi oob_discover
    `,
  },
  {
    title: 'dcmi of the simulator',
    lines: `
    dcmi power get_limit
    dcmi power set_limit limit 300
    dcmi get_mc_id_string
    `,
  },
  {
    title: 'dcmi of another version',
    bmc: () => ({
      answer: ({ netFn, data }) =>
        netFn !== 0x2c || data?.[0] !== 0xdc
          ? undefined
          : [0, 0xdc, 1, data[1] === 1 ? 5 : 9, 2, 0x0f, 0x01, 0x3f],
    }),
    lines: `
    dcmi discover
    `,
  },
  {
    title: 'dcmi that has no optional attributes',
    bmc: () => ({
      answer: ({ netFn, cmd, data }) =>
        netFn === 0x2c && cmd === 0x01 && data?.[1] === 3 ? [0xc9] : undefined,
    }),
    lines: `
    dcmi discover
    `,
  },
  {
    title: 'dcmi of a BMC without it',
    bmc: () => ({ answer: ({ netFn }) => (netFn === 0x2c ? [0xc1] : undefined) }),
    lines: `
    dcmi discover
    dcmi power reading
    dcmi power get_limit
    dcmi power set_limit limit 3
    dcmi power activate
    dcmi asset_tag
    dcmi set_asset_tag x
    dcmi get_mc_id_string
    dcmi set_mc_id_string x
    dcmi get_temp_reading
    `,
  },
);
