import type { Role } from "../../kernel/roles.ts";
import type { Phase } from "./phase.ts";

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

/** Whether a context is built for a role. */
export function isContextRole(role: Role): role is ContextRole {
  return contextRoles.some((each) => each === role);
}

type Column = "architect" | "implementer" | "qa";

const columns: Readonly<Record<ContextRole, Column>> = {
  architect: "architect",
  developer: "implementer",
  data: "implementer",
  devops: "implementer",
  qa: "qa",
};

/** How much of a block is given, in DOMAIN.md's words; `all` where it says nothing. */
export type BlockDetail = "all" | "global" | "relevant" | "titles" | "short";

export type WantedBlock = { readonly name: BlockName; readonly detail: BlockDetail };

type Cell = Readonly<Partial<Record<BlockName, BlockDetail>>>;

/**
 * Which block goes to which role in which phase: DOMAIN.md §5's table. `case` heads every context. The plan's header, which §5 names
 * among the blocks, its table gives to nobody: a session tells the plan (`session.ts`), a case the criteria that a task covers.
 */
const table = {
  design: {
    architect: { decisions: "global", "decision-dependencies": "all", milestones: "all", summary: "all" },
    implementer: { decisions: "relevant", "decision-dependencies": "all", summary: "all" },
    qa: { decisions: "global", tasks: "all", milestones: "all", summary: "all" },
  },
  build: {
    architect: { decisions: "global", "decision-dependencies": "all", tasks: "all", milestones: "all" },
    implementer: {
      task: "all",
      decisions: "relevant",
      "decision-dependencies": "all",
      code: "all",
      tests: "all",
      feedback: "all",
      // DOMAIN.md names them for the test phase; a round that answers them builds again.
      "failing-checks": "all",
    },
    qa: { tasks: "titles", decisions: "titles", milestones: "all" },
  },
  test: {
    architect: { decisions: "titles", tasks: "titles" },
    implementer: { task: "short", "failing-checks": "all" },
    qa: { decisions: "global", tasks: "all", milestones: "all", code: "all" },
  },
  doc: {
    architect: { decisions: "global", summary: "all" },
    implementer: {},
    qa: { tasks: "titles", milestones: "all" },
  },
} as const satisfies Readonly<Record<Phase, Readonly<Record<Column, Cell>>>>;

/** The blocks of one context, the most important first. */
export function blocksFor(role: ContextRole, phase: Phase): readonly WantedBlock[] {
  const cell: Cell = { case: "all", ...table[phase][columns[role]] };
  return blockNames.flatMap((name) => {
    const detail = cell[name];
    return detail === undefined ? [] : { name, detail };
  });
}
