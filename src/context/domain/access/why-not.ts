import type { Role } from "../../../kernel/roles.ts";
import { columnsOf } from "./columns.ts";
import type { Entity } from "./entities.ts";
import { rowRuleOf, rowRules } from "./rows.ts";

/** The rule that keeps something from a role: of the columns, or of the rows. */
export type WhyNot = {
  readonly rule: "column" | "row";
  /** The rule in words. It is the same whether or not something is there. */
  readonly text: string;
};

/**
 * Why a role does not see a field, or a row, of an entity (DOMAIN.md §4). It tells the rule and nothing of the data: a row
 * that is not there, one of another installation and one that the role does not see get the same words.
 */
export function whyNot(role: Role, entity: Entity, isAgent: boolean, field: string | null): WhyNot {
  const seen = columnsOf(role, entity, isAgent);
  const who = isAgent ? `An agent as ${role}` : `The role ${role}`;
  const rows = rowRuleOf(role, entity, isAgent);
  if (rows === null) return { rule: "row", text: `${who} sees no ${entity}.` };
  if (seen.length === 0) return { rule: "column", text: `${who} sees no field of a ${entity}.` };
  if (field !== null && !seen.includes(field))
    return { rule: "column", text: `${who} sees these fields of a ${entity}: ${seen.join(", ")}; "${field}" is none.` };
  return { rule: "row", text: `${who} sees ${rowRules[rows]}. There is no such ${entity} among them.` };
}
