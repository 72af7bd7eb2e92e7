import type { Logger } from "pino";
import { Probot, ProbotOctokit } from "probot";
import { type BudgetLedger, createMemoryLedger, gitHubLimits } from "../github/budget/budget-ledger.ts";
import { createRequestBudget, type RequestBudget } from "../github/budget/request-budget.ts";
import { createAppIdentity } from "../github/client/app-identity.ts";
import { createConditionalCache, makeReadsConditional } from "../github/client/conditional-requests.ts";
import { createMemoryEpochs, type Epochs } from "../github/client/epochs.ts";
import { expectNoStatuses } from "../github/client/expect-no-statuses.ts";
import { keepWithinBudget } from "../github/client/keep-within-budget.ts";
import { noteChanges } from "../github/client/note-changes.ts";
import type { GitHubClient, OctokitFor } from "../github/client/octokit.ts";
import { mendPageLinks } from "../github/client/page-links.ts";
import { withTokenRequests } from "../github/client/token-requests.ts";
import type { Delivery } from "../github/intake/delivery.ts";
import type { Clock } from "../kernel/clock.ts";
import type { AppCredentials, Environment } from "../platform/config/environment.ts";
import { createInstallationAuth } from "./installation-auth.ts";

/** What the processes of a fleet have to know of one another: what was asked of GitHub, and what changed there. */
export type SharedByProcesses = { readonly ledger: BudgetLedger; readonly epochs: Epochs };

export type ConnectOptions = {
  /** In this process's memory if absent. */
  readonly shared?: SharedByProcesses;
  /** Instead of GitHub's limits on GitHub's own cloud, and none elsewhere. */
  readonly budget?: RequestBudget;
  readonly clock?: Clock;
  /** How long a request waits for the budget before it fails; see `createRequestBudget`. */
  readonly patienceMs?: number;
};

/** The App on GitHub: Probot, and the clients that act through it. */
export type GitHubConnection = {
  readonly probot: Probot;
  readonly octokitFor: OctokitFor;
  /** A client that acts as the App itself, by JWT. */
  readonly appOctokit: () => Promise<GitHubClient>;
  readonly identityOf: ReturnType<typeof createAppIdentity>;
  /** The web and git address, e.g. `https://github.com`. */
  readonly webUrl: string;
  /**
   * Whether writes keep GitHub's pace. Only GitHub's own cloud sets these limits: GitHub Enterprise Server has none unless
   * its owner says so, and then a refused write comes back after the time that the answer names.
   *
   * @see https://docs.github.com/en/enterprise-server@latest/rest/using-the-rest-api/rate-limits-for-the-rest-api
   */
  readonly paced: boolean;
  /** Told of every delivery, so that no read is answered from before it. */
  readonly noteChanges: (delivery: Delivery) => Promise<void>;
  readonly epochs: Epochs;
};

/**
 * Answers that another attempt does not change, so that Octokit does not spend fourteen seconds on each: its own list,
 * and 405, 409 (the writer explains them) and 501; and 429, of which GitHub says when to ask again.
 */
const doNotRetry = [400, 401, 403, 404, 405, 409, 410, 422, 429, 451, 501];

/**
 * Connects to github.com, or to the GitHub that `GHE_HOST` names. Nothing is asked yet. What is `shared`
 * holds for all processes where it lies on Valkey.
 *
 * Probot logs request bodies on its debug level, so its logger never goes below info.
 */
export function connectGitHub(
  credentials: AppCredentials,
  github: Environment["github"],
  logger: Logger,
  options: ConnectOptions = {},
): GitHubConnection {
  const webUrl = github.host === undefined ? "https://github.com" : `${github.protocol}://${github.host}`;
  const { clock = Date.now } = options;
  const shared = options.shared ?? { ledger: createMemoryLedger(), epochs: createMemoryEpochs() };
  const baseUrl = github.host === undefined ? "https://api.github.com" : `${webUrl}/api/v3`;
  const paced = isCloud(new URL(webUrl).hostname);
  const log = logger.child({}, { level: logger.isLevelEnabled("info") ? "info" : logger.level });
  const probot = new Probot({
    appId: credentials.appId,
    privateKey: credentials.privateKey,
    // The intake verifies signatures before anything reaches Probot; its own check is never used.
    secret: credentials.webhookSecrets[0],
    log,
    Octokit: ProbotOctokit.defaults((options: NonNullable<ConstructorParameters<typeof ProbotOctokit>[0]>) => ({
      ...withTokenRequests(options, baseUrl),
      authStrategy: createInstallationAuth,
      throttle: { ...options["throttle"], enabled: paced },
      retry: { ...options["retry"], doNotRetry },
    })),
    ...(github.host === undefined ? {} : { baseUrl }),
  });
  const cache = createConditionalCache(shared.epochs, clock);
  const since = clock();
  const { patienceMs } = options;
  const ownBudget = paced
    ? createRequestBudget({
        limits: gitHubLimits,
        ledger: shared.ledger,
        clock,
        ...(patienceMs === undefined ? {} : { patienceMs }),
      })
    : null;
  const budget = options.budget ?? ownBudget;
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
      if (budget !== null) keepWithinBudget(octokit, installation, budget, clock);
      if (github.host !== undefined) mendPageLinks(octokit);
      return octokit;
    } catch (error) {
      clients.delete(installation);
      throw error;
    }
  }
  let app: Promise<GitHubClient> | null = null;
  async function connectApp(): Promise<GitHubClient> {
    const octokit = await probot.auth();
    if (github.host !== undefined) mendPageLinks(octokit);
    return octokit;
  }
  const appOctokit = () => {
    app ??= connectApp();
    return app;
  };
  const identityOf = createAppIdentity({ appId: credentials.appId, appOctokit, octokitFor });
  return {
    probot,
    octokitFor,
    appOctokit,
    identityOf,
    webUrl,
    paced,
    epochs: shared.epochs,
    async noteChanges({ event, rawBody, installationId }) {
      if (installationId === undefined) return;
      const payload: unknown = JSON.parse(rawBody);
      await noteChanges(shared.epochs, await identityOf(installationId), event, payload);
      if (event === "push") expectNoStatuses(cache, await octokitFor(installationId), payload, since);
    },
  };
}

function isCloud(hostname: string): boolean {
  return hostname === "github.com" || hostname.endsWith(".ghe.com");
}
