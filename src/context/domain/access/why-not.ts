import type { Entity } from "./entities.ts";
import type { Viewer } from "./entity-query.ts";
import { rowRules } from "./rows.ts";
import { columnsSeenBy, isForAgent, rowsSeenBy } from "./seen-by.ts";

/** The rule that keeps something from a role: of the columns, or of the rows. */
export type WhyNot = {
  readonly rule: "column" | "row";
  /** The rule in words. It is the same whether or not something is there. */
  readonly text: string;
};

/**
 * Why a viewer does not see a field, or a row, of an entity (DOMAIN.md §4). It tells the rule and nothing of the data: a row
 * that is not there, one of another installation and one that the role does not see get the same words.
 */
export function whyNot(viewer: Viewer, entity: Entity, field: string | null): WhyNot {
  const seen = columnsSeenBy(viewer, entity);
  const who = isForAgent(viewer) ? `An agent as ${viewer.role}` : `The role ${viewer.role}`;
  const rows = rowsSeenBy(viewer, entity);
  if (rows === null) return { rule: "row", text: `${who} sees no ${entity}.` };
  if (seen.length === 0) return { rule: "column", text: `${who} sees no field of a ${entity}.` };
  if (field !== null && !seen.includes(field))
    return { rule: "column", text: `${who} sees these fields of a ${entity}: ${seen.join(", ")}; "${field}" is none.` };
  return { rule: "row", text: `${who} sees ${rowRules[rows]}. There is no such ${entity} among them.` };
}
