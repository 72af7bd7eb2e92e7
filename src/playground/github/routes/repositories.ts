import { z } from "zod";
import { putCollaborator, shownPermission } from "../collaborators.ts";
import { found, notFound, validationFailed } from "../github-error.ts";
import { authorOf, bodyOf, type Operation, onRepository, page, type RepositoryCall } from "../operation.ts";
import { levelOf, type RepositoryAccess } from "../permissions.ts";
import { presentAccount } from "../present/account.ts";
import { presentCommit } from "../present/commit.ts";
import { apiUrl, htmlUrl, presentFullRepository, presentPermissions } from "../present/repository.ts";
import type { AccountRow, PermissionLevel } from "../rows.ts";
import { findAccount, readContents } from "./find.ts";

const readMetadata: RepositoryAccess = { app: ["metadata:read"], user: "read" };
const administer: RepositoryAccess = { app: ["administration:write"], user: "admin" };
/** The names of levels that REST takes. */
const asked: Readonly<Record<string, PermissionLevel>> = {
  pull: "read",
  triage: "triage",
  push: "write",
  maintain: "maintain",
  admin: "admin",
};

function collaborator(call: RepositoryCall): AccountRow {
  const account = findAccount(call, call.param("username"));
  return found(account?.suspended === true ? undefined : account);
}

/** `maintain` shows as write and `triage` as read; `role_name` is exact. */
function permission(call: RepositoryCall) {
  const account = collaborator(call);
  const level = levelOf(call.world.store, call.repository, account.id);
  const user = {
    ...presentAccount(call.world, account),
    permissions: presentPermissions(level),
    role_name: level ?? "none",
  };
  return {
    status: 200,
    body: { permission: level === null ? "none" : shownPermission[level], role_name: level ?? "none", user },
  };
}

function listCollaborators(call: RepositoryCall) {
  const ids = new Set([call.repository.ownerId, ...Object.keys(call.repository.collaborators).map(Number)]);
  const people = call.world.store.tables.accounts.pick([...ids]).filter((account) => account.type === "User");
  return page(call, people, (account) => {
    const level = levelOf(call.world.store, call.repository, account.id);
    return {
      ...presentAccount(call.world, account),
      permissions: presentPermissions(level),
      role_name: level ?? "none",
    };
  });
}

function checkCollaborator(call: RepositoryCall) {
  const account = collaborator(call);
  if (account.id !== call.repository.ownerId && !(String(account.id) in call.repository.collaborators))
    throw notFound();
  return { status: 204 };
}

function addCollaborator(call: RepositoryCall) {
  const account = collaborator(call);
  const { permission: name } = bodyOf(call, z.object({ permission: z.string().default("push") }));
  const level = asked[name];
  if (level === undefined) throw validationFailed({ resource: "Repository", field: "permission", code: "invalid" });
  call.world.store.transaction(() =>
    putCollaborator(call.world, call.repository.id, account, level, authorOf(call).account),
  );
  return { status: 204 };
}

function removeCollaborator(call: RepositoryCall) {
  call.world.store.transaction(() =>
    putCollaborator(call.world, call.repository.id, collaborator(call), null, authorOf(call).account),
  );
  return { status: 204 };
}

function branches(call: RepositoryCall): { name: string; sha: string }[] {
  return Object.entries(call.repository.refs)
    .filter(([ref]) => ref.startsWith("refs/heads/"))
    .map(([ref, sha]) => ({ name: ref.slice("refs/heads/".length), sha }))
    .sort((a, b) => a.name.localeCompare(b.name));
}

function listBranches(call: RepositoryCall) {
  const url = `${apiUrl(call.world, call.repository)}/commits`;
  return page(call, branches(call), ({ name, sha }) => ({
    name,
    commit: { sha, url: `${url}/${sha}` },
    protected: false,
  }));
}

async function getBranch(call: RepositoryCall) {
  const branch = branches(call).find((row) => row.name === call.param("branch"));
  if (branch === undefined) throw notFound();
  const { world, repository } = call;
  const self = `${apiUrl(world, repository)}/branches/${branch.name}`;
  const commit = presentCommit(world, repository, await world.git(repository).commit(branch.sha));
  const links = { self, html: `${htmlUrl(world, repository)}/tree/${branch.name}` };
  const protection = { enabled: false, required_status_checks: { enforcement_level: "off", contexts: [], checks: [] } };
  return {
    status: 200,
    body: {
      name: branch.name,
      commit,
      _links: links,
      protected: false,
      protection,
      protection_url: `${self}/protection`,
    },
  };
}

export const repositoryOperations: readonly Operation[] = [
  onRepository("repos/get", "GET", "", readMetadata, (call) => ({
    status: 200,
    body: presentFullRepository(call.world, call.repository, call.actor),
  })),
  onRepository("repos/list-branches", "GET", "/branches", readContents, listBranches),
  onRepository("repos/get-branch", "GET", "/branches/{branch}", readContents, getBranch),
  onRepository(
    "repos/list-collaborators",
    "GET",
    "/collaborators",
    { app: ["metadata:read"], user: "write" },
    listCollaborators,
  ),
  onRepository("repos/check-collaborator", "GET", "/collaborators/{username}", readMetadata, checkCollaborator),
  onRepository("repos/add-collaborator", "PUT", "/collaborators/{username}", administer, addCollaborator),
  onRepository("repos/remove-collaborator", "DELETE", "/collaborators/{username}", administer, removeCollaborator),
  onRepository(
    "repos/get-collaborator-permission-level",
    "GET",
    "/collaborators/{username}/permission",
    readMetadata,
    permission,
  ),
];
