/** A host's /proc, /sys and /run as a table of paths, for everything that is handed files. */

import type { Files, Listing, Ownership, System } from '../../src/files.ts';
import type { Owner } from '../../src/whole-file.ts';

/** A file that may not be read. */
export const DENIED = { denied: 'Permission denied' } as const;

/**
 * A path is a file of this text or these bytes, a symbolic link, an unreadable file, or a character
 * device.
 */
export type FakeFile =
  | string
  | Uint8Array
  | { readonly linkTo: string }
  | { readonly denied: string }
  | { readonly device: string };

export type FakeTable = Readonly<Record<string, FakeFile>>;

/** The files of `table` and the folders they lie in; nothing else exists. */
export function fakeFiles(table: FakeTable): Files {
  return new FakeSystem(table);
}

/** The same, to be changed; writes down each change, of which any can be made to fail. */
export class FakeSystem implements System {
  readonly changes: string[] = [];
  readonly #table: Map<string, FakeFile>;
  readonly #owners = new Map<string, Partial<Ownership>>();
  #onChange: (change: string) => void = () => undefined;

  constructor(table: FakeTable) {
    this.#table = new Map(Object.entries(table));
  }

  /** Is told of each change before it is made; what it throws is what the change fails with. */
  onChange(callback: (change: string) => void): void {
    this.#onChange = callback;
  }

  /** Sets or removes a path, which is not written down as a change. */
  set(path: string, file: FakeFile | undefined): void {
    if (file === undefined) this.#table.delete(path);
    else this.#table.set(path, file);
  }

  readText(path: string): string | undefined {
    const file = this.#table.get(path);
    return typeof file === 'string' ? file : undefined;
  }

  readBytes(path: string): Uint8Array | undefined {
    const file = this.#table.get(path);
    if (typeof file === 'string') return Buffer.from(file);
    return file instanceof Uint8Array ? file : undefined;
  }

  list(path: string): readonly string[] {
    const below = this.#below(path);
    const names = below.map((name) => name.slice(path.length + 1).replace(/\/.*/, ''));
    return [...new Set(names)].sort();
  }

  look(path: string): Listing {
    const file = this.#table.get(path);
    if (typeof file === 'object' && 'denied' in file) {
      return { kind: 'denied', reason: file.denied };
    }
    return this.exists(path) ? { kind: 'read', names: this.list(path) } : { kind: 'gone' };
  }

  linkTarget(path: string): string | undefined {
    const file = this.#table.get(path);
    return typeof file === 'object' && 'linkTo' in file ? file.linkTo : undefined;
  }

  /** Root's, as files of a host are by default; {@link own} says otherwise. */
  stat(path: string): Ownership | undefined {
    const file = this.#table.get(path);
    if (file === undefined && path !== '/' && this.#below(path).length === 0) return undefined;
    const isLink = typeof file === 'object' && 'linkTo' in file;
    const usual: Ownership =
      file === undefined
        ? { kind: 'folder', uid: 0, gid: 0, mode: 0o755 }
        : { kind: isLink ? 'link' : 'file', uid: 0, gid: 0, mode: isLink ? 0o777 : 0o644 };
    return { ...usual, ...this.#owners.get(path) };
  }

  /** Gives a path another owner or mode. */
  own(path: string, ownership: Partial<Ownership>): this {
    this.#owners.set(path, ownership);
    return this;
  }

  exists(path: string): boolean {
    return this.#table.has(path) || this.#below(path).length > 0;
  }

  deviceNumber(path: string): string | undefined {
    const file = this.#table.get(path);
    return typeof file === 'object' && 'device' in file ? file.device : undefined;
  }

  write(path: string, text: string): Promise<void> {
    return new Promise((resolve) => {
      this.writeNow(path, text);
      resolve();
    });
  }

  writeNow(path: string, text: string): void {
    this.#change(`write ${path} ${text}`);
  }

  replace(path: string, text: string): void {
    this.#change(`replace ${path}`);
    this.#table.set(path, text);
  }

  makeFolder(path: string): void {
    this.#onChange(`folder ${path}`);
  }

  setAccess(path: string, { uid, gid, mode }: Owner): void {
    this.#change(`access ${path} ${uid}:${gid} ${mode.toString(8)}`);
  }

  remove(path: string): void {
    this.#change(`remove ${path}`);
    this.#table.delete(path);
  }

  open(path: string): number {
    this.#change(`open ${path}`);
    return 3;
  }

  readFrom(fd: number, target: Uint8Array, position?: number): number {
    this.#change(`read ${targetOf(fd, position)} ${target.length}`);
    return 0;
  }

  writeTo(fd: number, source: Uint8Array, position?: number): void {
    this.#change(`write ${targetOf(fd, position)} ${source.join(' ')}`);
  }

  close(): void {
    this.#change('close');
  }

  #below(folder: string): readonly string[] {
    return [...this.#table.keys()].filter((path) => path.startsWith(`${folder}/`));
  }

  #change(change: string): void {
    this.#onChange(change);
    this.changes.push(change);
  }
}

function targetOf(fd: number, position: number | undefined): string {
  return position === undefined ? `${fd}` : `${fd} at ${position}`;
}
