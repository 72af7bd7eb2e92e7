import { columnsOf } from "./columns.ts";
import { contextFields, contextRowRule } from "./context-sees.ts";
import type { Entity } from "./entities.ts";
import type { Viewer } from "./entity-query.ts";
import { type RowRule, rowRuleOf } from "./rows.ts";

/** Whether what is read goes to an agent: it reads itself, or a context is made for it. */
export function isForAgent({ principal, context }: Pick<Viewer, "principal" | "context">): boolean {
  return principal.kind === "agent" || context !== undefined;
}

/** Which rows of an entity a viewer sees; null for none. */
export function rowsSeenBy({ role, principal, context }: Viewer, entity: Entity): RowRule | null {
  return context === undefined
    ? rowRuleOf(role, entity, principal.kind === "agent")
    : contextRowRule(role, context.phase, entity);
}

/** Which fields of an entity a viewer sees, to read, to filter or to order by. */
export function columnsSeenBy(viewer: Viewer, entity: Entity): readonly string[] {
  const { role, context } = viewer;
  const columns = columnsOf(role, entity, isForAgent(viewer));
  return context === undefined || columns.length === 0
    ? columns
    : [...columns, ...contextFields(role, context.phase, entity)];
}
