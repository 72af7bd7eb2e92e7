import type { Clock } from "../../kernel/clock.ts";
import { requestCost } from "../budget/request-cost.ts";
import type { RequestBudget } from "../budget/request-budget.ts";
import { currentUrgency, type Urgency } from "../budget/urgency.ts";
import type { GitHubClient } from "./octokit.ts";
import { limitedForMs } from "./request-failure.ts";

/**
 * Lets each request of a client go only when the installation's budget has room for it. Where GitHub says all the same
 * that it was too much, nobody asks again before GitHub's time is over, in no process.
 */
export function keepWithinBudget(
  octokit: Pick<GitHubClient, "hook">,
  installation: number,
  budget: RequestBudget,
  clock: Clock,
): void {
  octokit.hook.wrap("request", async (request, options) => {
    await budget.spend(installation, requestCost(options.method, options.url), urgencyOf(options.url));
    try {
      return await request(options);
    } catch (error) {
      const ms = limitedForMs(error, clock());
      if (ms !== null) await budget.block(installation, ms);
      throw error;
    }
  });
}

function urgencyOf(url: string): Urgency {
  return url.includes("/check-runs") ? "check" : currentUrgency();
}
