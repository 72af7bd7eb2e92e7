import { setTimeout as wait } from "node:timers/promises";
import type { Logger } from "pino";
import { greetInstallations, whyUnreachable } from "../github/greet.ts";
import type { EnqueueWrite } from "../github/write/write-target.ts";
import type { Probe } from "../monitoring/application/check-readiness.ts";
import type { GitHubConnection } from "./connect-github.ts";

/** The pause between two attempts to reach GitHub doubles from the first to the longest, in milliseconds. */
const firstPauseMs = 500;
const longestPauseMs = 15_000;

export type AttendDeps = {
  readonly github: GitHubConnection;
  readonly write: EnqueueWrite;
  readonly probes: Probe[];
  /** Called once, when GitHub has answered and the repositories are greeted. */
  readonly reached: () => Promise<void>;
  readonly logger: Logger;
};

/**
 * Waits for GitHub, with readiness red until it has answered once; then asks for the labels of all repositories, and
 * says so. A GitHub that goes away later turns nothing
 * red: deliveries must still be taken in. Answers with how to end it.
 */
export function attendGitHub({ github, write, probes, reached, logger }: AttendDeps): () => Promise<void> {
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
        write,
        log: logger,
      });
    });
    await attempt("missed deliveries were not asked for at once; the next pass does", reached);
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
