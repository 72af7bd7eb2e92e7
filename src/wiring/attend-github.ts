import { setTimeout as wait } from "node:timers/promises";
import type { Logger } from "pino";
import { greetInstallations, whyUnreachable } from "../github/greet.ts";
import type { Probe } from "../monitoring/application/check-readiness.ts";
import type { GitHubConnection } from "./connect-github.ts";

/** The pause between two attempts to reach GitHub doubles from the first to the longest, in milliseconds. */
const firstPauseMs = 500;
const longestPauseMs = 15_000;

export type AttendDeps = {
  readonly github: GitHubConnection;
  /** What to do once GitHub has answered; `signal` ends it. */
  readonly onReached: (signal: AbortSignal) => Promise<void>;
  /** Where readiness shows it; null where nobody asks this process. */
  readonly probes: Probe[] | null;
  readonly logger: Logger;
};

/**
 * Waits for GitHub, with readiness red until it has answered once, and goes on then. A GitHub that goes away later turns
 * nothing red: deliveries must still be taken in. Answers with how to end it.
 */
export function attendGitHub({ github, onReached, probes, logger }: AttendDeps): () => Promise<void> {
  const ending = new AbortController();
  const state: { why: string | null } = { why: "GitHub was not asked yet" };
  probes?.push({
    name: "github",
    ping: () => (state.why === null ? Promise.resolve() : Promise.reject(new Error(state.why))),
  });

  async function reach(): Promise<void> {
    for (let attempt = 0; ; attempt += 1) {
      const why = await whyUnreachable(await github.appOctokit(), ending.signal);
      if (why === null) break;
      const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(attempt, 5));
      // Said once a process: where readiness shows it too.
      if (why !== state.why && probes !== null) {
        logger.warn({ github: github.webUrl, reason: why }, "waiting for GitHub");
      }
      state.why = why;
      await wait(pauseMs, undefined, { signal: ending.signal });
    }
    state.why = null;
  }

  const attend = async () => {
    await reach();
    await onReached(ending.signal);
  };
  const running = attend().catch((error: unknown) => {
    if (!ending.signal.aborted) logger.error({ err: error }, "GitHub is attended to no more");
  });
  return async () => {
    ending.abort();
    await running;
  };
}

type Deps = { readonly github: GitHubConnection; readonly logger: Logger };

/** Makes what is known of every installation right: its places, and their labels. */
export async function greetAll(
  { github, logger }: Deps,
  deps: Pick<Parameters<typeof greetInstallations>[0], "follow" | "write">,
): Promise<void> {
  try {
    const octokit = await github.appOctokit();
    await greetInstallations({ ...deps, octokit, octokitFor: github.octokitFor, log: logger });
  } catch (error) {
    const what = "the App's repositories could not be listed; their labels come with their first story";
    logger.warn({ reason: reasonOf(error) }, what);
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : "unknown";
}
