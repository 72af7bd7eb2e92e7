import { blockSees } from "./access/context-sees.ts";
import { mostRows } from "./access/decide-access.ts";
import type { Entity } from "./access/entities.ts";
import type { EntityQuery, Viewer } from "./access/entity-query.ts";
import type { FieldOf } from "./access/fields.ts";
import { columnsSeenBy } from "./access/seen-by.ts";
import { type BlockDetail, type BlockName, blocksFor, type ContextRole } from "./block-table.ts";

/** For whom a context is made: a role, with its task where there is one, and a phase. */
export type ContextViewer = Viewer & { readonly role: ContextRole; readonly context: NonNullable<Viewer["context"]> };

/**
 * What is asked. `plan`: which criteria the task covers, where the role sees that in the plan and not on the task.
 * `ownDecisions`: those that hang on the task, where only what is relevant to it is shown: they are found whatever else was
 * decided in the story.
 */
export type FactName = "story" | "task" | "plan" | "tasks" | "decisions" | "ownDecisions";

/** What blocks are written from; of these a role is asked for those that it sees. */
const wanted = {
  epic: [],
  story: ["id", "title", "description", "criteria"],
  task: ["id", "title", "description", "status", "dependencies", "criteria", "failingChecks"],
  decision: ["id", "number", "title", "rationale", "affectedComponents", "dependencies"],
  plan: ["taskBreakdown"],
} as const satisfies { readonly [E in Entity]: readonly FieldOf<E>[] };

/** The fields of an entity that a context would show. */
export function wantedFields(entity: Entity): readonly string[] {
  return wanted[entity];
}

/** What blocks show of the own task only. */
const ofOwnTask: readonly string[] = Object.values(blockSees)
  .filter(({ entity, rows }) => entity === "task" && rows === "own-task")
  .flatMap(({ fields }) => fields);

/** What no title shows. */
const longTexts: readonly string[] = ["description", "rationale"];

/**
 * What a context reads of the graph by the rules of access: a query for each kind of fact that the blocks of its role and phase
 * show, and no other, with the columns of the role.
 */
export function factQueries(viewer: ContextViewer): ReadonlyMap<FactName, EntityQuery> {
  const { role, task, context } = viewer;
  const blocks = new Map(blocksFor(role, context.phase).map(({ name, detail }) => [name, detail]));
  const has = (...names: readonly BlockName[]): boolean => names.some((name) => blocks.has(name));
  const fieldsOf = (entity: Entity, detail?: BlockDetail): readonly string[] => {
    const seen = columnsSeenBy(viewer, entity);
    return wanted[entity].filter((name) => seen.includes(name) && !(detail === "titles" && longTexts.includes(name)));
  };
  const ofOthers = (...asked: Parameters<typeof fieldsOf>) =>
    fieldsOf(...asked).filter((name) => !ofOwnTask.includes(name));
  const queries = new Map<FactName, EntityQuery>();
  queries.set("story", { entity: "story", id: context.story, fields: fieldsOf("story"), limit: 1 });
  if (task !== null) {
    const [own, inPlan] = [fieldsOf("task"), fieldsOf("plan")];
    queries.set("task", { entity: "task", id: task, fields: own, ownTask: true, limit: 1 });
    if (!own.includes("criteria") && inPlan.length > 0)
      queries.set("plan", { entity: "plan", fields: inPlan, ownTask: true, limit: 1 });
  }
  if (has("tasks"))
    queries.set("tasks", { entity: "task", fields: ofOthers("task", blocks.get("tasks")), limit: mostRows });
  if (has("decisions", "decision-dependencies"))
    queries.set("decisions", inForce(fieldsOf("decision", blocks.get("decisions"))));
  if (blocks.get("decisions") === "relevant" && task !== null)
    queries.set("ownDecisions", { ...inForce(fieldsOf("decision", blocks.get("decisions"))), ownTask: true });
  return queries;
}

/** What people stated, and what the fleet proposed and people approved, newest first; the gates' verdicts come as feedback. */
function inForce(fields: readonly string[]): EntityQuery {
  return {
    entity: "decision",
    fields,
    filter: [
      { field: "category", test: "is", value: "stated" },
      { field: "status", test: "is", value: "approved" },
    ],
    order: { field: "number", descending: true },
    limit: mostRows,
  };
}
