import type { Actor } from "./actor.ts";
import { found } from "./github-error.ts";
import { presentCheckRunEvent } from "./present/check.ts";
import type { CheckAction, CheckRunRow, CheckSuiteRow, RepositoryRow } from "./rows.ts";
import type { World } from "./world.ts";
import { timestamp } from "./world.ts";

/** The suite that holds an App's runs on a commit; made when it is missing. Only inside a transaction. */
export function suiteFor(world: World, repository: RepositoryRow, appId: number, headSha: string): CheckSuiteRow {
  const { checkSuites } = world.store.tables;
  const existing = checkSuites.in(repository.id).find((row) => row.appId === appId && row.headSha === headSha);
  if (existing !== undefined) return existing;
  const branch = Object.entries(repository.refs).find(
    ([ref, sha]) => sha === headSha && ref.startsWith("refs/heads/"),
  )?.[0];
  const headBranch = branch?.slice("refs/heads/".length) ?? null;
  return checkSuites.put({
    id: world.store.id(),
    repositoryId: repository.id,
    appId,
    headSha,
    headBranch,
    createdAt: timestamp(world),
  });
}

/** Tells of a check run. What a person asks of it goes to the App that made it only, as on GitHub. */
export function emitCheckRun(
  world: World,
  run: CheckRunRow,
  action: "created" | "completed" | "rerequested" | "requested_action",
  by: Actor,
  requested?: CheckAction,
): void {
  if (!("account" in by)) return;
  const repository = found(world.store.tables.repositories.get(run.repositoryId));
  const extra = requested === undefined ? {} : { requested_action: { identifier: requested.identifier } };
  const asked = action === "rerequested" || action === "requested_action";
  world.emit({
    event: "check_run",
    action,
    sender: by.account,
    repository,
    ...(asked ? { onlyAppId: run.appId } : {}),
    payload: { check_run: presentCheckRunEvent(world, run), ...extra },
  });
}
