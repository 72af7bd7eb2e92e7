import { isIP } from "node:net";
import type { Logger } from "pino";
import { Probot, ProbotOctokit } from "probot";
import { createAppIdentity } from "../github/client/app-identity.ts";
import { createConditionalCache, makeReadsConditional } from "../github/client/conditional-requests.ts";
import type { GitHubClient, OctokitFor } from "../github/client/octokit.ts";
import type { AppCredentials, Environment } from "../platform/config/environment.ts";
import { createEventAuth } from "./event-auth.ts";

/** The App on GitHub: Probot, and the clients that act through it. */
export type GitHubConnection = {
  readonly probot: Probot;
  readonly octokitFor: OctokitFor;
  /** A client that acts as the App itself, by JWT. */
  readonly appOctokit: () => Promise<GitHubClient>;
  readonly identityOf: ReturnType<typeof createAppIdentity>;
  /** The web and git address, e.g. `https://github.com`. */
  readonly webUrl: string;
  /** Whether writes keep GitHub's pace. A GitHub on this machine sets no secondary limits. */
  readonly paced: boolean;
};

/**
 * Connects to github.com, or to the GitHub that `GHE_HOST` names. Nothing is asked yet.
 *
 * Probot logs request bodies on its debug level, so its logger never goes below info.
 */
export function connectGitHub(app: AppCredentials, github: Environment["github"], logger: Logger): GitHubConnection {
  const webUrl = github.host === undefined ? "https://github.com" : `${github.protocol}://${github.host}`;
  const paced = !isLoopback(new URL(webUrl).hostname);
  const log = logger.child({}, { level: logger.isLevelEnabled("info") ? "info" : logger.level });
  const probot = new Probot({
    appId: app.appId,
    privateKey: app.privateKey,
    // The intake verifies signatures before anything reaches Probot; its own check is never used.
    secret: app.webhookSecrets[0],
    log,
    Octokit: ProbotOctokit.defaults((options: NonNullable<ConstructorParameters<typeof ProbotOctokit>[0]>) => ({
      ...options,
      authStrategy: createEventAuth,
      throttle: { ...options["throttle"], enabled: paced },
    })),
    ...(github.host === undefined ? {} : { baseUrl: `${webUrl}/api/v3` }),
  });
  const cache = createConditionalCache();
  const clients = new Map<number, Promise<GitHubClient>>();
  const octokitFor: OctokitFor = (installation) => {
    const known = clients.get(installation) ?? connect(installation);
    clients.set(installation, known);
    return known;
  };
  async function connect(installation: number): Promise<GitHubClient> {
    try {
      const octokit = await probot.auth(installation);
      makeReadsConditional(octokit, cache);
      return octokit;
    } catch (error) {
      clients.delete(installation);
      throw error;
    }
  }
  const appOctokit = () => probot.auth();
  return { probot, octokitFor, appOctokit, identityOf: createAppIdentity({ appOctokit, octokitFor }), webUrl, paced };
}

function isLoopback(hostname: string): boolean {
  const address = hostname.replace(/^\[|\]$/g, "");
  return address === "localhost" || address === "::1" || (isIP(address) === 4 && address.startsWith("127."));
}
