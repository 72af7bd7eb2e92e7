import { z } from "zod";
import { validationFailed } from "../github-error.ts";
import { authorOf, bodyOf, type Operation, onRepository, page, type RepositoryCall } from "../operation.ts";
import type { RepositoryAccess } from "../permissions.ts";
import { presentStatus } from "../present/check.ts";
import { presentCommit } from "../present/commit.ts";
import { apiUrl, presentRepository } from "../present/repository.ts";
import type { StatusRow } from "../rows.ts";
import { timestamp } from "../world.ts";
import { resolveCommit } from "./commits.ts";

const readStatuses: RepositoryAccess = { app: ["statuses:read"], user: "read" };
const writeStatuses: RepositoryAccess = { app: ["statuses:write"], user: "write" };

/** GitHub names so many of the branches that contain the commit. */
const mostBranches = 10;

const schema = z.object({
  state: z.enum(["error", "failure", "pending", "success"]),
  target_url: z.string().nullish(),
  description: z.string().nullish(),
  context: z.string().default("default"),
});

async function create(call: RepositoryCall) {
  const { world, repository } = call;
  const git = world.git(repository);
  const sha = await git.resolve(call.param("sha"));
  if (sha === null)
    throw validationFailed({
      resource: "Status",
      code: "custom",
      message: `No commit found for SHA: ${call.param("sha")}`,
    });
  const body = bodyOf(call, schema);
  const commit = presentCommit(world, repository, await git.commit(sha));
  const branches = await git.branchesWith(sha, mostBranches);
  const by = authorOf(call);
  const status = world.store.transaction(() => {
    const row = world.store.tables.statuses.put({
      id: world.store.id(),
      repositoryId: repository.id,
      sha,
      state: body.state,
      context: body.context,
      description: body.description ?? null,
      targetUrl: body.target_url ?? null,
      creatorId: by.account.id,
      createdAt: timestamp(world),
    });
    world.emit({ event: "status", sender: by.account, repository, payload: presentEvent(call, row, commit, branches) });
    return row;
  });
  return { status: 201, body: presentStatus(world, status) };
}

type Commit = ReturnType<typeof presentCommit>;
type Branch = { readonly name: string; readonly sha: string };

function presentEvent(call: RepositoryCall, row: StatusRow, commit: Commit, branches: readonly Branch[]) {
  const commits = `${apiUrl(call.world, call.repository)}/commits`;
  const { created_at, description, id, state, target_url, updated_at, avatar_url } = presentStatus(call.world, row);
  const shown = { avatar_url, context: row.context, created_at, description, id, state, target_url, updated_at };
  return {
    ...shown,
    branches: branches.map(({ name, sha }) => ({ name, commit: { sha, url: `${commits}/${sha}` }, protected: false })),
    commit,
    name: presentRepository(call.world, call.repository).full_name,
    sha: row.sha,
  };
}

async function statusesOf(call: RepositoryCall): Promise<{ sha: string; rows: StatusRow[] }> {
  const sha = await resolveCommit(call, call.param("ref"));
  const rows = call.world.store.tables.statuses.in(call.repository.id).filter((row) => row.sha === sha);
  return { sha, rows: rows.reverse() };
}

async function combined(call: RepositoryCall) {
  const { sha, rows } = await statusesOf(call);
  const newest = [...new Map([...rows].reverse().map((row) => [row.context, row])).values()];
  const bad = newest.some((row) => row.state === "failure" || row.state === "error");
  const good = newest.length > 0 && newest.every((row) => row.state === "success");
  const url = `${apiUrl(call.world, call.repository)}/commits/${sha}`;
  const statuses = newest.map((row) => {
    const { creator: _, ...simple } = presentStatus(call.world, row);
    return simple;
  });
  const repository = presentRepository(call.world, call.repository);
  const state = bad ? "failure" : good ? "success" : "pending";
  return {
    status: 200,
    body: { state, sha, total_count: newest.length, statuses, repository, commit_url: url, url: `${url}/status` },
  };
}

export const statusOperations: readonly Operation[] = [
  onRepository("repos/create-commit-status", "POST", "/statuses/{sha}", writeStatuses, create),
  onRepository("repos/get-combined-status-for-ref", "GET", "/commits/{ref}/status", readStatuses, combined),
  onRepository("repos/list-commit-statuses-for-ref", "GET", "/commits/{ref}/statuses", readStatuses, async (call) =>
    page(call, (await statusesOf(call)).rows, (row) => presentStatus(call.world, row)),
  ),
];
