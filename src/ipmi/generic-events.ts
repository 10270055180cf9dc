/**
 * Events that any type of sensor can have (IPMI 2.0 table 42-2), by event type. Each offset has a
 * text, separated by `|`; its first letter is the severity: i information, w warning, c critical,
 * n non-recoverable. An offset without a meaning is empty.
 */

/** Event type: a threshold was crossed. */
export const THRESHOLD = 0x01;

/** Event type: the meaning of the offset depends on the type of sensor. */
export const SENSOR_SPECIFIC = 0x6f;

export const GENERIC_EVENTS: Readonly<Record<number, string>> = {
  [THRESHOLD]:
    'w lower non-critical, going low|w lower non-critical, going high|' +
    'c lower critical, going low|c lower critical, going high|' +
    'n lower non-recoverable, going low|n lower non-recoverable, going high|' +
    'w upper non-critical, going low|w upper non-critical, going high|' +
    'c upper critical, going low|c upper critical, going high|' +
    'n upper non-recoverable, going low|n upper non-recoverable, going high',
  0x02: 'i idle|i active|i busy',
  0x03: 'i state off|i state on',
  0x04: 'i failure no longer predicted|w failure predicted',
  0x05: 'i limit not exceeded|w limit exceeded',
  0x06: 'i performance as expected|w performance lags',
  0x07:
    'i OK|w non-critical, from OK|c critical, from less severe|n non-recoverable, from less severe|' +
    'w non-critical, from more severe|c critical, from non-recoverable|n non-recoverable|' +
    'i to be watched|i informational',
  0x08: 'i absent|i present',
  0x09: 'i disabled|i enabled',
  0x0a: 'i running|i in test|i powered off|i on line|i off line|i off duty|w degraded|i power save|c install error',
  0x0b:
    'i fully redundant|c redundancy lost|w redundancy degraded|' +
    'w not redundant, resources suffice, was redundant|' +
    'i not redundant, resources suffice, did not suffice|c not redundant, resources do not suffice|' +
    'w redundancy degraded, was full|w redundancy degraded, was none',
  0x0c: 'i power state D0|i power state D1|i power state D2|i power state D3',
};
