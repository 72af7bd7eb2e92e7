import { Octokit } from "@octokit/rest";

const ignore = () => {};
/** A refused wish is negotiated, and every other failure is thrown on to whoever logs it. */
const quiet = { debug: ignore, info: ignore, warn: ignore, error: ignore };

/**
 * The options of a client with which an installation's token is asked for at its own GitHub, also when that is done by
 * hand (`octokit.auth({ type: "installation", refresh: true })`): Probot's own go to github.com then, whatever its
 * `baseUrl` says.
 */
export function withTokenRequests<Options extends { readonly auth?: unknown }>(options: Options, baseUrl: string) {
  const { request } = new Octokit({ baseUrl, log: quiet });
  return { ...options, auth: { ...(typeof options.auth === "object" ? options.auth : {}), request } };
}
