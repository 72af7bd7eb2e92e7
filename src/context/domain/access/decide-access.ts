import { repositoryOf, storyOf } from "../../../kernel/ids.ts";
import { rolesOf } from "../../../kernel/permission.ts";
import { principalName } from "../../../kernel/principal.ts";
import type { RefusalReason } from "../../../kernel/reasons.ts";
import type { Refusal } from "../../../kernel/refusal.ts";
import { isRole, type Role } from "../../../kernel/roles.ts";
import { readCursor } from "./cursor.ts";
import { type Entity, entities, isEntity } from "./entities.ts";
import type { AllowedField, AllowedQuery, EntityQuery, Filter, Viewer } from "./entity-query.ts";
import { type FieldKind, storedField } from "./fields.ts";
import { columnsSeenBy, rowsSeenBy } from "./seen-by.ts";

export type Access =
  | { readonly kind: "allowed"; readonly query: AllowedQuery }
  | { readonly kind: "denied"; readonly refusal: Refusal };

/** The most rows of one page. */
export const mostRows = 200;
const longestText = 200;

/**
 * Whether a viewer may ask this (DOMAIN.md §4, L3). It looks at the tables and at no data, so that no answer tells
 * whether something exists. A field that may not be seen may not be filtered, searched or ordered by either.
 */
export function decideAccess(query: EntityQuery, viewer: Viewer): Access {
  const outsider = refuseViewer(viewer);
  if (outsider !== null) return denied(outsider);
  const { entity } = query;
  if (!isEntity(entity)) return denied(wrong("There is no such entity.", `Ask for one of: ${entities.join(", ")}.`));
  const rows = rowsSeenBy(viewer, entity);
  const allowed = columnsSeenBy(viewer, entity);
  if (rows === null || allowed.length === 0) return denied(noRows(viewer.role, entity));
  const problem = problemOf(query) ?? fieldProblem(query, entity, viewer.role, allowed);
  if (problem !== null) return denied(problem);
  const orderField = query.order?.field ?? "id";
  const after = query.after === undefined ? null : readCursor(orderField, query.after);
  if (query.after !== undefined && after === null)
    return denied(wrong("The cursor is none of a query in this order.", "Begin with the first page."));
  const field = (name: string): AllowedField => toField(entity, name);
  return {
    kind: "allowed",
    query: {
      entity,
      // The one is part of the other.
      rows: query.ownTask === true && rows === "own-story" && viewer.task !== null ? "own-task" : rows,
      viewer,
      fields: [...new Set(query.fields)].map(field),
      id: query.id ?? null,
      filter: (query.filter ?? []).map((each) => ({ ...each, field: field(each.field) })),
      search: query.search === undefined ? null : { ...query.search, fields: query.search.fields.map(field) },
      order: { field: field(orderField), descending: query.order?.descending === true },
      after,
      limit: query.limit,
      count: query.count === true,
    },
  };
}

/** Who is nobody here: a role that is not held, or could not be looked up, or an agent without its task. */
function refuseViewer({ repository, principal, role, roles, task, context }: Viewer): Refusal | null {
  const who = principalName(principal);
  if (!isRole(role)) return wrong("There is no such role.", "Name a role of the fleet.");
  // The fleet sees everything; on behalf of another role, for a context, it looks with that one's eyes.
  const held = principal.kind === "system" ? role === "system" || context !== undefined : holds(principal, role, roles);
  if (held) {
    if (principal.kind === "agent" && task === null)
      return refuse(
        "role-missing",
        "An agent sees the task that it was assigned, and it was assigned none.",
        "Assign one.",
      );
    if (context !== undefined && (principal.kind === "human" || (task !== null && storyOf(task) !== context.story)))
      return refuse("not-visible", "A context is made for an agent, of its own task's story.", "Ask for that one.");
    // The timeline and the summary are found by the story alone.
    if (context !== undefined && repositoryOf(context.story) !== repository)
      return refuse("not-visible", "A context is made of a story of the repository that is asked.", "Ask there.");
    return null;
  }
  return roles.known
    ? refuse(
        "role-missing",
        `The role ${role} is asked for; ${who} does not hold it here.`,
        "Ask in a role that you hold.",
      )
    : refuse("roles-unknown", `The roles of ${who} could not be looked up: ${roles.why}.`, "Ask again in a minute.");
}

function holds(principal: Viewer["principal"], role: Role, roles: Viewer["roles"]): boolean {
  return roles.known && rolesOf(principal, roles.roles).includes(role);
}

function problemOf({ fields: names, limit, filter = [], search }: EntityQuery): Refusal | null {
  if (names.length === 0) return wrong("No field is asked for.", "Name the fields to read.");
  if (!Number.isInteger(limit) || limit < 1 || limit > mostRows)
    return wrong(`The limit must be a whole number from 1 to ${mostRows}.`, "Ask for a page of that size.");
  const given = [...filter.map(({ value }) => value), ...(search === undefined ? [] : [search.text])];
  if (given.some((value) => String(value).length > longestText))
    return wrong(`A text to look for has at most ${longestText} characters.`, "Shorten it.");
  if (search !== undefined && search.fields.length === 0)
    return wrong("No field to search is named.", "Name the fields to search.");
  return null;
}

function fieldProblem(query: EntityQuery, entity: Entity, role: Role, allowed: readonly string[]): Refusal | null {
  const { filter = [], search, order } = query;
  const named = [
    ...query.fields,
    ...filter.map(({ field }) => field),
    ...(search?.fields ?? []),
    ...(order === undefined ? [] : [order.field]),
  ];
  for (const name of named) {
    if (storedField(entity, name) === undefined)
      return refuse("unknown-field", `A ${entity} has no field of that name.`, `Its fields: ${allowed.join(", ")}.`);
    if (!allowed.includes(name))
      return refuse(
        "not-visible",
        `The role ${role} does not see the field "${name}" of a ${entity}.`,
        `It sees: ${allowed.join(", ")}.`,
      );
  }
  const uses: readonly (readonly [string, readonly FieldKind[]])[] = [
    ...filter.map(({ field, test }) => [field, testable[test]] as const),
    ...(search?.fields ?? []).map((name) => [name, testable.contains] as const),
    ...(order === undefined ? [] : [[order.field, ["text", "number"]] as const]),
  ];
  const misused =
    uses.find(([name, kinds]) => !kinds.includes(toField(entity, name).kind))?.[0] ??
    filter.find(({ field, value }) => typeof value !== valueType[toField(entity, field).kind])?.field;
  return misused === undefined
    ? null
    : wrong(
        `The field "${misused}" cannot be used so.`,
        "Texts and numbers are compared and ordered, lists have items.",
      );
}

const valueType: Readonly<Partial<Record<FieldKind, "string" | "number">>> = {
  text: "string",
  texts: "string",
  number: "number",
  numbers: "number",
};

const testable = {
  is: ["text", "number"],
  contains: ["text"],
  has: ["texts", "numbers"],
} as const satisfies Readonly<Record<Filter["test"], readonly FieldKind[]>>;

function toField(entity: Entity, name: string): AllowedField {
  const stored = storedField(entity, name);
  if (stored === undefined) throw new TypeError(`${entity} has no field ${name}`);
  return { ...stored, name };
}

function noRows(role: Role, entity: Entity): Refusal {
  return refuse("not-visible", `The role ${role} sees no ${entity}.`, "Ask in another role, or for something else.");
}

function wrong(rule: string, next: string): Refusal {
  return refuse("bad-argument", rule, next);
}

function refuse(reason: RefusalReason, rule: string, next: string): Refusal {
  return { reason, rule, who: [], next };
}

function denied(refusal: Refusal): Access {
  return { kind: "denied", refusal };
}
