import type { Role } from "../../../kernel/roles.ts";
import type { Entity } from "./entities.ts";
import { type FieldOf, fields } from "./fields.ts";

type Columns = { readonly [E in Entity]: readonly FieldOf<E>[] };

/** What a developer sees; devops and data see the same and their own type's notes. */
const implementer = {
  epic: [],
  story: ["id", "title", "description", "criteria", "constraints", "tags", "status", "assignee", "estimate"],
  task: ["id", "title", "description", "type", "status", "assignee", "dependencies", "estimate", "implementationNotes"],
  decision: ["id", "title", "rationale", "status", "category", "implementationNotes", "affectedComponents"],
  plan: ["id", "version", "status", "rationale", "taskBreakdown"],
} as const satisfies Columns;

/** Which columns a role sees of which entity: DOMAIN.md §4's table. What is not in it is left out, not nulled. */
export const columns: Readonly<Record<Exclude<Role, "system">, Columns>> = {
  "product-owner": {
    epic: ["id", "title", "description", "status", "owner", "businessValue", "priority", "budget", "due"],
    story: [
      "id",
      "epic",
      "title",
      "description",
      "criteria",
      "constraints",
      "tags",
      "status",
      "author",
      "assignee",
      "priority",
      "businessValue",
      "businessNotes",
      "budget",
      "due",
      "estimate",
    ],
    task: [
      "id",
      "story",
      "title",
      "description",
      "type",
      "status",
      "role",
      "assignee",
      "dependencies",
      "estimate",
      "actual",
      "blockedReason",
    ],
    decision: [
      "id",
      "story",
      "epic",
      "title",
      "rationale",
      "status",
      "category",
      "author",
      "approver",
      "businessImpact",
      "costImpact",
    ],
    plan: ["id", "story", "version", "status", "author", "rationale", "dates", "budget"],
  },
  architect: {
    epic: ["id", "title", "description", "status", "owner", "complexity", "architectureNotes", "dependencies"],
    story: [
      "id",
      "epic",
      "title",
      "description",
      "criteria",
      "constraints",
      "tags",
      "status",
      "technicalNotes",
      "decisions",
      "estimate",
    ],
    task: [
      "id",
      "story",
      "title",
      "description",
      "type",
      "status",
      "role",
      "assignee",
      "dependencies",
      "estimate",
      "technicalNotes",
    ],
    decision: [
      "id",
      "story",
      "epic",
      "title",
      "rationale",
      "status",
      "category",
      "author",
      "approver",
      "alternatives",
      "architecturalImpact",
    ],
    plan: ["id", "story", "version", "status", "author", "rationale", "technicalApproach", "architectureNotes"],
  },
  developer: implementer,
  qa: {
    epic: [],
    story: ["id", "title", "description", "criteria", "status", "testScenarios", "qualityRequirements"],
    task: ["id", "title", "description", "type", "status", "testCases", "criteria", "bugReports"],
    decision: ["id", "title", "rationale", "status", "category", "qualityImpact", "testImplications"],
    plan: ["id", "version", "status", "testStrategy", "qualityGates"],
  },
  devops: withNotes("devopsNotes"),
  data: withNotes("dataNotes"),
};

function withNotes(notes: "devopsNotes" | "dataNotes"): Columns {
  const { story, task, decision, plan } = implementer;
  return {
    epic: [],
    story: [...story, notes],
    task: [...task, notes],
    decision: [...decision, notes],
    plan: [...plan, notes],
  };
}

/**
 * The fields of an entity that a role may see, be it to read, to filter or to order by. The fleet itself sees all. An agent
 * need not be told that its task is its own.
 */
export function columnsOf(role: Role, entity: Entity, isAgent: boolean): readonly string[] {
  if (role === "system") return Object.keys(fields[entity]);
  const seen: readonly string[] = columns[role][entity];
  const named = seen.flatMap((name) => (name === "id" ? [name, ...(publicNames[entity] ?? [])] : [name]));
  return knowsPeople(role, isAgent) ? named : named.filter((name) => name !== "assignee");
}

/**
 * What people call an entity by where its id does not tell: part of its identity, so whoever sees the `id` sees it. A story's
 * and a task's number stand in their ids.
 */
const publicNames: Readonly<Partial<Record<Entity, readonly string[]>>> = { decision: ["number"] };

/** Whether somebody is told who a person is: an agent that implements or tests is told the person's role at most. */
export function knowsPeople(role: Role, isAgent: boolean): boolean {
  return !isAgent || role === "architect";
}

/** Business notes, budgets and personal data: they never reach a developer, a qa, devops, data or their agents. */
export const confidentialFields: readonly string[] = [
  "businessValue",
  "businessNotes",
  "businessImpact",
  "costImpact",
  "budget",
  "owner",
  "author",
  "approver",
];
