import { found, notFound } from "../github-error.ts";
import { emitInstallation, removeFromInstallation } from "../installations.ts";
import { authorOf, type Call, numberParam, type Operation, type Reply } from "../operation.ts";
import type { AccountRow, InstallationRow } from "../rows.ts";
import { timestamp } from "../world.ts";
import { ownInstallation } from "./apps.ts";

function ownerOf(call: Call, installation: InstallationRow): AccountRow {
  return found(call.world.store.tables.accounts.get(installation.accountId));
}

function suspend(call: Call, suspended: boolean): Reply {
  const { world } = call;
  const installation = ownInstallation(call);
  if ((installation.suspendedAt != null) === suspended) return { status: 204 };
  world.store.transaction(() => {
    const suspendedAt = suspended ? timestamp(world) : null;
    const row = world.store.tables.installations.put({ ...installation, suspendedAt });
    emitInstallation(world, row, suspended ? "suspend" : "unsuspend", ownerOf(call, installation));
  });
  return { status: 204 };
}

function uninstall(call: Call): Reply {
  const { world } = call;
  const installation = ownInstallation(call);
  world.store.transaction(() => {
    emitInstallation(world, installation, "deleted", ownerOf(call, installation));
    world.store.tables.installations.remove(installation.id);
  });
  return { status: 204 };
}

/** Somebody takes a repository out of the installation on the account that he or she owns. */
function removeRepository(call: Call): Reply {
  const { world } = call;
  const by = authorOf(call).account;
  const installation = found(world.store.tables.installations.get(numberParam(call, "installation_id")));
  const repository = found(world.store.tables.repositories.get(numberParam(call, "repository_id")));
  const isAdmin =
    installation.accountId === by.id ||
    world.store.tables.memberships
      .in(installation.accountId)
      .some((row) => row.userId === by.id && row.role === "admin");
  if (!isAdmin || !installation.repositoryIds.includes(repository.id)) throw notFound();
  world.store.transaction(() => removeFromInstallation(world, installation, repository, by));
  return { status: 204 };
}

const path = "/app/installations/{installation_id}";

export const installationLifeOperations: readonly Operation[] = [
  {
    id: "apps/suspend-installation",
    method: "PUT",
    path: `${path}/suspended`,
    handle: (call) => suspend(call, true),
  },
  {
    id: "apps/unsuspend-installation",
    method: "DELETE",
    path: `${path}/suspended`,
    handle: (call) => suspend(call, false),
  },
  { id: "apps/delete-installation", method: "DELETE", path, handle: uninstall },
  {
    id: "apps/remove-repo-from-installation-for-authenticated-user",
    method: "DELETE",
    path: "/user/installations/{installation_id}/repositories/{repository_id}",
    handle: removeRepository,
  },
];
