import { randomBytes } from "node:crypto";
import { z } from "zod";
import { suspendedInstallation } from "../authenticate.ts";
import { forbidden, found, GitHubError, notFound, unprocessable } from "../github-error.ts";
import {
  bodyOf,
  type Call,
  findRepository,
  numberParam,
  type Operation,
  page,
  type Reply,
  sameName,
  slice,
} from "../operation.ts";
import { presentApp, presentInstallation } from "../present/app.ts";
import { presentRepository } from "../present/repository.ts";
import type { AppRow, InstallationRow, RepositoryRow } from "../rows.ts";

const tokenLifeMs = 3600 * 1000;
const ranks: readonly string[] = ["read", "write", "admin"];

const tokenSchema = z
  .object({
    repositories: z.array(z.string()).optional(),
    repository_ids: z.array(z.number()).optional(),
    permissions: z.record(z.string(), z.string()).optional(),
  })
  .nullable();

/** The App whose JWT the caller shows. */
export function callingApp(call: Call): AppRow {
  if (call.actor.kind === "app") return call.actor.app;
  throw new GitHubError(401, "A JSON web token could not be decoded");
}

/** The installation of the path, which must be the calling App's own. */
export function ownInstallation(call: Call): InstallationRow {
  const installation = found(call.world.store.tables.installations.get(numberParam(call, "installation_id")));
  if (installation.appId !== callingApp(call).id) throw notFound();
  return installation;
}

/** Never more than the installation has: GitHub refuses a wish for more. */
function narrowedPermissions(
  held: Readonly<Record<string, string>>,
  wanted: Readonly<Record<string, string>> | undefined,
): Readonly<Record<string, string>> {
  if (wanted === undefined) return held;
  for (const [name, access] of Object.entries(wanted)) {
    if (ranks.indexOf(access) > ranks.indexOf(held[name] ?? "")) {
      throw unprocessable("The permissions requested are not granted to this installation.");
    }
  }
  return wanted;
}

function narrowedRepositories(
  call: Call,
  installation: InstallationRow,
  names: readonly string[] | undefined,
  ids: readonly number[] | undefined,
): number[] | null {
  if (names === undefined && ids === undefined) return null;
  const all = call.world.store.tables.repositories.pick(installation.repositoryIds);
  const byName = (names ?? []).map((name) => all.find((row) => sameName(row.name, name)));
  const byId = (ids ?? []).map((id) => all.find((row) => row.id === id));
  return [...byName, ...byId].map((row) => {
    if (row !== undefined) return row.id;
    throw unprocessable(
      "There is at least one repository that does not exist or is not accessible to the parent installation.",
    );
  });
}

function createToken(call: Call): Reply {
  const { store } = call.world;
  const installation = ownInstallation(call);
  if (installation.suspendedAt != null) throw forbidden(suspendedInstallation);
  const body = bodyOf(call, tokenSchema);
  const permissions = narrowedPermissions(installation.granted ?? callingApp(call).permissions, body?.permissions);
  const chosen = narrowedRepositories(call, installation, body?.repositories, body?.repository_ids);
  const now = call.world.now().getTime();
  const token = `ghs_${randomBytes(27).toString("base64url").replace(/[-_]/g, "0")}`;
  const expiresAt = `${new Date(now + tokenLifeMs).toISOString().slice(0, 19)}Z`;
  store.transaction(() => {
    for (const old of store.tables.installationTokens.in(installation.id)) {
      if (Date.parse(old.expiresAt) <= now) store.tables.installationTokens.remove(old.id);
    }
    const repositoryIds = chosen ?? installation.repositoryIds;
    store.tables.installationTokens.put({
      id: store.id(),
      token,
      installationId: installation.id,
      permissions,
      repositoryIds,
      narrowed: chosen !== null,
      expiresAt,
    });
  });
  const repositories =
    chosen === null
      ? {}
      : { repositories: store.tables.repositories.pick(chosen).map((row) => presentRepository(call.world, row)) };
  return {
    status: 201,
    body: { token, expires_at: expiresAt, permissions, repository_selection: "selected", ...repositories },
  };
}

function installationOf(call: Call, repository: RepositoryRow): InstallationRow {
  const app = callingApp(call);
  return found(
    call.world.store.tables.installations.in(app.id).find((row) => row.repositoryIds.includes(repository.id)),
  );
}

function installationOfAccount(call: Call, login: string): Reply {
  const rows = call.world.store.tables.installations.in(callingApp(call).id);
  const row = rows.find((installation) =>
    sameName(call.world.store.tables.accounts.get(installation.accountId)?.login ?? "", login),
  );
  return { status: 200, body: presentInstallation(call.world, found(row)) };
}

function listRepositories(call: Call): Reply {
  if (call.actor.kind !== "installation")
    throw forbidden(
      "You must authenticate with an installation access token in order to list repositories for an installation.",
    );
  const rows = call.world.store.tables.repositories.pick(call.actor.repositoryIds);
  const { items, headers } = slice(call, rows);
  const repositories = items.map((row) => presentRepository(call.world, row));
  return { status: 200, body: { total_count: rows.length, repository_selection: "selected", repositories }, headers };
}

function revokeToken(call: Call): Reply {
  if (call.actor.kind !== "installation") throw forbidden("Resource not accessible by personal access token");
  const row = found(call.world.store.tables.installationTokens.get(call.actor.tokenId));
  call.world.store.transaction(() => call.world.store.tables.installationTokens.remove(row.id));
  return { status: 204 };
}

export const appOperations: readonly Operation[] = [
  {
    id: "apps/get-authenticated",
    method: "GET",
    path: "/app",
    handle: (call) => {
      const app = callingApp(call);
      return {
        status: 200,
        body: {
          ...presentApp(call.world, app),
          client_id: app.clientId,
          installations_count: call.world.store.tables.installations.count(app.id),
        },
      };
    },
  },
  {
    id: "apps/get-by-slug",
    method: "GET",
    path: "/apps/{app_slug}",
    handle: (call) => ({
      status: 200,
      body: presentApp(
        call.world,
        found(call.world.store.tables.apps.find((row) => row.slug === call.param("app_slug"))),
      ),
    }),
  },
  {
    id: "apps/list-installations",
    method: "GET",
    path: "/app/installations",
    handle: (call) =>
      page(call, call.world.store.tables.installations.in(callingApp(call).id), (row) =>
        presentInstallation(call.world, row),
      ),
  },
  {
    id: "apps/get-installation",
    method: "GET",
    path: "/app/installations/{installation_id}",
    handle: (call) => ({ status: 200, body: presentInstallation(call.world, ownInstallation(call)) }),
  },
  {
    id: "apps/create-installation-access-token",
    method: "POST",
    path: "/app/installations/{installation_id}/access_tokens",
    handle: createToken,
  },
  {
    id: "apps/get-repo-installation",
    method: "GET",
    path: "/repos/{owner}/{repo}/installation",
    handle: (call) => ({
      status: 200,
      body: presentInstallation(
        call.world,
        installationOf(call, findRepository(call.world, call.param("owner"), call.param("repo"))),
      ),
    }),
  },
  {
    id: "apps/get-org-installation",
    method: "GET",
    path: "/orgs/{org}/installation",
    handle: (call) => installationOfAccount(call, call.param("org")),
  },
  {
    id: "apps/get-user-installation",
    method: "GET",
    path: "/users/{username}/installation",
    handle: (call) => installationOfAccount(call, call.param("username")),
  },
  {
    id: "apps/list-repos-accessible-to-installation",
    method: "GET",
    path: "/installation/repositories",
    handle: listRepositories,
  },
  { id: "apps/revoke-installation-access-token", method: "DELETE", path: "/installation/token", handle: revokeToken },
];
