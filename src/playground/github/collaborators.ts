import { found } from "./github-error.ts";
import { presentAccount } from "./present/account.ts";
import type { AccountRow, PermissionLevel } from "./rows.ts";
import type { World } from "./world.ts";

/** What REST shows for a level: `maintain` as write, `triage` as read; the exact one is the role's name. */
export const shownPermission = {
  read: "read",
  triage: "read",
  write: "write",
  maintain: "write",
  admin: "admin",
} as const;

/** Gives somebody a level in a repository, or takes it away (null), and tells of it. Only inside a transaction. */
export function putCollaborator(
  world: World,
  repositoryId: number,
  account: AccountRow,
  level: PermissionLevel | null,
  by: AccountRow,
): void {
  const { repositories } = world.store.tables;
  const repository = found(repositories.get(repositoryId));
  const key = String(account.id);
  const before = repository.collaborators[key] ?? null;
  if (before === level) return;
  const others = Object.entries(repository.collaborators).filter(([id]) => id !== key);
  const mine: [string, PermissionLevel][] = level === null ? [] : [[key, level]];
  const changed = repositories.put({ ...repository, collaborators: Object.fromEntries([...others, ...mine]) });
  const action = before === null ? "added" : level === null ? "removed" : "edited";
  const changes = changesOf(before, level);
  world.emit({
    event: "member",
    action,
    sender: by,
    repository: changed,
    payload: { member: presentAccount(world, account), ...changes },
  });
}

function changesOf(before: PermissionLevel | null, level: PermissionLevel | null) {
  if (level === null) return {};
  const to = shownPermission[level];
  if (before === null) return { changes: { permission: { to }, role_name: { to: level } } };
  return { changes: { permission: { from: shownPermission[before], to } } };
}
