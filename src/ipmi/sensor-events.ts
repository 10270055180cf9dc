/**
 * Types of sensors and the events that are specific to each (IPMI 2.0 table 42-3): the name, then
 * the texts by offset, in the form of `generic-events.ts`.
 */

export const SENSORS: Readonly<Record<number, readonly [name: string, events?: string]>> = {
  0x01: ['Temperature'],
  0x02: ['Voltage'],
  0x03: ['Current'],
  0x04: ['Fan'],
  0x05: [
    'Physical Security',
    'w chassis intrusion|w drive bay intrusion|w I/O card area intrusion|w processor area intrusion|' +
      'w LAN cable pulled|w unauthorized dock|w fan area intrusion',
  ],
  0x06: [
    'Platform Security',
    'w front panel lockout violated|w wrong user password before boot|' +
      'w wrong setup password before boot|w wrong network password before boot|' +
      'w other wrong password before boot|w wrong password over the network',
  ],
  0x07: [
    'Processor',
    'c internal error|c thermal trip|c BIST failed|c hung in POST|c did not start|' +
      'c configuration error|c uncorrectable error|i present|w disabled|i terminator present|' +
      'w throttled|c machine check|w correctable machine check',
  ],
  0x08: [
    'Power Supply',
    'i present|c failed|w failure predicted|c input lost|c input lost or out of range|' +
      'w input out of range|c configuration error|i in standby',
  ],
  0x09: [
    'Power Unit',
    'i powered off|i power cycle|i 240 VA power down|w interlock power down|c input power lost|' +
      'c soft power control failed|c failed|w failure predicted',
  ],
  0x0a: ['Cooling Device'],
  0x0b: ['Other Units-based Sensor'],
  0x0c: [
    'Memory',
    'w correctable error|c uncorrectable error|c parity error|c scrub failed|w disabled|' +
      'w correctable error limit reached|i present|c configuration error|i spare|w throttled|' +
      'c critical overtemperature',
  ],
  0x0d: [
    'Drive Slot',
    'i present|c faulty|w failure predicted|i hot spare|i consistency check|c in a critical array|' +
      'c in a failed array|w rebuilding|w rebuild aborted',
  ],
  0x0e: ['POST Memory Resize'],
  0x0f: ['System Firmware Progress', 'c firmware error|c firmware hang|i firmware progress'],
  0x10: [
    'Event Logging Disabled',
    'w correctable memory errors not logged|w an event not logged|i log cleared|w logging stopped|' +
      'w log full|w log almost full|w correctable machine checks not logged',
  ],
  0x11: [
    'Watchdog 1',
    'c BIOS, reset|c OS, reset|c OS, shut down|c OS, power down|c OS, power cycle|c OS, NMI|' +
      'c OS, expired|w OS, about to expire',
  ],
  0x12: [
    'System Event',
    'i system reconfigured|i OEM boot event|c unknown hardware failure|i entry in auxiliary log|' +
      'i PEF action|i time changed',
  ],
  0x13: [
    'Critical Interrupt',
    'c front panel NMI|c bus timeout|c I/O channel check NMI|c software NMI|c PCI PERR|c PCI SERR|' +
      'c EISA fail-safe timeout|w correctable bus error|c uncorrectable bus error|c fatal NMI|' +
      'n fatal bus error|w bus degraded',
  ],
  0x14: [
    'Button',
    'i power button pressed|i sleep button pressed|i reset button pressed|i latch opened|' +
      'i service requested',
  ],
  0x15: ['Module / Board'],
  0x16: ['Microcontroller / Coprocessor'],
  0x17: ['Add-in Card'],
  0x18: ['Chassis'],
  0x19: ['Chip Set', 'c soft power control failed|c thermal trip'],
  0x1a: ['Other FRU'],
  0x1b: ['Cable / Interconnect', 'i connected|c wrongly connected'],
  0x1c: ['Terminator'],
  0x1d: [
    'System Boot Initiated',
    'i power up|i hard reset|i warm reset|i PXE boot requested|i boot to diagnostics|' +
      'i OS hard reset|i OS warm reset|i restarted',
  ],
  0x1e: [
    'Boot Error',
    'c no bootable media|c media not bootable|c no PXE server|c invalid boot sector|' +
      'c boot selection timed out',
  ],
  0x1f: [
    'OS Boot',
    'i booted from A:|i booted from C:|i booted from PXE|i booted to diagnostics|' +
      'i booted from CD-ROM|i booted from ROM|i booted|i installation started|' +
      'i installation completed|w installation aborted|c installation failed',
  ],
  0x20: [
    'OS Stop',
    'c stopped during load|n stopped at run time|i graceful stop|i graceful shutdown|' +
      'i shutdown by PEF|w agent does not respond',
  ],
  0x21: [
    'Slot / Connector',
    'c fault|i identified|i device present|i ready to install|i ready to remove|i power off|' +
      'i removal requested|i interlock set|w disabled|i spare device',
  ],
  0x22: [
    'System ACPI Power State',
    'i S0/G0 working|i S1 sleeping|i S2 sleeping|i S3 sleeping|i S4 suspended|i S5/G2 soft off|' +
      'i S4/S5 soft off|i G3 mechanical off|i sleeping in S1 to S3|i G1 sleeping|i S5 by override|' +
      'i legacy on|i legacy off||i unknown',
  ],
  0x23: ['Watchdog 2', 'c expired|c hard reset|c power down|c power cycle|||||w about to expire'],
  0x24: ['Platform Alert', 'i page generated|i LAN alert generated|i trap generated|i SNMP trap'],
  0x25: ['Entity Presence', 'i present|i absent|i disabled'],
  0x26: ['Monitor ASIC / IC'],
  0x27: ['LAN', 'w heartbeat lost|i heartbeat'],
  0x28: [
    'Management Subsystem Health',
    'w sensor access degraded|w controller access degraded|c controller off line|' +
      'c controller unavailable|c sensor failure|c FRU failure',
  ],
  0x29: ['Battery', 'w low|c failed|i present'],
  0x2a: [
    'Session Audit',
    'i session activated|i session deactivated|w wrong user or password|w user disabled by wrong passwords',
  ],
  0x2b: [
    'Version Change',
    'i hardware changed|i firmware or software changed|c hardware incompatible|' +
      'c firmware or software incompatible|c hardware unsupported|' +
      'c firmware or software unsupported|i hardware change done|i firmware or software change done',
  ],
  0x2c: [
    'FRU State',
    'i not installed|i inactive|i activation requested|i activating|i active|' +
      'i deactivation requested|i deactivating|c communication lost',
  ],
};
