import type { Role } from "../../kernel/roles.ts";
import type { TaskType } from "../../kernel/states.ts";

/** What is dry-run of a change: its deployment files, by their own tools, or its migrations, in a scratch database. */
export type DryRunKind = "deployment" | "migrations";

const byRole: { readonly [role in Role]?: DryRunKind } = { devops: "deployment", data: "migrations" };
const byType: { readonly [type in TaskType]?: DryRunKind } = { devops: "deployment", data: "migrations" };

/** What the check matrix dry-runs for a task of that type and role (DOMAIN.md §4, L1); null: nothing. */
export function dryRunOf(task: { readonly role: Role; readonly type?: TaskType } | null): DryRunKind | null {
  if (task === null) return null;
  return byRole[task.role] ?? (task.type === undefined ? undefined : byType[task.type]) ?? null;
}
