import { LRUCache } from "lru-cache";
import { z } from "zod";
import type { Slice } from "../client/octokit.ts";
import { isLacking, nullWhenMissing } from "../client/request-failure.ts";

/** An account as GitHub shows it now. */
export type AccountStanding =
  /** `login` may be newer than the one in a delivery. */
  | { readonly kind: "person"; readonly login: string }
  | { readonly kind: "bot"; readonly login: string }
  /** Deleted, or (on github.com) suspended: GitHub shows nothing of it. */
  | { readonly kind: "gone" }
  /** Suspended, as a GitHub Enterprise Server says. */
  | { readonly kind: "suspended" };

/** How long a standing holds: suspensions and renames are rare, and whoever is suspended can only have acted before. */
const ttlMs = 10 * 60_000;

type Account = { readonly id: number; readonly login: string };

const shown = z.object({ login: z.string(), type: z.string().optional(), suspended_at: z.string().nullish() });

type AccountClient = Slice<"users", "getById" | "getByUsername">;

/** The account by its id; where a server has no such route, by its login, if that is still the same account's. */
async function readAccount(octokit: AccountClient, { id, login }: Account): Promise<unknown> {
  const byId = await nullWhenMissing(octokit.rest.users.getById({ account_id: id }));
  if (byId !== null) return byId.data;
  const byLogin = await nullWhenMissing(octokit.rest.users.getByUsername({ username: login }));
  return byLogin?.data.id === id ? byLogin.data : null;
}

/** GitHub's stand-in for authors whose account is gone; its id stands for nobody. */
const ghost = "ghost";

/**
 * Looks accounts up by their id, which survives a rename; a login may belong to somebody else by now.
 *
 * @throws RequestError when GitHub cannot be read.
 */
export function createAccountStandings() {
  const known = new LRUCache<number, AccountStanding>({ max: 10_000, ttl: ttlMs });

  async function lookUp(octokit: AccountClient, user: Account): Promise<AccountStanding> {
    try {
      const found = await readAccount(octokit, user);
      if (found === null) return { kind: "gone" };
      const { login, type, suspended_at } = shown.parse(found);
      if (suspended_at != null) return { kind: "suspended" };
      return { kind: type === "Bot" ? "bot" : "person", login };
    } catch (error) {
      // A server that tells of no accounts leaves what the delivery said.
      if (isLacking(error)) return { kind: "person", login: user.login };
      throw error;
    }
  }

  return {
    /** How the account behind a delivery stands. */
    async of(octokit: AccountClient, user: Account): Promise<AccountStanding> {
      if (user.id <= 0 || user.login.toLowerCase() === ghost) return { kind: "gone" };
      // No person's login can end so.
      if (user.login.endsWith("[bot]")) return { kind: "bot", login: user.login };
      const before = known.get(user.id);
      if (before !== undefined) return before;
      const standing = await lookUp(octokit, user);
      known.set(user.id, standing);
      return standing;
    },
    /** Forgets one account, or all. */
    forget(id: number | undefined): void {
      if (id === undefined) known.clear();
      else known.delete(id);
    },
  };
}
