import { nodeId } from "./present/account.ts";
import { presentInstallation } from "./present/app.ts";
import { fullName } from "./present/repository.ts";
import type { AccountRow, InstallationRow, RepositoryRow } from "./rows.ts";
import { timestamp, type World } from "./world.ts";

/** A repository as the events about installations name it. */
export function presentShortRepository(world: World, repository: RepositoryRow) {
  return {
    id: repository.id,
    node_id: nodeId("Repository", repository.id),
    name: repository.name,
    full_name: fullName(world, repository),
    private: repository.private,
  };
}

/** What happens to an installation as a whole, with the action under which its event tells of it. */
export type InstallationAction = "suspend" | "unsuspend" | "deleted" | "new_permissions_accepted";

/** Tells the App of its installation. Only inside a transaction. */
export function emitInstallation(
  world: World,
  installation: InstallationRow,
  action: InstallationAction,
  sender: AccountRow,
): void {
  const repositories = world.store.tables.repositories
    .pick(installation.repositoryIds)
    .map((repository) => presentShortRepository(world, repository));
  world.emit({
    event: "installation",
    action,
    sender,
    organizationId: installation.accountId,
    onlyAppId: installation.appId,
    payload: { installation: presentInstallation(world, installation), requester: null, repositories },
  });
}

/** Takes a repository out of one installation and tells of it. Only inside a transaction. */
export function removeFromInstallation(
  world: World,
  installation: InstallationRow,
  repository: RepositoryRow,
  sender: AccountRow,
): void {
  const repositoryIds = installation.repositoryIds.filter((id) => id !== repository.id);
  const row = world.store.tables.installations.put({ ...installation, repositoryIds, updatedAt: timestamp(world) });
  world.emit({
    event: "installation_repositories",
    action: "removed",
    sender,
    organizationId: installation.accountId,
    onlyAppId: installation.appId,
    payload: {
      installation: presentInstallation(world, row),
      requester: null,
      repository_selection: "selected",
      repositories_added: [],
      repositories_removed: [presentShortRepository(world, repository)],
    },
  });
}

/** Takes a repository out of every installation: it is moved to another owner, or deleted. Only inside a transaction. */
export function forgetRepository(world: World, repository: RepositoryRow, sender: AccountRow): void {
  for (const installation of [...world.store.tables.installations.all()]) {
    if (installation.repositoryIds.includes(repository.id))
      removeFromInstallation(world, installation, repository, sender);
  }
}
