import type { StoryAction } from "../../planning/domain/story-machine.ts";
import type { RequestedTaskAction } from "../../workflow/domain/task-machine.ts";
import { refused, type TriggerOutcome } from "./trigger.ts";

/** How the words are given that an action needs and a label cannot carry. */
const hints: Partial<Record<StoryAction | RequestedTaskAction, string>> = {
  "reject-scope": "Comment /reject followed by the reason.",
  "reject-plan": "Comment /reject followed by the reason.",
  reset: "Comment /reset followed by the reason.",
  cancel: "Close the issue as not planned.",
  "reject-design": "Comment /reject followed by the reason, or submit a review that requests changes.",
  "reject-tests": "Comment /reject followed by the reason, or submit a review that requests changes.",
  "reject-story": "Comment /reject followed by the reason, or submit a review that requests changes.",
  "discard-task": "Comment /discard followed by the reason, or close the task's issue as not planned.",
};

/** The outcome of an action that a label asked for: where only the reason is missing, it is asked for. */
export function askForReason(outcome: TriggerOutcome, action: StoryAction | RequestedTaskAction): TriggerOutcome {
  if (outcome.kind !== "refused" || outcome.refusal.reason !== "feedback-missing") return outcome;
  return refused({ ...outcome.refusal, next: hints[action] ?? outcome.refusal.next });
}
