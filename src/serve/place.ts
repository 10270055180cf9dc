/**
 * The places of a server in the file system, and its name in messages: a server has one interface,
 * and everything of it is named for the port of BT_CTRL.
 */

/** The folder of the sockets and locks; only root may write there. */
export const SERVE_FOLDER = '/run/ipmi-bt-serve';

/** Ports in the name of a file: `ce4`. */
function nameOf(base: number): string {
  return base.toString(16);
}

/** The server's own socket. */
export function socketPath(base: number, folder = SERVE_FOLDER): string {
  return `${folder}/${nameOf(base)}.sock`;
}

/** The port of the interface whose socket has that file name; undefined for any other name. */
export function baseOfSocket(name: string): number | undefined {
  const [, digits] = /^([1-9a-f][0-9a-f]{0,3})\.sock$/.exec(name) ?? [];
  return digits === undefined ? undefined : parseInt(digits, 16);
}

/** The file that the server has locked while it lives. */
export function serverLockPath(base: number, folder = SERVE_FOLDER): string {
  return `${folder}/${nameOf(base)}.lock`;
}

/** The line that stops a server. */
export function stopText(pid: number): string {
  const kill = pid === 0 ? '' : ` or \`kill ${pid}\``;
  return `stop it with \`systemctl stop ipmi-bt-serve\`${kill}`;
}
