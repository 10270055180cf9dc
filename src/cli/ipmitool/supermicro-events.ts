/**
 * The additions of ipmitool to descriptions of Supermicro's events: the memory module, whose name
 * depends on the board, and resets of the BMC.
 */

import type { MakersEvent } from './dell-events.ts';

/** The maker's own type of sensor. */
export const SUPERMICRO_SENSOR = 0xd0;

/** Resets of the BMC, by byte 2. */
const RESETS = ['BMC unexpected reset', 'BMC cold reset', 'BMC warm reset'];

/** The event data of a reset: bytes 1 and 3. */
const [RESET_1, RESET_3] = [0x80, 0xff];

type ModuleText = (data2: number, data3: number) => string;

/** A family of boards that name their modules in one way. */
interface Boards {
  readonly text: ModuleText;
  /** Numbers of boards, four digits each. */
  readonly boards: ReadonlySet<string>;
}

/** The letter of a channel moves on by so many with each processor, of which there are 4 or 8. */
function lettered(channels: number, processors = 4): ModuleText {
  return (data2, data3) => {
    const processor = data3 & (processors - 1);
    const letter = character((data2 >> 4) + 0x40 + processor * channels);
    return `@DIMM${letter}${character((data2 & 0x0f) + 0x27)}(CPU${processor + 1})`;
  };
}

function character(code: number): string {
  return String.fromCharCode(code);
}

/** Modules in hexadecimal digits, padded with a blank. */
function numbered(data2: number, data3: number): string {
  const digits = data2.toString(16).toUpperCase().padStart(2);
  return `@DIMM${digits}(CPU${(data3 & 3) + 1})`;
}

/** Modules on cards, two to a processor. */
function carded(data2: number, data3: number): string {
  const card = data2 >> 4;
  const place = `P${(data3 & 0x0f) + 1}M${card > 4 ? 2 : 1}`;
  return `@DIMM${character(0x40 + card)}${(data2 & 0x0f) - 9}(${place})`;
}

const FAMILIES: readonly Boards[] = [
  {
    text: numbered,
    boards: numbers(
      '0001 0002 0003 0006 0007 0008 0009 000a 0100 0101 0400 0401 0403 0404 0408 0409 040a ' +
        '040b 040d 0410 0600 0601 0602 0603 0604 0605 0606 0607 0608 0609 060a 060b 060c 060d ' +
        '060e 060f 0610 0611 0612 0613 0614 061a 061b 061c 061d 061e 061f 0620 0621 0622 0623 ' +
        '0624 0627 062d 062e 0631 0632 0633 0634 0638 0640 0641 0642 0644 0645 0646 0647 0648 ' +
        '0650 0652 0653 0654 0655 0656 0657 0658 0659 066b 0690 0691 0734 0743 0808 0809 0811 ' +
        '0820 0823 0828 0829 0839 083c 083d 083f 0847 0848 0849 084a 084c 084d 084f 0850 0851 ' +
        '0855 0856 085a 085d 085e 085f 0862 0863 0866 0867 0868 0869 086a 0870 0873 0874 0875 ' +
        '0876 0878 087a 087b 087c 087e 0883 0887 088a 088b 088c 088d 088e 088f 0897 089e 0902 ' +
        '0903 0904 0905 0906 090a 090b 090c 090e 090f 0910 0911 0912 0913 0914 0915 0918 091a ' +
        '091b 091f 0920 0925 0926 0929 092c 092f 0933 0934 0935 0936 093b 093c 093d 093f 0940 ' +
        '0942 0943 0944 0945 0947 0948 0949 094a 094b 094c 094d 094e 094f 0954 0956 0957 0959 ' +
        '1011 1111 1211 1311 1411 1511 1611 1711 1811 1911 2011 2111 2211 2311 2411 2511 5980 ' +
        '6280 6480 7380 7480 8080 8180 8280 8480 8580 8680 8780 8880 8980 9080 9180 9280 9380 ' +
        '9480 9580 9680 9780 9880 9980 a011 a080 a111 a211 a280 a311 a380 a480 a511 a580 a611 ' +
        'a680 a711 a780 a811 a880 a911 a980 aa11 aa80 ab11 ab80 ac11 ac80 ad11 ae11 ae80 af11 ' +
        'af80 b080 b180 b280 b380 b480 b580 b680 b780 b880 b980 ba11 ba80 bb11 bb80 bc11 bc80 ' +
        'bd11 bd80 be11 be80 bf11 bf80 c080 c180 c280 c380 ca11 cb11 cd11 ce11 cf11 d011 d080 ' +
        'd111 d180 d280 d380 d480 d580 d680 da80 db80 dc80 dd80 de80 df80 f080 f180 f280 f380 ' +
        'f480 f580',
    ),
  },
  {
    text: lettered(4),
    boards: numbers(
      '0625 0626 0628 0629 062a 062b 062c 062f 0630 0636 0660 0661 0662 0663 0664 0665 0666 ' +
        '0667 0668 0669 066a 066c 066d 066e 066f 0700 0701 0702 0704 0705 0706 0707 0708 0709 ' +
        '070a 070b 070c 070d 070e 070f 0710 0711 0712 0713 0714 0715 0717 0718 0719 0720 0723 ' +
        '0724 0725 0727 0728 0729 0730 0731 0732 0801 0802 0803 0804 0805 0806 0807 0810 0812 ' +
        '0813 0814 0815 0816 0817 0818 0819 0821 0822 0824 0825 0826 0827 0830 0831 0832 0833 ' +
        '0834 0835 0836 0837 0838 083b 083e 0840 0841 0842 0843 0844 0845 0846 084b 0852 0854 ' +
        '0857 0858 0859 085b 085c 0860 0861 0864 0865 086b 086c 086d 086e 086f 0877 0879 087d ' +
        '087f 0880 0881 0882 0889 0892 0893 0899 089d 0916 0919 091e 0921 0922 0924 092b 092d ' +
        '0932 093e 0946 0950',
    ),
  },
  {
    text: lettered(3),
    boards: numbers('0635 0637 0651 0703 0716 0721 0722 0733'),
  },
  { text: lettered(0, 8), boards: numbers('0923') },
  { text: carded, boards: numbers('0726 083a') },
];

/** The same for all other boards. */
const OTHERS = lettered(0);

function numbers(text: string): ReadonlySet<string> {
  return new Set(text.split(' '));
}

/** The module of an event on this board. */
export function supermicroModule({ data: [, data2, data3] }: MakersEvent, board: number): string {
  const digits = board.toString(16).padStart(4, '0');
  const found = FAMILIES.find(({ boards }) => boards.has(digits));
  return (found?.text ?? OTHERS)(data2, data3);
}

/** The addition to another event, which may be empty. */
export function supermicroText({ sensorType, data }: MakersEvent): string {
  const [data1, data2, data3] = data;
  const isReset = data1 === RESET_1 && data3 === RESET_3;
  return sensorType === SUPERMICRO_SENSOR && isReset ? (RESETS[data2] ?? '') : '';
}
