import type { EventBody } from "../../kernel/event.ts";
import { planHash } from "./plan.ts";
import type { Plan, Story, TransitionRecord } from "./story.ts";
import { storyBodyHash } from "./story-body-hash.ts";
import type { StoryRequest } from "./story-request.ts";

/** What a move changes beside the state, and what it announces beside the move itself. */
export type StoryChange = { readonly story: Story; readonly events: readonly EventBody[] };

/** The effect of each action on the story; the request was allowed. */
export function changeStory(story: Story, record: TransitionRecord, request: StoryRequest): StoryChange {
  switch (record.action) {
    case "submit":
      return silent({ ...story, note: null });
    case "approve-scope":
      return silent({ ...story, approvedBodyHash: story.bodyHash, note: null });
    case "derive-plan":
    case "edit-plan":
      return derive(story, record, request);
    case "approve-plan":
      return approvePlan(story, record);
    case "reject-plan":
      return rejectPlan(story, record);
    case "reset":
    case "re-estimate":
      return silent(withCurrentText({ ...withoutApproval(story), planFeedback: [], note: null }));
    case "withdraw":
      return silent({ ...story, withdrawn: true, note: record.reason });
    case "invalidate-scope":
      return silent({ ...withoutApproval(story), note: editedNote(story) });
    default:
      return silent(story);
  }
}

function silent(story: Story): StoryChange {
  return { story, events: [] };
}

function derive(story: Story, record: TransitionRecord, request: StoryRequest): StoryChange {
  if (request.plan === undefined) {
    throw new Error(`The guard of ${record.action} let a request without a plan pass.`);
  }
  const plan: Plan = {
    version: (story.plan?.version ?? 0) + 1,
    hash: planHash(request.plan.tasks),
    tasks: request.plan.tasks,
    source: request.plan.source,
    status: "proposed",
    derivedAt: record.at,
  };
  return {
    story: { ...story, plan },
    events: [{ type: "planning.plan.derived", payload: { ...planPayload(plan), source: plan.source } }],
  };
}

function approvePlan(story: Story, record: TransitionRecord): StoryChange {
  const plan = requirePlan(story);
  return {
    story: { ...story, plan: { ...plan, status: "approved" } },
    events: [{ type: "planning.plan.approved", payload: { ...planPayload(plan), principal: record.principal } }],
  };
}

function rejectPlan(story: Story, record: TransitionRecord): StoryChange {
  const plan = requirePlan(story);
  const feedback = record.reason ?? "";
  return {
    story: {
      ...story,
      plan: { ...plan, status: "rejected" },
      planFeedback: [...story.planFeedback, feedback],
    },
    events: [
      {
        type: "planning.plan.rejected",
        payload: { planVersion: plan.version, planHash: plan.hash, principal: record.principal, feedback },
      },
    ],
  };
}

/** The plan stays, because the next one's version and its tasks' ids follow from it; it is not in force any more. */
function withoutApproval(story: Story): Story {
  const plan: Plan | null = story.plan === null ? null : { ...story.plan, status: "rejected" };
  return { ...story, approvedBodyHash: null, plan };
}

/** Work begins anew with what the issue says now, not with the snapshot that was in force. */
function withCurrentText(story: Story): Story {
  if (story.edited === null) {
    return story;
  }
  const { title, body } = story.edited;
  return { ...story, title, body, bodyHash: storyBodyHash(title, body), edited: null };
}

function editedNote(story: Story): string {
  const approved = story.approvedBodyHash?.slice(0, 8) ?? "none";
  return `The text was edited after its approval (${approved} → ${story.bodyHash.slice(0, 8)}): the product owner approves it again.`;
}

function planPayload(plan: Plan): { planVersion: number; planHash: string; tasks: Plan["tasks"][number][] } {
  return { planVersion: plan.version, planHash: plan.hash, tasks: [...plan.tasks] };
}

function requirePlan(story: Story): Plan {
  if (story.plan === null) {
    throw new Error(`Story ${story.id} is planned without a plan.`);
  }
  return story.plan;
}
