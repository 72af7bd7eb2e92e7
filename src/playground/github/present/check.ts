import { found } from "../github-error.ts";
import { openPullsAt } from "../pull-rows.ts";
import type { CheckRunRow, CheckSuiteRow, StatusRow } from "../rows.ts";
import type { World } from "../world.ts";
import { nodeId, presentAccountId } from "./account.ts";
import { presentApp } from "./app.ts";
import { presentMinimalPull } from "./pull.ts";
import { apiUrl, htmlUrl } from "./repository.ts";

/** `check-run`. */
export function presentCheckRun(world: World, run: CheckRunRow) {
  const repository = found(world.store.tables.repositories.get(run.repositoryId));
  const url = `${apiUrl(world, repository)}/check-runs/${run.id}`;
  return {
    id: run.id,
    node_id: nodeId("CheckRun", run.id),
    head_sha: run.headSha,
    name: run.name,
    url,
    html_url: `${htmlUrl(world, repository)}/runs/${run.id}`,
    details_url: run.detailsUrl ?? `${htmlUrl(world, repository)}/runs/${run.id}`,
    external_id: run.externalId,
    status: run.status,
    conclusion: run.conclusion,
    started_at: run.startedAt,
    completed_at: run.completedAt,
    output: {
      title: run.title,
      summary: run.summary,
      text: run.text,
      annotations_count: run.annotations.length,
      annotations_url: `${url}/annotations`,
    },
    check_suite: { id: run.suiteId },
    app: presentApp(world, found(world.store.tables.apps.get(run.appId))),
    pull_requests: openPullsAt(world.store, repository.id, run.headSha).map((pull) => presentMinimalPull(world, pull)),
  };
}

/** `check-run-with-simple-check-suite`, as webhooks carry it. */
export function presentCheckRunEvent(world: World, run: CheckRunRow) {
  const suite = found(world.store.tables.checkSuites.get(run.suiteId));
  return { ...presentCheckRun(world, run), check_suite: presentSuite(world, suite) };
}

function presentSuite(world: World, suite: CheckSuiteRow) {
  const { apps, checkRuns, repositories } = world.store.tables;
  const repository = found(repositories.get(suite.repositoryId));
  const runs = checkRuns.in(repository.id).filter((row) => row.suiteId === suite.id);
  const done = runs.every((row) => row.status === "completed");
  return {
    id: suite.id,
    node_id: nodeId("CheckSuite", suite.id),
    head_branch: suite.headBranch,
    head_sha: suite.headSha,
    status: done ? "completed" : "in_progress",
    conclusion: done ? (runs.every((row) => row.conclusion === "success") ? "success" : "failure") : null,
    url: `${apiUrl(world, repository)}/check-suites/${suite.id}`,
    before: null,
    after: suite.headSha,
    app: presentApp(world, found(apps.get(suite.appId))),
    pull_requests: openPullsAt(world.store, repository.id, suite.headSha).map((pull) =>
      presentMinimalPull(world, pull),
    ),
    created_at: suite.createdAt,
    updated_at: suite.createdAt,
  };
}

/** `status`. */
export function presentStatus(world: World, status: StatusRow) {
  const repository = found(world.store.tables.repositories.get(status.repositoryId));
  return {
    url: `${apiUrl(world, repository)}/statuses/${status.sha}`,
    avatar_url: `${world.url}/avatars/${status.creatorId}`,
    id: status.id,
    node_id: nodeId("Status", status.id),
    state: status.state,
    description: status.description,
    target_url: status.targetUrl,
    context: status.context,
    created_at: status.createdAt,
    updated_at: status.createdAt,
    creator: presentAccountId(world, status.creatorId),
  };
}
