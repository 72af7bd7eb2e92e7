import { rehydrateSession, type SessionDeps } from "../context/application/rehydrate-session.ts";
import type { Session } from "../context/domain/session.ts";
import type { GraphFacts } from "../context/domain/written-facts.ts";
import type { Role } from "../kernel/roles.ts";
import { createRecordAccess } from "../monitoring/application/append-audit.ts";
import type { DataAccess } from "../monitoring/domain/audit-entries.ts";
import type { PlanningDeps } from "../planning/application/ports.ts";
import { findDecisions } from "../planning/application/record-decision.ts";
import { type Decision, decisionName } from "../planning/domain/decision.ts";
import { findTasks } from "../workflow/application/find-tasks.ts";
import type { WorkflowDeps } from "../workflow/application/ports.ts";
import { audit } from "./audited-events.ts";
import type { CouncilContextDeps } from "./council-contexts.ts";

/** Reads what contexts are made of from the graph, beside the code. */
export function createContextFacts(
  planning: PlanningDeps,
  workflow: WorkflowDeps,
  sessions: SessionDeps,
): CouncilContextDeps["factsOf"] {
  return async ({ story, task, feedback }) => {
    const [decisions, tasks, session] = await Promise.all([
      findDecisions(planning, story.id),
      findTasks(workflow, { storyId: story.id }),
      rehydrateSession(sessions, story.id, null),
    ]);
    const { summary = null, timeline = [] } = session ?? {};
    const facts: GraphFacts = {
      story,
      task: task === null ? null : { ...task, dependsOn: tasks.find(({ id }) => id === task.id)?.dependsOn ?? [] },
      feedback,
      failingChecks: [],
      decisions: decisions.filter(isInForce).map(decisionFact).reverse(),
      decisionDependencies: dependenciesIn(session?.decisions ?? []),
      tasks: [...tasks].sort((a, b) => a.number - b.number),
      milestones: timeline.toReversed().map(({ id, at, text }) => ({ id, text: `${at.slice(0, 16)}Z ${text}` })),
      summary: summary === null ? null : { id: summary.story, text: summary.text, by: summary.by },
    };
    const { installation, repository, id } = story;
    const record = createRecordAccess(
      { ...audit, clock: planning.clock },
      { installation, repository, story: id, task: task?.id ?? null },
    );
    await planning.graph.write((tx) => record(tx, accessOf(facts, task?.role ?? "system")));
    return facts;
  };
}

/** The fleet reads for an agent of the role; what a context shows of it depends on role and phase. */
function accessOf(facts: GraphFacts, role: Role): DataAccess {
  const { tasks, decisions, milestones, summary } = facts;
  const counts = { story: 1, tasks: tasks.length, decisions: decisions.length, events: milestones.length };
  return {
    principal: { kind: "system" },
    role,
    purpose: "a context",
    entity: "story",
    shape: "the story with its tasks, decisions, timeline and summary",
    rows: Object.values(counts).reduce((sum, count) => sum + count, summary === null ? 0 : 1),
    columns: Object.keys(facts).length,
    outcome: "allowed",
    reason: null,
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

/** DEPENDS_ON between decisions of one story, which name one another by number. */
function dependenciesIn(decisions: Session["decisions"]): GraphFacts["decisionDependencies"] {
  const ids = new Map(decisions.map(({ id, number }) => [number, id]));
  return decisions.flatMap(({ id, dependsOn }) =>
    dependsOn.flatMap((number) => {
      const to = ids.get(number);
      return to === undefined ? [] : { from: id, to };
    }),
  );
}
