import type { GitHubClient, OctokitFor } from "./octokit.ts";

/** Who the App is. Its own events and comments are recognised by these numbers, never by a login (GITHUB.md, "Traps"). */
export type AppIdentity = {
  readonly appId: number;
  readonly slug: string;
  /** The user id of the App's bot account, which is the `sender` of what the App does. */
  readonly botId: number;
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
    const { data: bot } = await octokit.rest.users.getByUsername({ username: `${app.slug}[bot]` });
    known = { appId: app.id, slug: app.slug, botId: bot.id };
    return known;
  };
}

/** What a payload or an answer says of who made something. */
export type Authorship = {
  readonly user?: { readonly id: number } | null | undefined;
  readonly performed_via_github_app?: { readonly id: number } | null | undefined;
};

/**
 * Whether the App made it. `performed_via_github_app` decides where it is given; a GitHub that leaves it out is asked by
 * the bot's user id.
 */
export function isOwn(thing: Authorship, app: AppIdentity): boolean {
  const via = thing.performed_via_github_app;
  return via === null || via === undefined ? thing.user?.id === app.botId : via.id === app.appId;
}
