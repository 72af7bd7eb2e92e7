import type { WorkflowUseCases } from "../github/translate/app-deps.ts";
import { amendTask } from "../workflow/application/amend-task.ts";
import { approveStory } from "../workflow/application/approve-story.ts";
import { followRoom } from "../workflow/application/begin-waiting-stories.ts";
import { councilFailed } from "../workflow/application/council-failed.ts";
import { amendFeedback, dismissReview } from "../workflow/application/dismiss-review.ts";
import { findTasks, listTaskHistory, getTask as readTask } from "../workflow/application/find-tasks.ts";
import { handOverTask } from "../workflow/application/hand-over-task.ts";
import { renewLease } from "../workflow/application/leases.ts";
import { linkTask } from "../workflow/application/link-task.ts";
import { passTests } from "../workflow/application/pass-tests.ts";
import type { WorkflowDeps } from "../workflow/application/ports.ts";
import { recordCheck } from "../workflow/application/record-check.ts";
import { recordHead } from "../workflow/application/record-head.ts";
import { recordMerge } from "../workflow/application/record-merge.ts";
import { releaseLostClaims } from "../workflow/application/release-lost-claims.ts";
import { reviewTask } from "../workflow/application/review-task.ts";
import { storyRoom } from "../workflow/application/story-room.ts";
import { causeOf } from "../workflow/application/task-changes.ts";
import { transitionTask } from "../workflow/application/transition-task.ts";
import { reportWithoutSecrets } from "./without-secrets.ts";

/** Workflow's use cases with their dependencies bound, as the drivers call them. `getTask`: a quicker way to read one. */
export function bindWorkflow(
  deps: WorkflowDeps,
  { getTask = (id) => readTask(deps, id) }: Partial<Pick<WorkflowUseCases, "getTask">> = {},
): WorkflowUseCases {
  return {
    transitionTask: (command) => transitionTask(deps, command),
    reviewTask: (command) => reviewTask(deps, command),
    dismissReview: (command) => dismissReview(deps, command),
    amendFeedback: (command) => amendFeedback(deps, command),
    approveStory: (command) => approveStory(deps, command),
    handOverTask: (command) => handOverTask(deps, command),
    amendTask: (command) => amendTask(deps, command),
    councilFailed: (command) => councilFailed(deps, command),
    linkTask: (facts) => linkTask(deps, facts),
    recordHead: (facts) => recordHead(deps, facts),
    passTests: (facts) => passTests(deps, facts),
    recordCheck: async (report) => recordCheck(deps, await reportWithoutSecrets(report)),
    recordMerge: (facts) => recordMerge(deps, facts),
    releaseLostClaims: (scope, rolesOf, deliveryId) => releaseLostClaims(deps, scope, rolesOf, deliveryId),
    findTasks: (filter) => findTasks(deps, filter),
    renewLease: (taskId, by) => renewLease(deps, taskId, by),
    getTask,
    limitsChanged: (at, deliveryId) => followRoom(deps, at, causeOf(deliveryId), true),
    storyRoom: (id) => storyRoom(deps, id),
    taskHistory: (id) => listTaskHistory(deps, id),
  };
}
