import type { Logger } from "pino";
import { idOfRepository } from "../github/reconcile/named-repository.ts";
import { storyId } from "../kernel/ids.ts";
import type { Contexts } from "./assemble-contexts.ts";
import { explainContext } from "./explain-context.ts";
import { followCouncil } from "./follow-council.ts";
import type { Timer } from "./start-timers.ts";

/** What is done with the records that stay for good: the audit log is verified and listed, the knowledge graph made anew. */
export function recordTimers({
  contexts,
  logger,
}: {
  readonly contexts: Contexts;
  readonly logger: Logger;
}): readonly Timer[] {
  return [
    {
      // At night; whoever asks by `fleet audit verify` gets the answer.
      name: "audit-verify",
      repeat: { pattern: "7 4 * * *" },
      async run({ kept = [] }) {
        const verified = await contexts.audit.verify(kept);
        for (const { installation, records, hash, fault } of verified) {
          if (fault === null) logger.info({ installation, records, hash }, "the audit log is what was written");
          else logger.error({ installation, ...fault }, "the audit log is not what was written");
        }
        return verified;
      },
    },
    {
      name: "audit-list",
      repeat: null,
      async run({ repository, audit = { limit: 100 } }) {
        const { issue, principal, limit } = audit;
        const known = issue === undefined || repository === undefined ? [] : await contexts.appDeps.repositories.all();
        return contexts.audit.find({
          limit,
          ...(issue === undefined || repository === undefined
            ? {}
            : { story: storyId(idOfRepository(known, repository), issue) }),
          ...(principal === undefined ? {} : { principal }),
        });
      },
    },
    {
      name: "why-context",
      repeat: null,
      run: (job) => explainContext(contexts, job),
    },
    {
      name: "deliberation",
      repeat: null,
      run: (job) => followCouncil(contexts, job),
    },
    {
      name: "graph-rebuild",
      repeat: null,
      async run() {
        const rebuilt = await contexts.rebuildGraph();
        logger.info(rebuilt, "the knowledge graph was made anew from the log of events");
        return rebuilt;
      },
    },
  ];
}
