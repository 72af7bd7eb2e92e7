import { setTimeout as sleep } from "node:timers/promises";
import type { NarrowedTokens } from "./narrowed-tokens.ts";
import type { GitHubClient } from "./octokit.ts";
import { statusOf } from "./request-failure.ts";
import { scopeOfRequest } from "./token-scope.ts";

type Request = GitHubClient["request"];
type Endpoint = ReturnType<Request["endpoint"]["merge"]>;

/** GitHub may not know a token everywhere when it is this young, in milliseconds; Octokit's own authentication waits likewise. */
const youngMs = 5_000;

/** Makes a request of an installation with a token for what it needs. */
export async function sendWithToken(request: Request, endpoint: Endpoint, tokens: NarrowedTokens) {
  const { url } = request.endpoint.parse(endpoint);
  const { token, createdAt } = await tokens.of(scopeOfRequest(endpoint.method, url, repositoryOf(endpoint)));
  const headers = { ...endpoint.headers, authorization: `token ${token}` };
  const signed = { ...endpoint, url: endpoint.url ?? url, headers };
  for (let tries = 1; ; tries += 1) {
    try {
      return await request(signed);
    } catch (error) {
      if (statusOf(error) !== 401 || Date.now() - Date.parse(createdAt) >= youngMs) throw error;
      await sleep(tries * 1_000);
    }
  }
}

/** The repository that a caller names where the URL does not: `octokit.graphql(…, { request: { repository } })`. */
function repositoryOf({ request }: Endpoint): string | undefined {
  const name: unknown = request?.["repository"];
  return typeof name === "string" ? name : undefined;
}
