import type { Entity } from "../../domain/access/entities.ts";
import type { RowRule } from "../../domain/access/rows.ts";

/** A field that relationships tell: what of the nodes `x` on a path from `n`. */
export type LinkPattern = {
  readonly path: string;
  readonly gives: string;
  /** What `x` is, where that has row rules of its own: who does not see it does not see that it is linked. */
  readonly to: Entity | null;
};

export const linkPatterns: Readonly<Record<string, LinkPattern>> = {
  "story.epic": { path: "(x:Epic)-[:CONTAINS]->(n)", gives: "x.id", to: "epic" },
  "story.decisions": {
    path: "(n)-[:HAS_PLAN|HAS_TASK*0..2]->()<-[:AFFECTS]-(x:Decision)",
    gives: "x.id",
    to: "decision",
  },
  "decision.epic": {
    path: "(n)-[:AFFECTS]->()<-[:HAS_TASK|HAS_PLAN*0..2]-(:Story)<-[:CONTAINS]-(x:Epic)",
    gives: "x.id",
    to: "epic",
  },
  "decision.author": { path: "(n)-[:AUTHORED_BY]->(x)", gives: "x.login", to: null },
  "decision.approver": { path: "(n)-[:DECIDED_BY]->(x)", gives: "x.login", to: null },
  "decision.affectedComponents": { path: "(n)-[:AFFECTS]->(x:File)", gives: "x.path", to: null },
};

/** What a row rule says of a linked `x`, by what it is. Only these come together: the others have no such column. */
export const linkConditions: Readonly<Partial<Record<RowRule, Readonly<Partial<Record<Entity, string>>>>>> = {
  every: { epic: "true", decision: "true" },
  "epics-assigned": { epic: "(x)-[:ASSIGNED_TO]->(:Person {id: $person})" },
  architecture: { decision: "x.category = 'stated'" },
  // Its story is the only one that it sees.
  "own-task": { epic: "true", decision: "(x.task IS NULL OR x.task = $task)" },
};
