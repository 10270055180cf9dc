/** `ipmitool dcmi`. */

import type { RequestInput } from '../../../src/ipmi/requester.ts';
import { ipmitoolBmc } from '../../support/ipmitool-bmc.ts';
import { compareWithIpmitool } from '../../support/ipmitool-comparison.ts';

/** Answers that the simulator does not have: the limit that is set, and texts that are written. */
function answer({ netFn, cmd, data }: RequestInput): readonly number[] | undefined {
  const [group, , count = 0] = data ?? [];
  if (netFn !== 0x2c || group !== 0xdc) return undefined;
  if (cmd === 0x03) return [0, 0xdc, 0, 0, 0x11, 200, 0, 0xe8, 3, 0, 0, 0, 0, 1, 0];
  if (cmd === 0x04 || cmd === 0x05) return [0, 0xdc];
  if (cmd === 0x0b || cmd === 0x12) return [0, 0xdc];
  if (cmd === 0x0c) return [0, 0xdc, 0xa0, 60, 0x30, 2];
  if (cmd === 0x13) return [0, 0xdc, 1, 5, 1, 0x02, 0x01];
  if (cmd === 0x08 || cmd === 0x0a) return [0, 0xdc, count];
  return cmd === 0x09 ? [0, 0xdc, 4, ...Buffer.from('bmc1').subarray(0, count)] : undefined;
}

/** Answers of thermal limits and of parameters, which have a part of their bytes only. */
function early({ netFn, cmd, data }: RequestInput): readonly number[] | undefined {
  const [group, place] = data ?? [];
  if (netFn !== 0x2c || group !== 0xdc) return undefined;
  if (cmd === 0x0c) return place === 0x41 ? [0, 0xdc, 0x40, 200] : [0, 0xdd, 0x40];
  if (cmd === 0x0b || cmd === 0x12) return [0];
  return cmd === 0x13 ? (place === 4 ? [0x80] : [0, 0xdc, 1, 5, 1]) : undefined;
}

/** Records of each entity: two of sensors, one that is none, and one that is missing. */
function records({ netFn, cmd, data }: RequestInput): readonly number[] | undefined {
  const [group, , entity] = data ?? [];
  if (netFn !== 0x2c || group !== 0xdc || cmd !== 0x07) return undefined;
  if (entity === 0x40) return [0, 0xdc, 1, 1, 0x01, 0x00];
  if (entity === 0x41) return [0, 0xdc, 4, 4, 0x02, 0x00, 0x05, 0x00, 0x20, 0x00, 0x34, 0x12];
  return [0, 0xdc, 0, 0];
}

const SENSORS = `
    dcmi sensors
    -v dcmi sensors
    -c dcmi sensors
    `;

compareWithIpmitool(
  { title: 'dcmi', bmc: () => ({ ...ipmitoolBmc(), answer: records }), lines: SENSORS },
  {
    title: 'dcmi without temperatures',
    bmc: () => ({ answer: ({ netFn, cmd }) => (netFn === 0x2c && cmd === 7 ? [0xc1] : undefined) }),
    lines: SENSORS,
  },
  {
    title: 'dcmi without records',
    bmc: () => ({
      answer: (input) => (input.netFn === 0x0a ? [0xc1] : records(input)),
    }),
    lines: SENSORS,
  },
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
    dcmi thermalpolicy
    dcmi thermalpolicy get
    dcmi thermalpolicy set
    dcmi thermalpolicy set 0x40 1
    dcmi thermalpolicy nothing
    dcmi thermalpolicy get 0x40
    dcmi thermalpolicy get 0x40 1
    dcmi thermalpolicy set 0x40 1 volatile poweroff sel 30 60
    dcmi get_conf_param
    dcmi set_conf_param
    dcmi set_conf_param activate_dhcp
    dcmi set_conf_param activate_dhcp 1
    dcmi set_conf_param dhcp_config 3
    dcmi set_conf_param init 5
    dcmi set_conf_param timeout 500
    dcmi set_conf_param retry 500
    dcmi set_conf_param nothing 3
    dcmi thermalpolicy get 0x40 x
    dcmi thermalpolicy get x 1
    dcmi thermalpolicy get 300 1
    dcmi thermalpolicy set 0x40 1 volatile poweroff
    dcmi thermalpolicy set 0x40 1 nonvolatile nopoweroff nosel 30 600
    dcmi thermalpolicy set 0x40 1 disabled disabled disabled 30 60
    dcmi thermalpolicy set 0x40 1 foo poweroff sel 30 60
    dcmi thermalpolicy set 0x40 1 volatile foo sel 30 60
    dcmi thermalpolicy set 0x40 1 volatile poweroff foo 30 60
    dcmi thermalpolicy set 0x40 1 volatile poweroff sel x 60
    dcmi thermalpolicy set 0x40 1 volatile poweroff sel 30 x
    dcmi thermalpolicy set 0x40 1 volatile poweroff sel 300 70000
    dcmi thermalpolicy set 0x40 1 volatile poweroff sel
    dcmi thermalpolicy set 0x40 1 volatile poweroff sel 30
    dcmi thermalpolicy set 0x40 1 nonvolatile nopoweroff sel 30 60
    dcmi thermalpolicy set 0x40 1 volatile poweroff nosel 30 60
    dcmi thermalpolicy SET 0x40 1 volatile poweroff sel 30 60
    dcmi thermalpolicy set x 1 volatile poweroff sel 30 60
    dcmi thermalpolicy set 0x40 x volatile poweroff sel 30 60
    dcmi thermalpolicy help
    dcmi thermalpolicy volatile 1 2
    dcmi set_conf_param activate_dhcp 0
    dcmi set_conf_param activate_dhcp x
    dcmi set_conf_param activate_dhcp 5
    dcmi set_conf_param dhcp_config
    dcmi set_conf_param dhcp_config x
    dcmi set_conf_param dhcp_config 300
    dcmi set_conf_param init
    dcmi set_conf_param init x
    dcmi set_conf_param init 300
    dcmi set_conf_param init -1
    dcmi set_conf_param timeout x
    dcmi set_conf_param timeout 70000
    dcmi set_conf_param timeout
    dcmi set_conf_param retry 5 6
    dcmi set_conf_param retry
    dcmi set_conf_param help
    dcmi set_conf_param nothing
    dcmi set_conf_param nothing 300
    dcmi set_conf_param INIT 4
    dcmi set_conf_param init 0x10
    dcmi get_conf_param 1
    dcmi thermalpolicy set 0x40 1 NONVOLATILE POWEROFF SEL 30 60
    dcmi thermalpolicy set 0x40 1 foo foo foo 30 60
    dcmi thermalpolicy set 0x40 1 disabled poweroff sel 30 65535
    dcmi thermalpolicy set 0x40 1 volatile sel poweroff 30 65536
    dcmi thermalpolicy set 0x40 1 sel poweroff volatile 30 6
    dcmi thermalpolicy set 0x40 1 nonvolatile nonvolatile nonvolatile 30 6
    dcmi thermalpolicy set 0x40 1 volatile nosel nopoweroff 30 6 7
    dcmi thermalpolicy get 0x40 1 2
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
    dcmi thermalpolicy get 0x40 1
    dcmi thermalpolicy set 0x40 1 volatile poweroff sel 30 60
    dcmi get_conf_param
    dcmi set_conf_param init 5
    `,
  },
  {
    title: 'dcmi whose answers end early, or are of another group',
    bmc: () => ({ answer: early }),
    lines: `
    dcmi thermalpolicy get 0x41 0
    dcmi thermalpolicy get 0x42 0
    dcmi thermalpolicy set 0x42 1 volatile poweroff sel 30 60
    dcmi get_conf_param
    dcmi set_conf_param retry 5
    `,
  },
);
