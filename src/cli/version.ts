/** The version of the program, and the sources that it was built from. */

/** The build puts the version of the package here; the tests run without a build. */
declare const IPMI_BT_VERSION: string | undefined;

/** The same of the sources. */
declare const IPMI_BT_COMMIT: string | undefined;
declare const IPMI_BT_DATE: string | undefined;

/** The sources of a build; each is empty where the build did not know it. */
export interface Build {
  /** The commit, with `-dirty` where files differed from it. */
  readonly commit: string;
  /** The day of the commit, or of what the packager says the sources are. */
  readonly date: string;
}

export const VERSION = typeof IPMI_BT_VERSION === 'string' ? IPMI_BT_VERSION : '';

export const BUILD: Build = {
  commit: typeof IPMI_BT_COMMIT === 'string' ? IPMI_BT_COMMIT : '',
  date: typeof IPMI_BT_DATE === 'string' ? IPMI_BT_DATE : '',
};
