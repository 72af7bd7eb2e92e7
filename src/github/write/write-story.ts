import type { humanRoles } from "../../kernel/roles.ts";
import { type Ceremony, isOpenCeremony, storyIn } from "../../planning/domain/ceremony/ceremony.ts";
import { scoreReadiness } from "../../planning/domain/readiness.ts";
import type { Story } from "../../planning/domain/story.ts";
import type { GitHubClient } from "../client/octokit.ts";
import type { CouncilView } from "../present/council-view.ts";
import { overdueStoryMarks } from "../present/deadline-texts.ts";
import { storyFamilies } from "../present/label-families.ts";
import { withLabelNames } from "../present/label-names.ts";
import { createPeopleOf } from "../present/people-of.ts";
import { planComment, planMarker } from "../present/plan-comment.ts";
import { storyStatus } from "../present/story-status.ts";
import { ensureStickyComment } from "./ensure-comment.ts";
import { ensureIssueState, readSubIssues } from "./ensure-issue.ts";
import { ensureIssueLabels } from "./ensure-issue-labels.ts";
import type { On } from "./on.ts";
import type { WriterDeps } from "./writer-deps.ts";

/** The roles without which a story gets stuck. */
const rolesOfTheRoad: readonly (typeof humanRoles)[number][] = ["product-owner", "architect", "qa", "developer"];

/** Makes a story's issue right: its state label, its status comment, and closed when the story is over. */
export async function writeStory(deps: WriterDeps, on: On<GitHubClient>, story: Story): Promise<void> {
  if (story.withdrawn) return;
  await writeStoryLabels(on, story);
  const status = withLabelNames(await statusOf(deps, on, story), on.labelNames);
  await ensureStickyComment(on, story.issueNumber, "story", status);
  const plan = planComment(story, deps.simulated);
  if (plan !== null) await ensureStickyComment(on, story.issueNumber, planMarker, plan, true);
  if (story.state === "done") await ensureIssueState(on, story.issueNumber, "completed");
  if (story.state === "archived") await ensureIssueState(on, story.issueNumber, "not_planned");
}

/** The story's labels alone: what is put back at once when somebody changed them by hand. */
export async function writeStoryLabels(on: On<GitHubClient>, story: Story): Promise<void> {
  if (story.withdrawn) return;
  await ensureIssueLabels(on, story.issueNumber, storyFamilies(story));
}

async function statusOf(deps: WriterDeps, on: On<GitHubClient>, story: Story): Promise<string> {
  const { configuration, problems } = await deps.configurationOf(story);
  const all = await deps.reads.tasksOf(story.id);
  const tasks = all.filter((task) => task.planVersion === story.plan?.version);
  const issues = tasks.flatMap(({ issueNumber }) => (issueNumber === null ? [] : [issueNumber]));
  const attached = issues.length === 0 ? [] : await readSubIssues(on, story.issueNumber);
  const councils = new Map<string, CouncilView>();
  for (const task of tasks) {
    const council = await deps.reads.latestCouncil({ taskId: task.id });
    if (council !== null) councils.set(task.id, council);
  }
  const policy = await deps.councilPolicy(story.repository);
  return storyStatus({
    story,
    readiness: scoreReadiness(story),
    threshold: configuration.readiness.threshold,
    tasks,
    checklist: issues.filter((number) => !attached.includes(number)),
    planning: await deps.reads.latestCouncil({ storyId: story.id }),
    councils,
    councilAvailable: policy.available,
    room: story.state === "ready-for-execution" ? await deps.reads.storyRoom(story.id) : null,
    councilsStart: policy.start,
    testing: configuration.gates.testing,
    peopleOf: createPeopleOf(configuration, story.author.login),
    ceremony:
      (await deps.reads.ceremoniesOf(story.id)).find((each) => isOpenCeremony(each) && holds(each, story)) ?? null,
    overdue: overdueStoryMarks(story, tasks),
    decisions: await deps.reads.decisions(story.id),
    spent: await deps.reads.spentOn(story.id),
    tokens: await deps.reads.budgetAccounts({ repository: story.repository, story: story.id, task: null }),
    unsetRoles: rolesOfTheRoad.filter((role) => configuration.roles?.[role] === undefined),
    problems,
    simulated: deps.simulated,
  });
}

function holds(ceremony: Ceremony, { id }: Story): boolean {
  return storyIn(ceremony, id) !== undefined;
}
