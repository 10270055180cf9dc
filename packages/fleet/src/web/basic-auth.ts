/** Basic authentication against hashes of bcrypt. */

import { createHash } from 'node:crypto';

import { compare } from 'bcryptjs';

/** Answers that are kept; programs that scrape are few. */
const KEPT_MAX = 100;

/** Passwords that are compared at once; each takes processor time, which a stranger can ask for. */
const AT_ONCE_MAX = 4;

/** A hash of cost 10 for users that do not exist: a quick answer would tell that they do not. */
const NO_USER = '$2b$10$abcdefghijklmnopqrstuu5Lo0g67CiD3M4RpN1BmBb4Crp5w7dbK';

/** Decides on the scrapes of users. */
export class BasicAuth {
  readonly #users: ReadonlyMap<string, string>;
  /** Digests of users and passwords that were right. */
  readonly #right = new Set<string>();
  #comparing = 0;

  constructor(users: ReadonlyMap<string, string>) {
    this.#users = users;
  }

  /** True if the header `Authorization` names a user with the right password, or none is needed. */
  async admits(header: string | undefined): Promise<boolean> {
    if (this.#users.size === 0) return true;
    const credentials = credentialsIn(header);
    if (credentials === undefined) return false;
    const { user, password } = credentials;
    const hash = this.#users.get(user);
    const digest = createHash('sha256')
      .update(`${hash ?? ''}\0${user}\0${password}`)
      .digest('hex');
    if (this.#right.has(digest)) return true;
    if (this.#comparing >= AT_ONCE_MAX) return false;
    this.#comparing += 1;
    try {
      const isRight = (await compare(password, hash ?? NO_USER)) && hash !== undefined;
      if (isRight) this.#keep(digest);
      return isRight;
    } finally {
      this.#comparing -= 1;
    }
  }

  #keep(digest: string): void {
    if (this.#right.size >= KEPT_MAX) this.#right.clear();
    this.#right.add(digest);
  }
}

function credentialsIn(
  header = '',
): { readonly user: string; readonly password: string } | undefined {
  const [, encoded] = /^Basic +([A-Za-z0-9+/=]+)$/i.exec(header) ?? [];
  if (encoded === undefined) return undefined;
  const [, user, password] =
    /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, 'base64').toString()) ?? [];
  return user === undefined || password === undefined ? undefined : { user, password };
}
