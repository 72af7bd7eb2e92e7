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
 * How the account behind a delivery stands now, by its id, which survives a rename; a login may belong to somebody else by
 * now. Nothing is kept here: the roles' cache says how long an answer counts.
 *
 * @throws RequestError when GitHub cannot be read.
 */
export async function accountStanding(octokit: AccountClient, user: Account): Promise<AccountStanding> {
  if (user.id <= 0 || user.login.toLowerCase() === ghost) return { kind: "gone" };
  // No person's login can end so.
  if (user.login.endsWith("[bot]")) return { kind: "bot", login: user.login };
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
