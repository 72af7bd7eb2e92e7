import { Octokit } from "@octokit/rest";

/**
 * The options of a client with which an installation's token is asked for at its own GitHub, also when that is done by
 * hand (`octokit.auth({ type: "installation", refresh: true })`): Probot's own go to github.com then, whatever its
 * `baseUrl` says.
 */
export function withTokenRequests<Options extends { readonly auth?: unknown }>(options: Options, baseUrl: string) {
  const { request } = new Octokit({ baseUrl });
  return { ...options, auth: { ...(typeof options.auth === "object" ? options.auth : {}), request } };
}
