import type { Role } from "../../../kernel/roles.ts";
import { type BlockName, blocksFor, isContextRole } from "../block-table.ts";
import type { Phase } from "../phase.ts";
import type { Entity } from "./entities.ts";
import type { RowRule } from "./rows.ts";

/**
 * What whoever is given a context may see of its story, whatever the blocks: DOMAIN.md §4's "its one task and what hangs on it".
 * Where there is no task yet (a plan, a review of a story), the story itself hangs on nothing.
 */
const whatever = {
  epic: "own-story",
  story: "own-story",
  plan: "own-task",
  task: "own-task",
  decision: "own-task",
} as const satisfies Readonly<Record<Entity, RowRule>>;

/**
 * What a block lets its reader see beyond that. DOMAIN.md §5 gives some roles all tasks of the story, or decisions that were made
 * on another task and affect a file that is shown, so its table is a permission beside §4's. It is as wide as the story and no
 * wider: it tells which rows, and (but for `fields`, which are the block's own) the role's columns hold as ever.
 */
export const blockSees = {
  "failing-checks": { entity: "task", rows: "own-task", fields: ["failingChecks"] },
  tasks: { entity: "task", rows: "own-story", fields: [] },
  decisions: { entity: "decision", rows: "own-story", fields: [] },
  "decision-dependencies": { entity: "decision", rows: "own-story", fields: ["dependencies"] },
} as const satisfies Readonly<
  Partial<
    Record<
      BlockName,
      { readonly entity: Entity; readonly rows: "own-task" | "own-story"; readonly fields: readonly string[] }
    >
  >
>;

/** Which rows of an entity a context of a role and a phase may be made of; null for a role that is given none. */
export function contextRowRule(role: Role, phase: Phase, entity: Entity): RowRule | null {
  if (!isContextRole(role)) return null;
  const isWidened = widening(role, phase).some((block) => block.entity === entity && block.rows === "own-story");
  return isWidened ? "own-story" : whatever[entity];
}

/** Fields beside the role's columns. */
export function contextFields(role: Role, phase: Phase, entity: Entity): readonly string[] {
  if (!isContextRole(role)) return [];
  return widening(role, phase).flatMap((block) => (block.entity === entity ? block.fields : []));
}

function widening(role: Parameters<typeof blocksFor>[0], phase: Phase) {
  const seen: Readonly<Partial<Record<BlockName, (typeof blockSees)[keyof typeof blockSees]>>> = blockSees;
  return blocksFor(role, phase).flatMap(({ name }) => seen[name] ?? []);
}
