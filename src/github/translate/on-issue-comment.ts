import { isBotOf, isOwn } from "../client/app-identity.ts";
import type { AppDeps, Delivery } from "./app-deps.ts";
import { type IssueCommentPayload, issueCommentPayload } from "./issue-payloads.ts";
import { ghost } from "./payload-parts.ts";
import { onOwnComment } from "./plan-comment.ts";
import { recordStory } from "./record-story.ts";
import { heardOnTask, runSaid, triggerOf } from "./run-said.ts";
import { askedIn, type Said, saidInComment, triggerPrefix } from "./said.ts";
import { acknowledge, conclude } from "./trigger.ts";
import { proposePlan, typedPlanIn } from "./typed-plan.ts";

/**
 * Comments: slash commands, and plans that people type as a task list. Those of the fleet itself and of accounts that are
 * gone are nobody's request; whoever edits a comment asks for what is new in it.
 */
export async function onIssueComment(deps: AppDeps, delivery: Delivery): Promise<void> {
  if (await onOwnComment(deps, delivery)) return;
  const payload = issueCommentPayload.parse(delivery.payload);
  if (payload.action === "deleted") return;
  const { comment, sender } = payload;
  const app = await deps.identityOf(payload.installation.id);
  if (sender.id === ghost.id || isOwn(comment, app) || isBotOf(app, sender)) return;
  const said = saidInComment(payload);
  const task = await heardOnTask(deps, said);
  const commands = askedIn(said);
  if (commands.asked.length > 0) return runSaid(deps, delivery.id, said, commands, task);
  if (task === null) await takePlan(deps, delivery.id, payload, said);
}

/** A plan that somebody typed; an edit counts where it changed the plan. */
async function takePlan(deps: AppDeps, deliveryId: string, { comment }: IssueCommentPayload, said: Said) {
  const { ref, on, sender, before } = said;
  if (on.kind === "pull") return;
  const story = await recordStory(deps, deliveryId, ref, on.issue, false);
  const plan = story === null ? null : typedPlanIn(story, said.text);
  if (story === null || plan === null) return;
  if (before !== null && JSON.stringify(typedPlanIn(story, before)) === JSON.stringify(plan)) return;
  await acknowledge(deps, ref, { id: comment.id, isOnLine: false });
  const id = `${triggerPrefix(said)}-0`;
  if (await deps.answered.has(id)) return;
  const trigger = triggerOf(said, await deps.rolesOf(ref, sender), id, "this plan");
  await conclude(deps, trigger, { storyId: story.id }, await proposePlan(deps, trigger, story, plan));
  await deps.answered.add(trigger.id);
}
