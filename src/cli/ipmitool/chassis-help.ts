/** The help of `ipmitool chassis`, as ipmitool prints it. */

/** All of `chassis`. */
export const CHASSIS_HELP = `Chassis Commands:
  status, power, policy, restart_cause
  poh, identify, selftest,
  bootdev, bootparam, bootmbox`;

/** `chassis power` and `power`. */
export const POWER_HELP = `chassis power Commands: status, on, off, cycle, reset, diag, soft`;

/** `chassis policy`. */
export const POLICY_HELP = `chassis policy <state>
   list        : return supported policies
   always-on   : turn on when power is restored
   previous    : return to previous state when power is restored
   always-off  : stay off after power is restored`;

/** `chassis identify`. */
export const IDENTIFY_HELP = `chassis identify <interval>
                 default is 15 seconds
                 0 to turn off
                 force to turn on indefinitely`;

/** `chassis bootdev`. */
export const BOOTDEV_HELP = `bootdev <device> [clear-cmos=yes|no]
bootdev <device> [options=help,...]
  none  : Do not change boot device order
  pxe   : Force PXE boot
  disk  : Force boot from default Hard-drive
  safe  : Force boot from default Hard-drive, request Safe Mode
  diag  : Force boot from Diagnostic Partition
  cdrom : Force boot from CD/DVD
  bios  : Force boot into BIOS Setup
  floppy: Force boot from Floppy/primary removable media`;

/** The options of `chassis bootdev`. */
export const BOOTDEV_OPTIONS_HELP = `Legal options settings are:
  help                  : print this message
  valid                 : Boot flags valid
  persistent            : Changes are persistent for all future boots
  efiboot               : Extensible Firmware Interface Boot (EFI)
  clear-cmos            : CMOS clear
  lockkbd               : Lock Keyboard
  screenblank           : Screen Blank
  lockoutreset          : Lock out Reset buttons
  lockout_power         : Lock out (power off/sleep request) via Power Button
  verbose=default       : Request quiet BIOS display
  verbose=no            : Request quiet BIOS display
  verbose=yes           : Request verbose BIOS display
  force_pet             : Force progress event traps
  upw_bypass            : User password bypass
  lockout_sleep         : Lock out the Sleep button
  cons_redirect=default : Console redirection occurs per BIOS configuration setting
  cons_redirect=skip    : Suppress (skip) console redirection if enabled
  cons_redirect=enable  : Request console redirection be enabled`;

/** `chassis bootparam`. */
export const BOOTPARAM_HELP = `bootparam get <param #>
bootparam set bootflag <device> [options=...]
 Legal devices are:
  none        : No override
  force_pxe   : Force PXE boot
  force_disk  : Force boot from default Hard-drive
  force_safe  : Force boot from default Hard-drive, request Safe Mode
  force_diag  : Force boot from Diagnostic Partition
  force_cdrom : Force boot from CD/DVD
  force_bios  : Force boot into BIOS Setup
 Legal options are:
  help    : print this message
  PEF     : Clear valid bit on reset/power cycle cause by PEF
  timeout : Automatically clear boot flag valid bit on timeout
  watchdog: Clear valid bit on reset/power cycle cause by watchdog
  reset   : Clear valid bit on push button reset/soft reset
  power   : Clear valid bit on power up via power push button or wake event
 Any Option may be prepended with no- to invert sense of operation
`;

/** `chassis bootparam set`. */
export const BOOTFLAG_HELP = `bootparam set bootflag <device> [options=...]
 Legal devices are:
  none        : No override
  force_pxe   : Force PXE boot
  force_disk  : Force boot from default Hard-drive
  force_safe  : Force boot from default Hard-drive, request Safe Mode
  force_diag  : Force boot from Diagnostic Partition
  force_cdrom : Force boot from CD/DVD
  force_bios  : Force boot into BIOS Setup
 Legal options are:
  help    : print this message
  PEF     : Clear valid bit on reset/power cycle cause by PEF
  timeout : Automatically clear boot flag valid bit on timeout
  watchdog: Clear valid bit on reset/power cycle cause by watchdog
  reset   : Clear valid bit on push button reset/soft reset
  power   : Clear valid bit on power up via power push button or wake event
 Any Option may be prepended with no- to invert sense of operation
`;

/** The options of `chassis bootparam set bootflag`. */
export const VALID_OPTIONS_HELP = ` Legal options are:
  help    : print this message
  PEF     : Clear valid bit on reset/power cycle cause by PEF
  timeout : Automatically clear boot flag valid bit on timeout
  watchdog: Clear valid bit on reset/power cycle cause by watchdog
  reset   : Clear valid bit on push button reset/soft reset
  power   : Clear valid bit on power up via power push button or wake event
 Any Option may be prepended with no- to invert sense of operation
`;

/** `chassis bootmbox`. */
export const MAILBOX_HELP = `bootmbox get [text] [block <block>]
  Read the entire Boot Initiator Mailbox or the specified <block>.
  If 'text' option is specified, the data is output as plain text, otherwise
  hex dump mode is used.

bootmbox set text [block <block>] <IANA_PEN> "<data_string>"
bootmbox set [block <block>] <IANA_PEN> <data_byte> [<data_byte> ...]
  Write the specified <block> or the entire Boot Initiator Mailbox.
  It is required to specify a decimal IANA Enterprise Number recognized
  by the boot initiator on the target system. Refer to your target system
  manufacturer for details. The rest of the arguments are either separate
  data byte values separated by spaces, or a single text string argument.

  When single block write is requested, the total length of <data> may not
  exceed 13 bytes for block 0, or 16 bytes otherwise.

bootmbox help
  Show this help.`;
