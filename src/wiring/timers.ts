import type { Logger } from "pino";
import { isLacking, statusOf } from "../github/client/request-failure.ts";
import { numberedKinds, resourceName } from "../github/client/resources.ts";
import { reconcile } from "../github/reconcile/reconcile.ts";
import { sweepDeliveries, sweepStateSchema } from "../github/redelivery.ts";
import type { Graph } from "../platform/graph/graph.ts";
import { checkDeadlines } from "../workflow/application/check-deadlines.ts";
import { releaseExpiredLeases } from "../workflow/application/leases.ts";
import type { Contexts } from "./assemble-contexts.ts";
import type { GitHubConnection } from "./connect-github.ts";
import { createGraphMark } from "./graph-marks.ts";
import type { Timer } from "./start-timers.ts";

const minuteMs = 60_000;

/** What happens by the clock. Each converges: one that runs twice, or late, does no harm. */
export function createTimers(deps: {
  readonly contexts: Contexts;
  readonly github: GitHubConnection;
  readonly graph: Graph;
  readonly logger: Logger;
}): readonly Timer[] {
  const { contexts, github, graph, logger } = deps;
  const memory = createGraphMark(graph, "delivery-sweep", sweepStateSchema);
  let hasLog = true;
  return [
    {
      name: "leases",
      repeat: { every: minuteMs },
      async run() {
        const released = await releaseExpiredLeases(contexts.workflow);
        if (released > 0) logger.info({ released }, "expired leases released");
        return { released };
      },
    },
    {
      name: "deadlines",
      repeat: { every: minuteMs },
      async run() {
        const overdue = await checkDeadlines(contexts.workflow);
        if (overdue > 0) logger.info({ overdue }, "deadlines are over");
        return { overdue };
      },
    },
    {
      name: "sweep",
      repeat: { every: 5 * minuteMs },
      async run() {
        if (!hasLog) return null;
        try {
          return await sweepDeliveries({ octokit: await github.appOctokit(), memory, clock: Date.now, log: logger });
        } catch (error) {
          if (!isLacking(error)) {
            const reason = error instanceof Error ? error.message : "unknown";
            logger.warn({ reason }, "the delivery log could not be read; the next pass tries again");
            return null;
          }
          // Two looks may be under way, one by the clock and one asked for at a start: the first one says it.
          if (!hasLog) return null;
          hasLog = false;
          const next = "Deliveries that are missed while the fleet is away must be sent again by hand.";
          logger.warn({ status: statusOf(error), next }, "this GitHub has no delivery log for the App");
          return null;
        }
      },
    },
    {
      name: "reconcile",
      // At night, by the clock of the machine; and once at each start.
      repeat: { pattern: "17 3 * * *" },
      run: ({ repository }) =>
        reconcile(
          {
            app: contexts.appDeps,
            findStories: contexts.findStories,
            async forget({ owner, repo }, numbers) {
              for (const number of numbers) {
                for (const kind of numberedKinds)
                  await github.epochs.raise(resourceName(`${owner}/${repo}`, kind, number));
              }
            },
            log: logger,
          },
          repository,
        ),
    },
  ];
}
