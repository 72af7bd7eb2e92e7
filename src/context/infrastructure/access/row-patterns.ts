import type { Entity } from "../../domain/access/entities.ts";
import type { RowRule } from "../../domain/access/rows.ts";

/** The label of an entity's nodes. */
export const labels: Readonly<Record<Entity, string>> = {
  epic: "Epic",
  story: "Story",
  task: "Task",
  decision: "Decision",
  plan: "Plan",
};

/** How a row rule finds the nodes `n` of an entity. */
export type RowPattern = {
  /** A pattern that begins elsewhere and comes to `n`; null where `n` is found by its repository. */
  readonly road: string | null;
  /** A node beside `n` that the condition is about. */
  readonly beside?: "a" | "s";
  readonly condition?: string;
};

const assignedTask = "(:Person {id: $person})<-[:ASSIGNED_TO]-(:Task)";
const assignedEpic = "(:Person {id: $person})<-[:ASSIGNED_TO]-(:Epic)";
const ownTask = "(:Task {id: $task})";
/** From a task to itself, its plan and its story: a decision affects the first or the last. */
const upToStory = "<-[:HAS_TASK|HAS_PLAN*0..2]-()<-[:AFFECTS]-(n:Decision)";
const inRepository: RowPattern = { road: null };

/** One pattern for each rule and entity that `rowRuleOf` can name together. Each begins at an indexed property. */
export const rowPatterns = {
  every: {
    epic: inRepository,
    story: inRepository,
    task: inRepository,
    decision: inRepository,
    plan: inRepository,
  },
  "epics-assigned": {
    epic: { road: "(:Person {id: $person})<-[:ASSIGNED_TO]-(n:Epic)" },
    story: { road: `${assignedEpic}-[:CONTAINS]->(n:Story)` },
    plan: { road: `${assignedEpic}-[:CONTAINS]->(:Story)-[:HAS_PLAN]->(n:Plan)` },
    task: { road: `${assignedEpic}-[:CONTAINS]->(:Story)-[:HAS_PLAN]->(:Plan)-[:HAS_TASK]->(n:Task)` },
  },
  architecture: { decision: { road: null, condition: "n.category = 'stated'" } },
  assigned: {
    task: { road: "(:Person {id: $person})<-[:ASSIGNED_TO]-(n:Task)" },
    plan: { road: `${assignedTask}<-[:HAS_TASK]-(n:Plan)` },
    story: { road: `${assignedTask}<-[:HAS_TASK]-(:Plan)<-[:HAS_PLAN]-(n:Story)` },
    decision: { road: `${assignedTask}${upToStory}` },
  },
  tested: {
    story: { road: null, condition: "n.state IN $tested" },
    plan: {
      road: "(s:Story {repository: $repository})-[:HAS_PLAN]->(n:Plan)",
      beside: "s",
      condition: "s.state IN $tested",
    },
    decision: {
      road: "(n:Decision {repository: $repository})-[:AFFECTS]->(a)",
      beside: "a",
      condition: "((a:Story AND a.state IN $tested) OR (a:Task AND a.type = $ownType))",
    },
  },
  "own-type": {
    task: { road: null, condition: "n.type = $ownType" },
    decision: { road: `(s:Task {repository: $repository, type: $ownType})${upToStory}` },
  },
  "own-task": {
    task: { road: "(n:Task {id: $task})" },
    plan: { road: `${ownTask}<-[:HAS_TASK]-(n:Plan)` },
    story: { road: `${ownTask}<-[:HAS_TASK]-(:Plan)<-[:HAS_PLAN]-(n:Story)` },
    epic: { road: `${ownTask}<-[:HAS_TASK]-(:Plan)<-[:HAS_PLAN]-(:Story)<-[:CONTAINS]-(n:Epic)` },
    decision: { road: `${ownTask}${upToStory}` },
  },
  "own-story": {
    epic: { road: "(:Story {id: $story})<-[:CONTAINS]-(n:Epic)" },
    story: { road: "(n:Story {id: $story})" },
    task: {
      road: "(s:Story {id: $story})-[:HAS_PLAN]->(:Plan)-[:HAS_TASK]->(n:Task)",
      beside: "s",
      // Those of earlier plans are over.
      condition: "n.planVersion = s.planVersion",
    },
    decision: { road: "(n:Decision {story: $story})" },
  },
} as const satisfies Readonly<Record<RowRule, Readonly<Partial<Record<Entity, RowPattern>>>>>;
