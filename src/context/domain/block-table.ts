import type { Role } from "../../kernel/roles.ts";
import type { Phase } from "./build-context.ts";

/** The blocks of a context, in the order of their priority (DOMAIN.md §5). */
export const blockNames = [
  "case",
  "feedback",
  "failing-checks",
  "task",
  "code",
  "tests",
  "decisions",
  "decision-dependencies",
  "tasks",
  "milestones",
  "summary",
] as const;

export type BlockName = (typeof blockNames)[number];

/** The roles that a context is built for; the table gives the others no block. */
export const contextRoles = ["architect", "developer", "data", "devops", "qa"] as const satisfies readonly Role[];

export type ContextRole = (typeof contextRoles)[number];

type Column = "architect" | "implementer" | "qa";

const columns: Readonly<Record<ContextRole, Column>> = {
  architect: "architect",
  developer: "implementer",
  data: "implementer",
  devops: "implementer",
  qa: "qa",
};

/** Which block goes to which role in which phase: DOMAIN.md §5's table. `case` heads every context. */
const table = {
  design: {
    architect: ["decisions", "decision-dependencies", "milestones", "summary"],
    implementer: ["decisions", "decision-dependencies", "summary"],
    qa: ["decisions", "tasks", "milestones", "summary"],
  },
  build: {
    architect: ["decisions", "decision-dependencies", "tasks", "milestones"],
    implementer: ["task", "decisions", "decision-dependencies", "code", "tests", "feedback"],
    qa: ["tasks", "decisions", "milestones"],
  },
  test: {
    architect: ["decisions", "tasks"],
    implementer: ["task", "failing-checks"],
    qa: ["decisions", "tasks", "milestones", "code"],
  },
  doc: {
    architect: ["decisions", "summary"],
    implementer: [],
    qa: ["tasks", "milestones"],
  },
} as const satisfies Readonly<Record<Phase, Readonly<Record<Column, readonly BlockName[]>>>>;

/** The blocks of one context, the most important first. */
export function blocksFor(role: ContextRole, phase: Phase): readonly BlockName[] {
  const own: readonly BlockName[] = table[phase][columns[role]];
  return blockNames.filter((name) => name === "case" || own.includes(name));
}
