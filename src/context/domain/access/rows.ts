import type { Role } from "../../../kernel/roles.ts";
import type { StoryState, TaskType } from "../../../kernel/states.ts";
import type { Entity } from "./entities.ts";

/** Which rows somebody sees. Every rule holds within one repository of one installation. */
export const rowRules = {
  /** All there is. */
  every: "everything in the repository",
  /** Epics that are assigned to the person, and what they contain. */
  "epics-assigned": "the epics that are assigned to the person, and their stories, plans and tasks",
  /** What somebody stated; a gate's verdict is no decision on the architecture. */
  architecture: "every decision that somebody stated",
  /** Tasks that are assigned to the person, their stories and plans, and the decisions that affect those. */
  assigned: "the tasks that are assigned to the person, their stories and plans, and the decisions that affect them",
  /** Stories in `testing` or later, their plans, and the decisions that affect those or a task of type test. */
  tested: "stories in testing or later, their plans, and the decisions that affect them or a task of type test",
  /** Tasks of one type, and the decisions that affect them: as `ownType` says. */
  "own-type": "the tasks of the role's own type, and the decisions that affect them",
  /** The one task of an agent, and its story, plan, epics and decisions. */
  "own-task": "the one task that the agent was assigned, and what hangs on it",
  /** What a context shows beside that: `contextRowRule` says to whom. */
  "own-story": "the story that the context is of, its epics, the tasks of its plan, and the decisions on any of these",
} as const satisfies Readonly<Record<string, string>>;

export type RowRule = keyof typeof rowRules;

type Rows = Readonly<Partial<Record<Entity, RowRule>>>;

const everything = { epic: "every", story: "every", task: "every", decision: "every", plan: "every" } as const;

/** Which rows a person sees in a role: DOMAIN.md §4. A role has no row of what stands not here. */
const rows: Readonly<Record<Role, Rows>> = {
  "product-owner": everything,
  architect: {
    epic: "epics-assigned",
    story: "epics-assigned",
    task: "epics-assigned",
    plan: "epics-assigned",
    decision: "architecture",
  },
  developer: { story: "assigned", task: "assigned", plan: "assigned", decision: "assigned" },
  qa: { story: "tested", plan: "tested", decision: "tested", task: "own-type" },
  devops: { task: "own-type", decision: "own-type" },
  data: { task: "own-type", decision: "own-type" },
  system: everything,
};

/** Which rows of an entity are seen; null for none. An agent sees its one task, whatever its role. */
export function rowRuleOf(role: Role, entity: Entity, isAgent: boolean): RowRule | null {
  return isAgent ? "own-task" : (rows[role][entity] ?? null);
}

/** The type of the tasks that `own-type` and `tested` are about. */
export const ownType: Readonly<Partial<Record<Role, TaskType>>> = { qa: "test", devops: "devops", data: "data" };

/** The states that a story comes to by way of `testing`. One that was carried over or archived may never have been there. */
export const testingOrLater: readonly StoryState[] = ["testing", "ready-to-review", "accepted", "done"];
