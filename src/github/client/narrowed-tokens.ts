import { isDeepStrictEqual } from "node:util";
import { LRUCache } from "lru-cache";
import { statusOf } from "./request-failure.ts";
import { accountScope, grantedOf, type TokenScope } from "./token-scope.ts";

export type InstallationToken = {
  readonly token: string;
  /** ISO 8601. */
  readonly createdAt: string;
};

export type TokenSource = {
  /** Answers from what is known, unless told to `refresh` it; known ones are forgotten before they expire. */
  readonly ask: (scope: TokenScope, refresh: boolean) => Promise<InstallationToken>;
  /** What was granted to the installation; null where GitHub does not tell. */
  readonly granted: () => Promise<Readonly<Record<string, string | undefined>> | null>;
  readonly warn: (message: string) => void;
};

export type NarrowedTokens = {
  readonly of: (scope: TokenScope) => Promise<InstallationToken>;
  /** Takes new ones from now on, and one at once. */
  readonly refresh: () => Promise<InstallationToken>;
};

/**
 * For so long a scope is taken as it was given, in milliseconds: less than a token lives, so that what was granted since
 * is noticed with the next one.
 */
const keptMs = 55 * 60_000;

/** GitHub's answers to a wish for what is not granted or not there; of a server that knows no such wish, too. */
const refusals: readonly (number | null)[] = [400, 422];

/**
 * The tokens of one installation, each narrowed to what a request needs (GITHUB.md, "Numbers"). An installation that has
 * not granted everything yet gives what it has; a repository that has another name by now is reached by a token for all,
 * because GitHub leads on from the former name; a server that cannot narrow gives what it gives.
 */
export function createNarrowedTokens({ ask, granted, warn }: TokenSource): NarrowedTokens {
  const given = new LRUCache<string, Promise<TokenScope>>({ max: 10_000, ttl: keptMs });

  async function negotiate(wanted: TokenScope): Promise<TokenScope> {
    if (await isGiven(wanted)) return wanted;
    const held = await granted();
    const permissions = held === null ? wanted.permissions : grantedOf(wanted.permissions ?? {}, held);
    const tries: readonly TokenScope[] = [
      { ...wanted, ...(permissions && { permissions }) },
      { ...(permissions && { permissions }) },
    ];
    for (const scope of tries) if (!isDeepStrictEqual(scope, wanted) && (await isGiven(scope))) return scope;
    warn("GitHub narrows no token here: the installation's whole one is used");
    await ask({}, true);
    return {};
  }

  async function isGiven(scope: TokenScope): Promise<boolean> {
    try {
      await ask(scope, true);
      return true;
    } catch (error) {
      if (refusals.includes(statusOf(error))) return false;
      throw error;
    }
  }

  async function of(wanted: TokenScope): Promise<InstallationToken> {
    const key = JSON.stringify(wanted);
    const scope = given.get(key) ?? negotiate(wanted);
    given.set(key, scope, { noUpdateTTL: true });
    try {
      return await ask(await scope, false);
    } catch (error) {
      given.delete(key);
      throw error;
    }
  }

  return {
    of,
    refresh() {
      given.clear();
      return of(accountScope);
    },
  };
}
