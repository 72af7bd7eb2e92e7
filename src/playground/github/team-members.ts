import { presentAccount } from "./present/account.ts";
import { presentTeam } from "./present/team.ts";
import type { AccountRow, TeamRow } from "./rows.ts";
import type { World } from "./world.ts";

/** Puts somebody into a team or takes them out, and tells of it. Only inside a transaction. */
export function putTeamMember(world: World, team: TeamRow, user: AccountRow, member: boolean, by: AccountRow): void {
  if (team.memberIds.includes(user.id) === member) return;
  const memberIds = member ? [...team.memberIds, user.id] : team.memberIds.filter((id) => id !== user.id);
  const changed = world.store.tables.teams.put({ ...team, memberIds });
  world.emit({
    event: "membership",
    action: member ? "added" : "removed",
    sender: by,
    organizationId: team.organizationId,
    payload: { scope: "team", member: presentAccount(world, user), team: presentTeam(world, changed) },
  });
}
