import type { Logger } from "pino";
import { isLacking, statusOf } from "../github/client/request-failure.ts";
import { numberedKinds, resourceName } from "../github/client/resources.ts";
import { idOfRepository } from "../github/reconcile/named-repository.ts";
import { reconcile } from "../github/reconcile/reconcile.ts";
import { sweepDeliveries, sweepStateSchema } from "../github/redelivery.ts";
import { followPaused } from "../github/repositories/follow-repositories.ts";
import { rolesChanged } from "../github/roles/roles-changed.ts";
import { followDepsOf } from "../github/translate/app-deps.ts";
import { checkStoryDeadlines } from "../planning/application/check-story-deadlines.ts";
import { findStories } from "../planning/application/find-stories.ts";
import type { Graph } from "../platform/graph/graph.ts";
import { hostCacheOf } from "../platform/models/host-cache.ts";
import type { HostState } from "../platform/models/model-hosts.ts";
import { beginWaitingStories } from "../workflow/application/begin-waiting-stories.ts";
import { checkDeadlines } from "../workflow/application/check-deadlines.ts";
import { releaseExpiredLeases } from "../workflow/application/leases.ts";
import type { Contexts } from "./assemble-contexts.ts";
import type { GitHubConnection } from "./connect-github.ts";
import { createGraphMark } from "./graph-marks.ts";
import { recordTimers } from "./record-timers.ts";
import { decisionTimeOf } from "./sla-policy.ts";
import type { Timer } from "./start-timers.ts";

const minuteMs = 60_000;

/** What happens by the clock. Each converges: one that runs twice, or late, does no harm. */
export function createTimers(deps: {
  readonly contexts: Contexts;
  readonly github: GitHubConnection;
  readonly graph: Graph;
  /** The model hosts of this process; none where its councils work in another. */
  readonly hosts: () => readonly HostState[];
  readonly logger: Logger;
}): readonly Timer[] {
  const { contexts, github, graph, hosts, logger } = deps;
  const memory = createGraphMark(graph, "delivery-sweep", sweepStateSchema);
  let hasLog = true;
  /** GitHub may be away at a round: that is no defect, and the next one is near. */
  async function orNextTime(what: string, look: () => Promise<void>): Promise<null> {
    try {
      await look();
    } catch (error) {
      logger.warn({ reason: reasonOf(error) }, `${what} could not be looked at; the next round tries again`);
    }
    return null;
  }
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
        const { workflow, planning } = contexts;
        const decisionTime = async (repository: number) => decisionTimeOf(await workflow.sla(repository));
        const overdue = (await checkDeadlines(workflow)) + (await checkStoryDeadlines({ ...planning, decisionTime }));
        if (overdue > 0) logger.info({ overdue }, "deadlines are over");
        return { overdue };
      },
    },
    {
      // Councils that wait for a budget: at midnight UTC, after a limit was raised, or when another one used less than it held.
      name: "tokens",
      repeat: { every: minuteMs },
      async run() {
        const begun = await contexts.deliberation.startWaiting();
        if (begun > 0) logger.info({ begun }, "councils that waited for tokens began");
        return { begun };
      },
    },
    {
      // How councils did, once a week in the log; whoever asks by `fleet councils` gets the figures.
      name: "councils",
      repeat: { pattern: "23 6 * * 1" },
      async run({ repository }) {
        const known = repository === undefined ? [] : await contexts.appDeps.repositories.all();
        const statistics = await contexts.deliberation.statistics(
          repository === undefined ? null : idOfRepository(known, repository),
        );
        const { councils, passAt1, oracleAtK, advice } = statistics;
        logger.info({ councils, passAt1, oracleAtK, advice }, "how councils did");
        return { ...statistics, hosts: hosts().map(hostCacheOf) };
      },
    },
    {
      // Stories that wait for a place: when one was left the event begins them; here, when fleet.yml's limit was raised.
      name: "stories",
      repeat: { every: minuteMs },
      async run() {
        const ready = await findStories(contexts.planning, { states: ["ready-for-execution"] });
        const repositories = new Set(ready.map(({ repository }) => repository));
        for (const repository of repositories) {
          // One that cannot be read keeps none of the others.
          await orNextTime("stories that wait", async () => {
            await beginWaitingStories(contexts.workflow, repository);
          });
        }
        return { repositories: repositories.size };
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
            logger.warn({ reason: reasonOf(error) }, "the delivery log could not be read; the next pass tries again");
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
      // Whether paused repositories can be worked on again: the event that said so may never have arrived. Not at a start:
      // the greeting has looked at every repository then.
      name: "places",
      repeat: { pattern: "11 * * * *" },
      run: () => orNextTime("paused repositories", () => followPaused(followDepsOf(contexts.appDeps))),
    },
    {
      // Whether those who hold a task may still hold it. At a start it is asked for once GitHub has answered.
      name: "roles",
      repeat: { pattern: "41 * * * *" },
      run: () => orNextTime("roles", () => rolesChanged(contexts.appDeps, {}, null)),
    },
    {
      name: "reconcile",
      // At night, by the clock of the machine.
      repeat: { pattern: "17 3 * * *" },
      atStart: true,
      run: async ({ repository }) =>
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
          repository === undefined ? undefined : idOfRepository(await contexts.appDeps.repositories.all(), repository),
        ),
    },
    ...recordTimers({ contexts, logger }),
  ];
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : "unknown";
}
