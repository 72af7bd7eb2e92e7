import { setTimeout as wait } from "node:timers/promises";
import type { Logger } from "pino";
import { isLacking, statusOf } from "../github/client/request-failure.ts";
import { greetInstallations, whyUnreachable } from "../github/greet.ts";
import { sweepDeliveries } from "../github/redelivery.ts";
import type { EnqueueWrite } from "../github/write/write-target.ts";
import type { Probe } from "../monitoring/application/check-readiness.ts";
import type { GitHubConnection } from "./connect-github.ts";

/** How long GitHub keeps its delivery log (GITHUB.md, "Numbers"), in milliseconds. */
const deliveryLogMs = 3 * 24 * 60 * 60 * 1000;
/** Between two looks at the log, in milliseconds. */
const sweepMs = 5 * 60_000;
/** The pause between two attempts to reach GitHub doubles from the first to the longest, in milliseconds. */
const firstPauseMs = 500;
const longestPauseMs = 15_000;

export type AttendDeps = {
  readonly github: GitHubConnection;
  /** Makes what is known of an installation right. */
  readonly follow: (installation: number) => Promise<void>;
  /** Called once GitHub has answered and its installations were looked at. */
  readonly reached: () => Promise<void>;
  readonly write: EnqueueWrite;
  readonly probes: Probe[];
  readonly logger: Logger;
};

/**
 * Waits for GitHub, with readiness red until it has answered once; then asks for the labels of all repositories and for
 * deliveries that were missed, and for the latter again every few minutes. A GitHub that goes away later turns nothing
 * red: deliveries must still be taken in. Answers with how to end it.
 */
export function attendGitHub({ github, follow, reached, write, probes, logger }: AttendDeps): () => Promise<void> {
  const ending = new AbortController();
  const state: { why: string | null } = { why: "GitHub was not asked yet" };
  probes.push({
    name: "github",
    ping: () => (state.why === null ? Promise.resolve() : Promise.reject(new Error(state.why))),
  });

  async function reach(): Promise<void> {
    for (let attempt = 0; ; attempt += 1) {
      const why = await whyUnreachable(await github.appOctokit(), ending.signal);
      if (why === null) break;
      const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(attempt, 5));
      if (why !== state.why) logger.warn({ github: github.webUrl, reason: why }, "waiting for GitHub");
      state.why = why;
      await wait(pauseMs, undefined, { signal: ending.signal });
    }
    state.why = null;
  }

  async function attend(): Promise<void> {
    await reach();
    await attempt("the App's repositories could not be listed; their labels come with their first story", async () => {
      await greetInstallations({
        octokit: await github.appOctokit(),
        octokitFor: github.octokitFor,
        follow,
        write,
        log: logger,
      });
    });
    await reached();
    for (;;) {
      if (!(await sweep())) return;
      await wait(sweepMs, undefined, { signal: ending.signal });
    }
  }

  /** False where there is no delivery log: then it is not asked for again. */
  async function sweep(): Promise<boolean> {
    try {
      await sweepDeliveries({ octokit: await github.appOctokit(), log: logger }, Date.now() - deliveryLogMs);
    } catch (error) {
      if (isLacking(error)) {
        const next = "Deliveries that are missed while the fleet is away must be sent again by hand.";
        logger.warn({ status: statusOf(error), next }, "this GitHub has no delivery log for the App");
        return false;
      }
      logger.warn({ reason: reasonOf(error) }, "the delivery log could not be read; the next pass tries again");
    }
    return true;
  }

  async function attempt(failure: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      logger.warn({ reason: reasonOf(error) }, failure);
    }
  }

  const running = attend().catch((error: unknown) => {
    if (!ending.signal.aborted) logger.error({ err: error }, "GitHub is attended to no more");
  });
  return async () => {
    ending.abort();
    await running;
  };
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : "unknown";
}
