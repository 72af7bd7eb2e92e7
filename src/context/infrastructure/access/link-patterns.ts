import type { Entity } from "../../domain/access/entities.ts";
import type { RowRule } from "../../domain/access/rows.ts";

/** A field that relationships tell: what of the nodes `x` at the end of a path from `n`. */
export type LinkPattern = {
  /** It begins at `n`: the embedded graph walks it as it is written, and would begin at every `x` there is. */
  readonly path: string;
  readonly gives: string;
  /** What `x` is, where that has row rules of its own: who does not see it does not see that it is linked. */
  readonly to: Entity | null;
};

export const linkPatterns: Readonly<Record<string, LinkPattern>> = {
  "story.epic": { path: "(n)<-[:CONTAINS]-(x:Epic)", gives: "x.id", to: "epic" },
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
  "decision.dependencies": { path: "(n)-[:DEPENDS_ON]->(x:Decision)", gives: "x.id", to: "decision" },
  "decision.affectedComponents": { path: "(n)-[:AFFECTS]->(x:File)", gives: "x.path", to: null },
};

/** What a row rule says of a linked `x`: how the path goes on, and a condition. */
export type LinkRule = { readonly onward?: string; readonly condition?: string };

/** By what `x` is. Only these come together: the other rules' roles have no such column. */
export const linkRules: Readonly<Partial<Record<RowRule, Readonly<Partial<Record<Entity, LinkRule>>>>>> = {
  every: { epic: {}, decision: {} },
  "epics-assigned": { epic: { onward: "-[:ASSIGNED_TO]->(:Person {id: $person})" } },
  architecture: { decision: { condition: "x.category = 'stated'" } },
  // Its story is the only one that it sees.
  "own-task": { epic: {}, decision: { condition: "(x.task IS NULL OR x.task = $task)" } },
  "own-story": { epic: {}, decision: { condition: "x.story = $story" } },
};
