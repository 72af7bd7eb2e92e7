import { storyId } from "../../kernel/ids.ts";
import { system } from "../../kernel/principal.ts";
import { systemRoles } from "../../kernel/roles.ts";
import type { Milestone, Story } from "../../planning/domain/story.ts";
import { isBotOf } from "../client/app-identity.ts";
import type { RepositoryRef } from "../client/octokit.ts";
import { carriedOverText } from "../present/lifecycle-texts.ts";
import type { AppDeps, Delivery } from "./app-deps.ts";
import { milestonePayload } from "./issue-payloads.ts";
import { wasHandled } from "./move-story.ts";
import { repositoryOf } from "./payload-parts.ts";

type MilestonePayload = ReturnType<typeof milestonePayload.parse>;

/**
 * Milestones are sprints: closing one carries its open stories over, each with one sentence. A new title is taken over; a
 * deleted milestone is taken from its stories, which stay where they are. One that is opened again changes nothing: the
 * product owner continues what was carried over.
 */
export async function onMilestone(deps: AppDeps, delivery: Delivery): Promise<void> {
  const payload = milestonePayload.parse(delivery.payload);
  const ref = repositoryOf(payload);
  if (isBotOf(await deps.identityOf(ref.installation), payload.sender)) return;
  const { action, milestone } = payload;
  const sprint = { number: milestone.number, title: milestone.title };
  if (action === "closed") return carryOver(deps, delivery.id, ref, payload);
  const now = action === "deleted" ? null : sprint;
  for (const story of await deps.planning.findStories({ repository: ref.repository, milestone: sprint.number }))
    await place(deps, story, now);
}

async function place(deps: AppDeps, story: Story, milestone: Milestone | null): Promise<void> {
  if (await deps.planning.recordSurroundings({ storyId: story.id, milestone }))
    await deps.write({ kind: "story", storyId: story.id });
}

/**
 * Which issues are in the sprint is asked of GitHub: people move issues on just before they close it. Which of them are
 * stories the graph knows, whatever people call the labels.
 */
async function carryOver(
  deps: AppDeps,
  deliveryId: string,
  ref: RepositoryRef,
  { milestone, sender }: MilestonePayload,
): Promise<void> {
  const octokit = await deps.octokitFor(ref.installation);
  const issues = await octokit.paginate(octokit.rest.issues.listForRepo, {
    owner: ref.owner,
    repo: ref.repo,
    milestone: String(milestone.number),
    state: "open",
    per_page: 100,
  });
  const sprint = { title: milestone.title, closedAt: milestone.updated_at, closedBy: sender.login };
  for (const { number } of issues.filter((issue) => issue.pull_request === undefined))
    await carryStoryOver(deps, deliveryId, ref, number, sprint);
}

/** Carries one story over whose sprint was closed, with the sentence that says so. Whether this delivery carried it over. */
export async function carryStoryOver(
  deps: AppDeps,
  deliveryId: string,
  ref: RepositoryRef,
  issueNumber: number,
  sprint: { readonly title: string; readonly closedAt: string; readonly closedBy: string },
): Promise<boolean> {
  const id = storyId(ref.repository, issueNumber);
  const decision = await deps.planning.transitionStory({
    storyId: id,
    action: "carry-over",
    principal: system,
    roles: systemRoles,
    feedback: `The sprint ${sprint.title} was closed by @${sprint.closedBy}.`,
    deliveryId,
    at: sprint.closedAt,
  });
  // One that has not begun, or is accepted, is refused: there is nothing to carry over. One that this very delivery
  // carried over is told again, should the first attempt have ended in between: the reply is found by its trigger.
  const story = decision.kind === "unchanged" ? await deps.planning.getStory(id) : null;
  if (decision.kind !== "moved" && (story === null || !wasHandled(story, deliveryId))) return false;
  await deps.write({
    kind: "reply",
    ref,
    issueNumber,
    trigger: `carry-over-${deliveryId}-${issueNumber}`,
    text: carriedOverText(sprint.title, sprint.closedBy),
  });
  return true;
}
