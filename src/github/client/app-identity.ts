import type { GitHubClient, OctokitFor } from "./octokit.ts";
import { nullWhenMissing } from "./request-failure.ts";

/** Who the App is. Its own events and comments are recognised by these numbers, never by a login (GITHUB.md, "Traps"). */
export type AppIdentity = {
  readonly appId: number;
  readonly slug: string;
  /** The user id of the App's bot account, which is the `sender` of what the App does; null where GitHub does not tell. */
  readonly botId: number | null;
};

export type AppIdentityDeps = {
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
    const { data: app } = await (await deps.appOctokit()).rest.apps.getAuthenticated();
    if (app === null || app.slug === undefined) throw new TypeError("GitHub did not name the App");
    const octokit = await deps.octokitFor(installation);
    const bot = await nullWhenMissing(octokit.rest.users.getByUsername({ username: `${app.slug}[bot]` }));
    known = { appId: app.id, slug: app.slug, botId: bot?.data.id ?? null };
    return known;
  };
}

type Account = { readonly id: number; readonly login?: string };

/**
 * Whether the account is the App's bot: by its user id, which survives a rename. Only where GitHub does not tell that id
 * (some GitHub-compatible servers) the bot's login decides.
 */
export function isBotOf(app: AppIdentity, account: Account): boolean {
  return app.botId === null ? account.login === `${app.slug}[bot]` : account.id === app.botId;
}

/** What a payload or an answer says of who made something. */
export type Authorship = {
  readonly user?: Account | null | undefined;
  readonly performed_via_github_app?: { readonly id: number } | null | undefined;
};

/**
 * Whether the App made it. `performed_via_github_app` decides where it is given; where it is left out, the account does.
 */
export function isOwn(thing: Authorship, app: AppIdentity): boolean {
  const via = thing.performed_via_github_app;
  if (via !== null && via !== undefined) return via.id === app.appId;
  return thing.user !== null && thing.user !== undefined && isBotOf(app, thing.user);
}
