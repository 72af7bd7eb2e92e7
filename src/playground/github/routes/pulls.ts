import { z } from "zod";
import { forbidden, found, notFound, validationFailed } from "../github-error.ts";
import { closeIssue, emitIssueEvent, reopenIssue } from "../issue-events.ts";
import { mergeabilityOf } from "../mergeability.ts";
import { authorOf, bodyOf, type Operation, onRepository, page, type RepositoryCall, sameName } from "../operation.ts";
import { presentCommit, presentFile } from "../present/commit.ts";
import { presentPull, presentSimplePull } from "../present/pull.ts";
import { headRepositoryOf, isHead, isPull, pullsOf } from "../pull-rows.ts";
import { pullStatistics } from "../pull-statistics.ts";
import type { PullRequestRow, RepositoryRow } from "../rows.ts";
import { callerHas, checkText, findPull, readPulls, requireAuthorOr, writePulls } from "./find.ts";
import { sorted } from "./issue-list.ts";
import { checkTitle, editIssue, newIssue } from "./issue-text.ts";

const createSchema = z.object({
  title: z.string().optional(),
  body: z.string().nullish(),
  head: z.string(),
  base: z.string(),
  draft: z.boolean().optional(),
  maintainer_can_modify: z.boolean().optional(),
});
const updateSchema = z.object({
  title: z.string().optional(),
  body: z.string().nullish(),
  state: z.enum(["open", "closed"]).optional(),
  base: z.string().optional(),
  maintainer_can_modify: z.boolean().optional(),
});

/** The head that `branch` or `owner:branch` names: in the repository itself, or in its owner's fork of it. */
function headOf(call: RepositoryCall, head: string): { readonly repository: RepositoryRow; readonly ref: string } {
  const colon = head.indexOf(":");
  if (colon < 0) return { repository: call.repository, ref: head };
  const { accounts, repositories } = call.world.store.tables;
  const owner = accounts.find((row) => sameName(row.login, head.slice(0, colon)));
  const ref = head.slice(colon + 1);
  if (owner?.id === call.repository.ownerId) return { repository: call.repository, ref };
  const fork = repositories.in(owner?.id ?? 0).find((row) => row.forkOf === call.repository.id);
  if (fork === undefined) throw invalid("head");
  return { repository: fork, ref };
}

function invalid(field: string, message?: string) {
  return validationFailed({
    resource: "PullRequest",
    field,
    code: message === undefined ? "invalid" : "custom",
    ...(message === undefined ? {} : { message }),
  });
}

async function create(call: RepositoryCall) {
  const { world, repository } = call;
  const by = authorOf(call);
  const body = bodyOf(call, createSchema);
  const title = checkTitle("PullRequest", body.title);
  checkText("PullRequest", body.body);
  const head = headOf(call, body.head);
  const headSha = head.repository.refs[`refs/heads/${head.ref}`];
  const baseSha = repository.refs[`refs/heads/${body.base}`];
  if (headSha === undefined) throw invalid("head");
  if (baseSha === undefined) throw invalid("base");
  const isFork = head.repository.id !== repository.id;
  const ownsHead = isFork && head.repository.ownerId === by.account.id;
  if (by.kind === "user" && !ownsHead && !callerHas(call, "write"))
    throw forbidden("Resource not accessible by personal access token");
  checkNoOther(call, head, body.base);
  if (isFork) await world.git(repository).take(world.git(head.repository), headSha);
  const statistics = await pullStatistics(world.git(repository), baseSha, headSha);
  if (statistics.commits === 0)
    throw validationFailed({
      resource: "PullRequest",
      code: "custom",
      message: `No commits between ${body.base} and ${head.ref}`,
    });
  const pull = world.store.transaction(() => {
    checkNoOther(call, head, body.base);
    const part = {
      id: world.store.id(),
      headRef: head.ref,
      ...(isFork ? { headRepositoryId: head.repository.id } : {}),
      headSha,
      baseRef: body.base,
      baseSha,
      draft: body.draft ?? false,
      mergedAt: null,
      mergedById: null,
      mergeCommitSha: null,
      requestedReviewerIds: [],
      requestedTeamIds: [],
      ...statistics,
    };
    const row = { ...newIssue(call, title, body.body ?? null), pull: part };
    world.store.tables.issues.put(row);
    emitIssueEvent(world, row, "opened", by);
    return row;
  });
  return { status: 201, body: presentPull(world, pull) };
}

function checkNoOther(call: RepositoryCall, head: ReturnType<typeof headOf>, baseRef: string): void {
  const other = pullsOf(call.world.store, call.repository.id).find(
    (row) => row.state === "open" && isHead(row, head.repository.id, head.ref) && row.pull.baseRef === baseRef,
  );
  if (other === undefined) return;
  const owner = call.world.store.tables.accounts.get(head.repository.ownerId)?.login;
  throw validationFailed({
    resource: "PullRequest",
    code: "custom",
    message: `A pull request already exists for ${owner}:${head.ref}.`,
  });
}

/** One pull request in full, with what git says about merging it. */
export async function answerPull(call: RepositoryCall, id: number, status = 200) {
  const row = found(call.world.store.tables.issues.get(id));
  if (!isPull(row)) throw notFound();
  return { status, body: presentPull(call.world, row, await mergeabilityOf(call.world, row)) };
}

async function update(call: RepositoryCall) {
  const { world } = call;
  const pull = findPull(call);
  const by = requireAuthorOr(call, pull.authorId, "write");
  const body = bodyOf(call, updateSchema);
  if (body.title !== undefined) checkTitle("PullRequest", body.title);
  checkText("PullRequest", body.body);
  if (body.state === "open" && pull.state === "closed") checkReopen(call, pull);
  const rebased = body.base === undefined ? undefined : await onOtherBase(call, pull, body.base);
  world.store.transaction(() => {
    // Working out the sizes took time: the row may have changed meanwhile.
    const current = findPull(call);
    let row = editIssue(call, current, {
      title: body.title ?? current.title,
      body: body.body === undefined ? current.body : body.body,
    });
    if (rebased !== undefined && isPull(row)) {
      const changes = { base: { ref: { from: row.pull.baseRef }, sha: { from: row.pull.baseSha } } };
      row = world.store.tables.issues.put({ ...row, pull: { ...row.pull, ...rebased } });
      emitIssueEvent(world, row, "edited", by, { changes });
    }
    if (body.state === "closed") closeIssue(world, row, by, "completed");
    if (body.state === "open") reopenIssue(world, row, by);
  });
  return answerPull(call, pull.id);
}

function checkReopen(call: RepositoryCall, pull: PullRequestRow): void {
  if (pull.pull.mergedAt !== null) throw invalid("state", "state cannot be changed. The pull request was merged.");
  if (headRepositoryOf(call.world.store, pull).refs[`refs/heads/${pull.pull.headRef}`] === undefined) {
    throw invalid("state", `state cannot be changed. The ${pull.pull.headRef} branch has been deleted.`);
  }
}

async function onOtherBase(call: RepositoryCall, pull: PullRequestRow, baseRef: string) {
  if (baseRef === pull.pull.baseRef) return undefined;
  const baseSha = call.repository.refs[`refs/heads/${baseRef}`];
  if (baseSha === undefined) throw invalid("base");
  return { baseRef, baseSha, ...(await pullStatistics(call.world.git(call.repository), baseSha, pull.pull.headSha)) };
}

function list(call: RepositoryCall) {
  const { world, query } = call;
  const state = query.get("state") ?? "open";
  const head = query.get("head");
  const base = query.get("base");
  const ownerOf = (row: PullRequestRow) =>
    world.store.tables.accounts.get(headRepositoryOf(world.store, row).ownerId)?.login ?? "";
  // GitHub ignores a head without its owner.
  const wanted = head?.includes(":") ? head : null;
  const rows = pullsOf(world.store, call.repository.id).filter(
    (row) =>
      (state === "all" || row.state === state) &&
      (wanted === null || `${ownerOf(row)}:${row.pull.headRef}`.toLowerCase() === wanted.toLowerCase()) &&
      (base === null || row.pull.baseRef === base),
  );
  return page(call, sorted(call, rows), (row) => presentSimplePull(world, row));
}

async function listCommits(call: RepositoryCall) {
  const { pull } = findPull(call);
  const commits = await call.world.git(call.repository).log(pull.baseSha, pull.headSha);
  return page(call, commits.reverse(), (commit) => presentCommit(call.world, call.repository, commit));
}

async function listFiles(call: RepositoryCall) {
  const { pull } = findPull(call);
  const git = call.world.git(call.repository);
  const files = await git.diff(await git.mergeBase(pull.baseSha, pull.headSha), pull.headSha);
  return page(call, files, (file) => presentFile(call.world, call.repository, pull.headSha, file));
}

async function get(call: RepositoryCall) {
  const pull = findPull(call);
  if (!/\.(diff|patch)\b/.test(call.accept)) return answerPull(call, pull.id);
  const git = call.world.git(call.repository);
  const base = (await git.mergeBase(pull.pull.baseSha, pull.pull.headSha)) ?? pull.pull.baseSha;
  const headers = { "content-type": "application/vnd.github.diff; charset=utf-8" };
  return { status: 200, body: await git.diffText(base, pull.pull.headSha), headers };
}

export const pullOperations: readonly Operation[] = [
  onRepository("pulls/list", "GET", "/pulls", readPulls, list),
  onRepository("pulls/create", "POST", "/pulls", writePulls, create),
  onRepository("pulls/get", "GET", "/pulls/{pull_number}", readPulls, get),
  onRepository("pulls/update", "PATCH", "/pulls/{pull_number}", writePulls, update),
  onRepository("pulls/list-commits", "GET", "/pulls/{pull_number}/commits", readPulls, listCommits),
  onRepository("pulls/list-files", "GET", "/pulls/{pull_number}/files", readPulls, listFiles),
];
