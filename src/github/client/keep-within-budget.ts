import type { Clock } from "../../kernel/clock.ts";
import type { RequestBudget } from "../budget/request-budget.ts";
import { requestCost } from "../budget/request-cost.ts";
import { currentUrgency, type Urgency } from "../budget/urgency.ts";
import { hourUsedUpForMs } from "./hour-limit.ts";
import type { GitHubClient } from "./octokit.ts";
import { limitedForMs } from "./request-failure.ts";

/** GitHub asks for a minute at least, and for longer each time that it was too much again; in milliseconds. */
const leastBlockMs = 60_000;
const mostBlockMs = 15 * 60_000;

/**
 * Lets each request of a client go only when the installation's budget has room for it. Of the requests of an hour GitHub's
 * own answers tell how many are left: how many there are depends on the installation. Where GitHub says all the same that
 * it was too much, nobody asks again before GitHub's time is over, in no process.
 *
 * @see https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api#handle-rate-limit-errors-appropriately
 */
export function keepWithinBudget(
  octokit: Pick<GitHubClient, "hook">,
  installation: number,
  budget: RequestBudget,
  clock: Clock,
): void {
  let refusals = 0;
  octokit.hook.wrap("request", async (request, options) => {
    await budget.spend(installation, requestCost(options.method, options.url), urgencyOf(options.url));
    try {
      const response = await request(options);
      refusals = 0;
      const usedUpMs = hourUsedUpForMs(response.headers, clock());
      if (usedUpMs > 0) await budget.block(installation, usedUpMs);
      return response;
    } catch (error) {
      const ms = limitedForMs(error, clock());
      if (ms !== null) {
        const leastMs = Math.min(mostBlockMs, leastBlockMs * 2 ** Math.min(refusals, 10));
        refusals += 1;
        await budget.block(installation, Math.max(ms, leastMs));
      }
      throw error;
    }
  });
}

function urgencyOf(url: string): Urgency {
  return url.includes("/check-runs") ? "check" : currentUrgency();
}
