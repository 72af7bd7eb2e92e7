import type { GitHubClient, OctokitFor } from "./octokit.ts";
import { nullWhenLacking } from "./request-failure.ts";

/** Who the App is. Its own events and comments are recognised by these numbers, never by a login (GITHUB.md, "Traps"). */
export type AppIdentity = {
  readonly appId: number;
  /** "" where GitHub does not tell it. */
  readonly slug: string;
  /** The user id of the App's bot account, which is the `sender` of what the App does; null where GitHub does not tell. */
  readonly botId: number | null;
};

export type AppIdentityDeps = {
  /** The App's id as it was configured: GitHub-compatible servers need not describe the App. */
  readonly appId: number;
  /** A client that acts as the App itself, by JWT (Probot: `app.auth()`). */
  readonly appOctokit: () => Promise<GitHubClient>;
  readonly octokitFor: OctokitFor;
};

/**
 * Looks the App's identity up once. The bot's user is read through an installation, because the App's own token opens
 * `/app` and `/users` only for itself.
 *
 * @throws RequestError when GitHub cannot be read; the next call tries again.
 */
export function createAppIdentity(deps: AppIdentityDeps): (installation: number) => Promise<AppIdentity> {
  let known: AppIdentity | null = null;
  return async (installation) => {
    if (known !== null) return known;
    const described = await nullWhenLacking((await deps.appOctokit()).rest.apps.getAuthenticated());
    const slug = described?.data?.slug ?? "";
    const octokit = await deps.octokitFor(installation);
    const bot =
      slug === "" ? null : await nullWhenLacking(octokit.rest.users.getByUsername({ username: `${slug}[bot]` }));
    known = { appId: described?.data?.id ?? deps.appId, slug, botId: bot?.data.id ?? null };
    return known;
  };
}

type Account = { readonly id: number; readonly login?: string; readonly type?: string | null | undefined };

/**
 * Whether the account is the App's bot: by its user id, which survives a rename. Only where GitHub does not tell that id
 * (some GitHub-compatible servers, which may call the bot as they like) its login decides, or that it is a bot at all:
 * no bot holds a role, so at worst another one is not answered.
 */
export function isBotOf(app: AppIdentity, account: Account): boolean {
  if (app.botId !== null) return account.id === app.botId;
  return account.type === "Bot" || (app.slug !== "" && account.login === `${app.slug}[bot]`);
}

/** What a payload or an answer says of who made something. */
export type Authorship = {
  readonly user?: Account | null | undefined;
  readonly performed_via_github_app?: { readonly id?: number | undefined } | null | undefined;
};

/**
 * Whether the App made it. `performed_via_github_app` decides where it is given; where it is left out, the account does.
 */
export function isOwn(thing: Authorship, app: AppIdentity): boolean {
  const via = thing.performed_via_github_app;
  if (via?.id !== undefined) return via.id === app.appId;
  return thing.user !== null && thing.user !== undefined && isBotOf(app, thing.user);
}
