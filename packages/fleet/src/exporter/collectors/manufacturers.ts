/**
 * Names of makers of BMCs by their enterprise numbers of IANA, as FreeIPMI 1.6.10 spells them: they
 * are part of the label `manufacturer_id`, in which dashboards may look for them.
 */

const NAMES: Readonly<Record<number, string>> = {
  0: 'Reserved',
  2: 'IBM',
  11: 'Hewlett-Packard',
  42: 'Sun Microsystems',
  183: 'Versitron',
  231: 'Fujitsu Technology Solutions GmbH',
  343: 'Intel Corporation',
  674: 'Dell Inc.',
  2011: 'HUAWEI Technology Co.,Ltd',
  2623: 'ASUSTek Computer Inc.',
  5771: 'Cisco Systems, Inc.',
  6569: 'INVENTEC CORPORATION',
  6653: 'Tyan Computer Corporation',
  7154: 'Intelligent Platform Management Interface forum',
  7244: 'Quanta Computer Inc.',
  10297: 'Advantech Co., Ltd.',
  10368: 'Fujitsu Technology Solutions GmbH',
  10876: 'Super Micro Computer Inc.',
  11129: 'Google, Inc.',
  11183: 'Mitac International Corp.',
  12634: 'PICMG',
  15000: 'Kontron Canada Inc',
  15370: 'GIGA-BYTE TECHNOLOGY CO., LTD',
  19046: 'Lenovo Enterprise Business Group',
  20569: 'Inventec Enterprise System Corp.',
  20974: 'American Megatrends, Inc',
  23858: 'VadaTech Inc.',
  25506: 'H3C',
  27500: 'Dawning Ltd.',
  33049: 'Mellanox Technologies LTD',
  37945: 'Inspur(BeiJing) Electronic Information Industry Co.,Ltd',
  40092: 'Wiwynn Corporation',
  40981: 'Facebook, Inc.',
  42817: 'IBM Platform Firmware Division',
  45065: 'Insyde',
  47196: 'Hewlett Packard Enterprise',
};

/** All numbers that have a name here. */
export const NAMED_MANUFACTURERS: readonly number[] = Object.keys(NAMES).map(Number);

/** A manufacturer as FreeIPMI prints it: `Dell Inc. (674)`, or the number alone. */
export function manufacturerText(id: number): string {
  const name = NAMES[id];
  return name === undefined ? String(id) : `${name} (${id})`;
}
