import { RetryableError } from "../../kernel/errors.ts";
import { awaitedCode } from "../../workflow/domain/plan-progress.ts";
import type { Task } from "../../workflow/domain/task.ts";
import type { GitHubClient } from "../client/octokit.ts";
import type { FleetConfiguration } from "../configuration/fleet-configuration.ts";
import { adviceReview } from "../present/advice-review.ts";
import { councilActions } from "../present/check-actions.ts";
import { councilCheck } from "../present/council-check.ts";
import { councilReview } from "../present/council-review.ts";
import type { CouncilView } from "../present/council-view.ts";
import { overdueMarks } from "../present/deadline-texts.ts";
import { gateCheck } from "../present/gate-check.ts";
import { taskFamilies } from "../present/label-families.ts";
import { taskLabel, taskStateLabel } from "../present/label-set.ts";
import { createPeopleOf } from "../present/people-of.ts";
import { type PullRequestView, pullRequestStatus } from "../present/pull-request-status.ts";
import { authorsUnknownNote, noChecksNote, pullRequestText, subIssueText } from "../present/task-texts.ts";
import { type CheckRunWanted, checkRunNames, ensureCheckRun } from "./ensure-check-run.ts";
import { ensureStickyComment } from "./ensure-comment.ts";
import { ensureIssueState, ensureSubIssue } from "./ensure-issue.ts";
import { ensureIssueLabels } from "./ensure-issue-labels.ts";
import { ensureMerged } from "./ensure-merged.ts";
import { ensurePullRequest } from "./ensure-pull-request.ts";
import { ensureReview } from "./ensure-review.ts";
import { ensureReviewRequest } from "./ensure-review-request.ts";
import { takeCodeIn, testByChecks } from "./follow-checks.ts";
import { asksOwners, reviewsWanted } from "./gate-reviewers.ts";
import { whereOffered } from "./lacks.ts";
import type { MergeTries } from "./merge-tries.ts";
import { type On, place } from "./on.ts";
import { publicationOf, publish, publishedBy } from "./publish-candidate.ts";
import { readChange } from "./read-change.ts";
import type { ReviewAsks } from "./review-asks.ts";
import { writeDependencies } from "./write-dependencies.ts";
import type { WriterDeps } from "./writer-deps.ts";

type TaskWriterDeps = WriterDeps & { readonly mergeTries: MergeTries; readonly reviewAsks: ReviewAsks };
type Site = { readonly deps: TaskWriterDeps; readonly on: On<GitHubClient> };

/** What keeps an approved task from its merge, as a sentence; `passing`: to be tried again by itself. */
type Blocked = { readonly why: string; readonly passing: boolean };

/** What the status comment of a pull request says beside the task; `behind`: why its branch cannot be brought up to date. */
type Standing = Pick<PullRequestView, "checks"> & {
  readonly blocked: Blocked | null;
  readonly behind: string | null;
  readonly awaits: readonly number[];
};

/** Until a merge that GitHub put off is tried again, in milliseconds. */
const mergeAgainMs = 1_000;

/**
 * Makes a task right on GitHub: its sub-issue; the winner as a commit and a pull request; labels, check runs, review
 * requests and the status comment; the merge when every gate has approved. Facts that are born on the way are told to
 * the graph at once, and the task is read again after each, so that one run shows the newest state.
 *
 * @throws RetryableError, after everything is shown, when only time keeps GitHub from merging.
 */
export async function writeTask(deps: TaskWriterDeps, on: On<GitHubClient>, task: Task): Promise<void> {
  const site = { deps, on };
  const council = await deps.reads.latestCouncil({ taskId: task.id });
  const linked = await writeSubIssue(site, task);
  const published = await writeBranch(site, linked, council);
  const checks = await testByChecks(deps, on, published);
  const plan = task.type === "test" ? await deps.reads.tasksOf(task.storyId) : [];
  const behind = await takeCodeIn(on, published, plan);
  const blocked = await mergeWhenAllowed(site, published);
  const current = await reread(site, published);
  await writeTaskLabels(on, current);
  await writePullRequest(site, current, council, { blocked, checks, behind, awaits: awaitedCode(current, plan) });
  await closeWhenOver(site, current);
  if (blocked?.passing === true && deps.mergeTries.again(task.id, current.headSha ?? ""))
    throw new RetryableError(blocked.why, mergeAgainMs);
}

async function reread({ deps }: Site, task: Task): Promise<Task> {
  return (await deps.reads.task(task.id)) ?? task;
}

async function writeSubIssue(site: Site, task: Task): Promise<Task> {
  // One that somebody deleted is made anew only while there is something to do.
  if ((task.state === "cancelled" || task.merged) && task.issueNumber === null) return task;
  const number = await ensureSubIssue(site.on, {
    parent: task.storyIssue,
    marker: `task ${task.id}`,
    number: task.issueNumber,
    title: task.title,
    text: subIssueText(task, site.deps.simulated),
    labels: [taskLabel, taskStateLabel(task.state)],
  });
  if (number === task.issueNumber) return task;
  await site.deps.facts.linkTask({ taskId: task.id, issueNumber: number });
  const linked = await reread(site, task);
  await writeDependencies(site.deps, site.on, linked, "with those after it");
  return linked;
}

/** Publishes what a council made, and opens the pull request; also for a branch that people pushed. */
async function writeBranch(site: Site, task: Task, council: CouncilView | null): Promise<Task> {
  const publication = publicationOf(task, council);
  if (publication === null) {
    const needsOne =
      task.headSha !== null && task.pullRequest === null && task.state !== "cancelled" && task.state !== "todo";
    return needsOne ? openPullRequest(site, task, false) : task;
  }
  const result = await publish(site.on, task, publication);
  if (result.kind === "diverged") {
    const reason =
      "The branch moved while the council worked; its commits were left as they are and the proposal was not pushed.";
    await site.deps.facts.councilFailed({ taskId: task.id, reason, round: task.round });
    return reread(site, task);
  }
  const opened = await openPullRequest(site, task, publication.draft);
  const committer = { kind: "agent", role: "developer", number: publication.candidate.member } as const;
  await site.deps.facts.recordHead({
    taskId: task.id,
    headSha: result.sha,
    headTree: result.tree,
    authors: [`agent:developer:${publication.candidate.member}`],
    committer,
    deliveryId: null,
  });
  return reread(site, opened);
}

async function openPullRequest(site: Site, task: Task, draft: boolean): Promise<Task> {
  const { data: repository } = await site.on.octokit.rest.repos.get(place(site.on));
  const pull = await ensurePullRequest(site.on, {
    branch: task.branch,
    base: repository.default_branch,
    marker: `task ${task.id}`,
    title: task.title,
    text: pullRequestText(task, draft, site.deps.simulated),
    draft,
  });
  if (pull.number === task.pullRequest) return task;
  await site.deps.facts.linkTask({ taskId: task.id, pullRequest: pull.number });
  return reread(site, task);
}

/** Merges a task that is done, once its gate is green. Returns what blocks it. */
async function mergeWhenAllowed(site: Site, task: Task): Promise<Blocked | null> {
  if (task.state !== "done" || task.merged || task.pullRequest === null || task.headSha === null) return null;
  const { merge } = (await site.deps.configurationOf(task)).configuration;
  if (merge.by === "human") return { why: "Every gate has approved; people merge in this repository.", passing: false };
  await showCheck(site.on, { name: checkRunNames.gate, headSha: task.headSha, ...gateCheck(task) });
  const wanted = { pullNumber: task.pullRequest, headSha: task.headSha, method: merge.method };
  const result = await ensureMerged(site.on, wanted);
  if (result.kind === "blocked") return result;
  await site.deps.facts.recordMerge({ taskId: task.id, mergeSha: result.sha });
  return null;
}

/** False where this GitHub has no check runs for the App. */
function showCheck(on: On<GitHubClient>, wanted: CheckRunWanted): Promise<boolean> {
  return whereOffered(on, "check runs", () => ensureCheckRun(on, wanted));
}

/** The labels of a task's issue and pull request alone: what is put back at once when somebody changed them by hand. */
export async function writeTaskLabels(on: On<GitHubClient>, task: Task): Promise<void> {
  const families = taskFamilies(task);
  if (task.issueNumber !== null) await ensureIssueLabels(on, task.issueNumber, families);
  if (task.pullRequest !== null) await ensureIssueLabels(on, task.pullRequest, families);
}

async function writePullRequest(
  site: Site,
  task: Task,
  council: CouncilView | null,
  { blocked, checks, behind, awaits }: Standing,
): Promise<void> {
  if (task.pullRequest === null) return;
  const { deps, on } = site;
  const { pullRequest, headSha } = task;
  const gate = headSha === null || (await showCheck(on, { name: checkRunNames.gate, headSha, ...gateCheck(task) }));
  const { configuration } = await deps.configurationOf(task);
  const advice = await deps.reads.latestAdvice(task.id);
  const { repository, storyId, id } = task;
  const accounts = await deps.reads.budgetAccounts({ repository, story: storyId, task: id });
  const status = pullRequestStatus({
    task,
    council,
    advice,
    blocked: blocked?.why ?? behind,
    checks: task.state === "pending-qa" ? checks : null,
    awaits: task.state === "cancelled" ? [] : awaits,
    peopleOf: createPeopleOf(configuration, null),
    overdue: overdueMarks(task),
    tokens: accounts.find(({ scope }) => scope === "task") ?? null,
    notes: [...(gate ? [] : [noChecksNote]), ...(task.authorsKnown ? [] : [authorsUnknownNote])],
    simulated: deps.simulated,
  });
  await ensureStickyComment(on, pullRequest, "pull-request", status);
  if (headSha === null) return;
  await writeCouncil(site, task, pullRequest, headSha, council);
  const advised = advice === null ? null : adviceReview(task, advice);
  if (advised !== null)
    await whereOffered(on, "the council's review", () => ensureReview(on, pullRequest, { ...advised, headSha }));
  await askReviewers(site, task, configuration);
}

/** Shows the council whose commit is the head: its check run, with the buttons of now, and its review. */
async function writeCouncil(
  { deps, on }: Site,
  task: Task,
  pullRequest: number,
  headSha: string,
  latest: CouncilView | null,
): Promise<void> {
  if (latest === null) return;
  const id = await publishedBy(on, task);
  const published = id === null || id === latest.id ? latest : await deps.reads.council(id);
  if (id === null || published?.outcome?.kind !== "implementation") return;
  const actions = councilActions(task, latest);
  const check = councilCheck(published, published.outcome, deps.simulated, actions);
  await showCheck(on, { name: checkRunNames.council, headSha, ...check });
  const review = councilReview(published, published.outcome);
  if (review !== null)
    await whereOffered(on, "the council's review", () => ensureReview(on, pullRequest, { ...review, headSha }));
}

async function askReviewers({ deps, on }: Site, task: Task, configuration: FleetConfiguration): Promise<void> {
  const { pullRequest, headSha } = task;
  if (pullRequest === null || headSha === null) return;
  const name = `${on.owner}/${on.repo}#${pullRequest}`;
  const change = asksOwners(task, configuration)
    ? await deps.reviewAsks.change(name, headSha, () => readChange(on, pullRequest))
    : null;
  if (change === null && asksOwners(task, configuration))
    deps.log.warn({ task: task.id }, "this GitHub does not show what is changed, so the owners of paths are not asked");
  const wanted = reviewsWanted(task, configuration, change);
  const asked = await ensureReviewRequest(on, pullRequest, headSha, wanted, deps.reviewAsks);
  if (!asked)
    deps.log.warn({ task: task.id }, "the gate's reviewers could not be asked: they have no access to the repository");
}

async function closeWhenOver({ on }: Site, task: Task): Promise<void> {
  if (task.state === "done" && task.merged && task.issueNumber !== null) {
    await ensureIssueState(on, task.issueNumber, "completed");
  }
  if (task.state !== "cancelled") return;
  // A pull request is an issue to this endpoint, and closing it there closes it.
  if (task.pullRequest !== null && !task.merged) await ensureIssueState(on, task.pullRequest, "not_planned");
  if (task.issueNumber !== null) await ensureIssueState(on, task.issueNumber, "not_planned");
}
