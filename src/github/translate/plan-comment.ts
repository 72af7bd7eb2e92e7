import { storyId } from "../../kernel/ids.ts";
import { planHash } from "../../planning/domain/plan.ts";
import { readPlanBlock } from "../../planning/domain/plan-block.ts";
import { scoreReadiness } from "../../planning/domain/readiness.ts";
import type { Plan, Story } from "../../planning/domain/story.ts";
import { isBotOf, isOwn } from "../client/app-identity.ts";
import { isPlanComment, planHashIn } from "../present/plan-comment.ts";
import { refusalText } from "../present/replies.ts";
import { fencedText } from "../present/safe-text.ts";
import type { AppDeps, Delivery } from "./app-deps.ts";
import { type IssueCommentPayload, issueCommentPayload } from "./issue-payloads.ts";
import { wasHandled } from "./move-story.ts";
import { repositoryOf } from "./payload-parts.ts";
import { acknowledge, conclude, type Trigger, type TriggerOutcome } from "./trigger.ts";
import { editPlan } from "./typed-plan.ts";

/**
 * Whether the delivery is about a comment of the App's own that a person edited or deleted; it is dealt with then. GitHub
 * lets whoever may write edit a bot's comment, also by a click on a box of a task list. The plan's comment is edited on
 * purpose: what the product owner makes of it is the next version of the plan. A deleted comment is written again.
 */
export async function onOwnComment(deps: AppDeps, delivery: Delivery): Promise<boolean> {
  const payload = issueCommentPayload.parse(delivery.payload);
  const { action, comment, issue } = payload;
  if (action !== "edited" && action !== "deleted") return false;
  const ref = repositoryOf(payload);
  const app = await deps.identityOf(ref.installation);
  if (!isOwn(comment, app) || isBotOf(app, payload.sender)) return false;
  const story = await deps.planning.getStory(storyId(ref.repository, issue.number));
  if (action === "deleted") {
    const [task] = await deps.workflow.findTasks({ repository: ref.repository, pullRequest: issue.number });
    if (story !== null) await writeStoryAgain(deps, story);
    if (task !== undefined) await deps.write({ kind: "task", taskId: task.id });
  } else if (story?.plan != null && isPlanComment(`${payload.changes?.body?.from ?? ""}\n${comment.body}`)) {
    await onPlanEdit(deps, delivery.id, payload, story, story.plan);
  }
  return true;
}

async function onPlanEdit(
  deps: AppDeps,
  deliveryId: string,
  payload: IssueCommentPayload,
  story: Story,
  plan: Plan,
): Promise<void> {
  const { comment, sender } = payload;
  const ref = repositoryOf(payload);
  const edited = readPlanBlock(comment.body, plan, scoreReadiness(story).criteria.length);
  const isSamePlan = edited !== null && planHash(edited.tasks) === plan.hash;
  if (!isSamePlan && !wasHandled(story, deliveryId)) {
    await acknowledge(deps, ref, { id: comment.id, isOnLine: false });
    const trigger: Trigger = {
      deliveryId,
      id: `plan-edit-${deliveryId}`,
      ref,
      issueNumber: payload.issue.number,
      comment: { id: comment.id, isOnLine: false },
      principal: { kind: "human", id: sender.id, login: sender.login },
      roles: await deps.rolesOf(ref, sender),
      asked: "edit of the plan",
      at: comment.updated_at ?? comment.created_at,
    };
    const shownHash = planHashIn(comment.body) ?? planHashIn(payload.changes?.body?.from ?? "");
    const outcome = await editPlan(deps, trigger, story, {
      plan: edited ?? { tasks: [], source: "typed" },
      planShownHash: shownHash,
    });
    await conclude(deps, trigger, { storyId: story.id }, withWhatWasWritten(trigger, outcome, comment.body));
  }
  // What is shown is what an approval binds: whatever became of the edit, the comment says the plan again.
  await deps.write({ kind: "plan-comment", storyId: story.id, commentId: comment.id });
}

/** The comment is put back, so the reply keeps what a product owner typed in vain. */
function withWhatWasWritten(trigger: Trigger, outcome: TriggerOutcome, text: string): TriggerOutcome {
  if (outcome.kind !== "refused" || !["plan-invalid", "plan-changed"].includes(outcome.refusal.reason)) return outcome;
  const block = /^(`{3,}).*\n([\s\S]*?)\n\1$/m.exec(text.replaceAll("\r\n", "\n"))?.[2] ?? text;
  return {
    kind: "answered",
    text: [
      refusalText(trigger.asked, trigger.principal.login, outcome.refusal),
      `<details><summary>What you wrote</summary>\n\n${fencedText(block, "markdown")}\n\n</details>`,
    ].join("\n\n"),
  };
}

/** Which of the comments is gone is not asked: those that are there are found right. */
async function writeStoryAgain(deps: AppDeps, { id }: Story): Promise<void> {
  await deps.write({ kind: "story", storyId: id });
  for (const ceremony of await deps.planning.ceremoniesOf(id))
    if (ceremony.calledOn === id) await deps.write({ kind: "ceremony", ceremonyId: ceremony.id });
}
