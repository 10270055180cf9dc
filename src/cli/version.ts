/** The version of the program. */

/** The build puts the version of the package here; the tests run without a build. */
declare const IPMI_BT_VERSION: string | undefined;

export const VERSION = typeof IPMI_BT_VERSION === 'string' ? IPMI_BT_VERSION : '';
