import type { GraphFacts } from "../context/domain/written-facts.ts";
import { listStoryHistory } from "../planning/application/find-stories.ts";
import type { PlanningDeps } from "../planning/application/ports.ts";
import { findDecisions } from "../planning/application/record-decision.ts";
import { type Decision, decisionName } from "../planning/domain/decision.ts";
import { findTasks } from "../workflow/application/find-tasks.ts";
import type { WorkflowDeps } from "../workflow/application/ports.ts";
import type { CouncilContextDeps } from "./council-contexts.ts";

/** Reads what contexts are made of from the graph, beside the code. */
export function createContextFacts(planning: PlanningDeps, workflow: WorkflowDeps): CouncilContextDeps["factsOf"] {
  return async ({ story, task, feedback }) => {
    const [decisions, tasks, history] = await Promise.all([
      findDecisions(planning, story.id),
      findTasks(workflow, { storyId: story.id }),
      listStoryHistory(planning, story.id),
    ]);
    const facts: GraphFacts = {
      story,
      task: task === null ? null : { ...task, dependsOn: tasks.find(({ id }) => id === task.id)?.dependsOn ?? [] },
      feedback,
      failingChecks: [],
      decisions: decisions.filter(isInForce).map(decisionFact).reverse(),
      decisionDependencies: [],
      tasks: [...tasks].sort((a, b) => a.number - b.number),
      milestones: history.toReversed().map(({ at, from, to, action }) => {
        return { id: story.id, text: `${at.slice(0, 16)}Z story ${from} → ${to} (${action})` };
      }),
      summary: null,
    };
    return facts;
  };
}

/** What people stated, and what the fleet proposed and people approved. The gates' verdicts come as feedback. */
function isInForce({ category, status }: Decision): boolean {
  return category === "stated" && status === "approved";
}

function decisionFact(decision: Decision): GraphFacts["decisions"][number] {
  const { id, title, rationale, taskId, affects } = decision;
  return { id, name: decisionName(decision), title, rationale, taskId, files: affects.files };
}
