import { isAtWork } from "../deliberation/application/is-at-work.ts";
import { deliberationQueues } from "../deliberation/application/job.ts";
import { createIsUnderWay } from "../deliberation/infrastructure/deliberation-queues.ts";
import { graphDeliberations } from "../deliberation/infrastructure/graph-deliberations.ts";
import type { UnitOfWork } from "../kernel/transaction.ts";
import type { QueueEngine } from "../platform/queue/queue-engine.ts";
import type { WorkflowDeps } from "../workflow/application/ports.ts";

/** Deliberation's answer to workflow's question whether a council is at its round. */
export function createCouncilAtWork(graph: UnitOfWork, queues: QueueEngine): WorkflowDeps["councilAtWork"] {
  const isUnderWay = createIsUnderWay(queues.queue(deliberationQueues.jobs), queues.queue(deliberationQueues.results));
  return (task, round) => isAtWork({ graph, deliberations: graphDeliberations, isUnderWay }, task, round);
}
