import { availableStoryActions } from "../../planning/domain/available-story-actions.ts";
import { explainStory } from "../../planning/domain/explain-story.ts";
import { scoreReadiness } from "../../planning/domain/readiness.ts";
import type { Story } from "../../planning/domain/story.ts";
import type { Command } from "../commands/parse-commands.ts";
import { storyStateLabel } from "../present/label-set.ts";
import { helpText, whyText } from "../present/replies.ts";
import { storyStatusReply } from "../present/status-reply.ts";
import type { AppDeps } from "./app-deps.ts";
import { approvalIn, moveStory, rejectionIn, type ShownText, wasHandled } from "./move-story.ts";
import { headOf, nothingToDecide } from "./review-facts.ts";
import { done, outcomeOf, refused, type Trigger, type TriggerOutcome } from "./trigger.ts";

/** Runs a command that was written on a story's issue. */
export async function runStoryCommand(
  deps: AppDeps,
  trigger: Trigger,
  story: Story,
  command: Command,
  shown: ShownText,
): Promise<TriggerOutcome> {
  if (wasHandled(story, trigger.deliveryId)) return done;
  switch (command.name) {
    case "submit":
      return moveStory(deps, trigger, story, "submit", { shown });
    case "approve": {
      const action = approvalIn(story.state);
      return action === null
        ? nothingToDecide("story", story.state)
        : moveStory(deps, trigger, story, action, { shown });
    }
    case "reject":
      return reject(deps, trigger, story, command.argument, shown);
    case "claim":
      return claimElsewhere(deps, story);
    case "council":
      return handToCouncil(deps, trigger, story);
    case "status":
      return { kind: "answered", text: storyStatusReply(story, await currentTasks(deps, story)) };
    case "why":
      return { kind: "answered", text: await why(deps, story) };
    case "help":
      return { kind: "answered", text: await help(deps, trigger, story) };
  }
}

async function currentTasks(deps: AppDeps, story: Story) {
  const tasks = await deps.workflow.findTasks({ storyId: story.id });
  return tasks.filter((task) => task.planVersion === story.plan?.version);
}

/** In `ready-to-review` the tasks are what is rejected: each waiting one goes back with the same words. */
async function reject(
  deps: AppDeps,
  trigger: Trigger,
  story: Story,
  feedback: string,
  shown: ShownText,
): Promise<TriggerOutcome> {
  const action = rejectionIn(story.state);
  if (action !== null) return moveStory(deps, trigger, story, action, { shown, feedback });
  const waiting = (await currentTasks(deps, story)).filter((task) => task.state === "pending-po-approval");
  if (story.state !== "ready-to-review" || waiting.length === 0) return nothingToDecide("story", story.state);
  for (const task of waiting) {
    const decision = await deps.workflow.reviewTask({
      taskId: task.id,
      verdict: "reject",
      principal: trigger.principal,
      roles: trigger.roles,
      feedback,
      ...headOf(task),
      checksGreen: true,
      deliveryId: trigger.deliveryId,
      now: deps.clock(),
    });
    if (decision.kind === "refused") return outcomeOf(decision);
  }
  return done;
}

async function claimElsewhere(deps: AppDeps, story: Story): Promise<TriggerOutcome> {
  const open = (await currentTasks(deps, story)).filter((task) => task.state === "todo" && task.issueNumber !== null);
  return refused({
    reason: "unknown-task",
    rule: "A task is claimed on its own issue or pull request, not on the story.",
    who: ["developer"],
    next:
      open.length === 0
        ? "No task is free now."
        : `Write it on ${open.map((task) => `issue ${task.issueNumber}`).join(", ")}.`,
  });
}

/** A story without a plan: a council derives it. A story with tasks: every free one goes to a council. */
async function handToCouncil(deps: AppDeps, trigger: Trigger, story: Story): Promise<TriggerOutcome> {
  const free = (await currentTasks(deps, story)).filter((task) => task.state === "todo");
  if (story.state === "ready-for-planning") {
    const refusal = await refuseCouncil(deps, trigger);
    if (refusal !== null) return refusal;
    await deps.requestPlan(story.id);
    return done;
  }
  if (free.length === 0) return nothingToDecide("story", story.state);
  const decisions = [];
  for (const task of free) {
    decisions.push(
      await deps.workflow.handOverTask({
        taskId: task.id,
        assignee: { kind: "council" },
        principal: trigger.principal,
        roles: trigger.roles,
        deliveryId: trigger.deliveryId,
      }),
    );
  }
  // Tasks that wait for others refuse; one that went is a success.
  const moved = decisions.find((decision) => decision.kind !== "refused");
  const first = moved ?? decisions[0];
  return first === undefined ? done : outcomeOf(first);
}

/** Why no council may be asked by this person; null when it may. */
export async function refuseCouncil(deps: AppDeps, trigger: Trigger): Promise<TriggerOutcome | null> {
  if (!trigger.roles.known) {
    const rule = `Your roles are unknown: ${trigger.roles.why}.`;
    return refused({ reason: "roles-unknown", rule, who: [], next: "Try again in a while." });
  }
  if (trigger.roles.roles.length === 0) {
    return refused({
      reason: "role-missing",
      rule: "A council is asked by people who hold a role here; you hold none.",
      who: ["product-owner", "architect", "developer"],
      next: "Ask one of them.",
    });
  }
  if ((await deps.councilPolicy(trigger.ref.repository)).available) return null;
  return refused({
    reason: "no-model",
    rule: "No model host is configured, so there is no council.",
    who: [],
    next: "Work goes on with people: type the plan, claim the task. An operator adds a host with FLEET_MODEL_HOSTS.",
  });
}

async function factsOf(deps: AppDeps, story: Story) {
  const { configuration } = await deps.configurations.of(story);
  return { tasks: await deps.planning.taskStandings(story.id), threshold: configuration.readiness.threshold };
}

async function help(deps: AppDeps, trigger: Trigger, story: Story): Promise<string> {
  const { principal, roles } = trigger;
  const actions = availableStoryActions(story, principal, roles, await factsOf(deps, story));
  const shown = actions.map((action) => ({
    ...action,
    label: action.needsFeedback ? null : storyStateLabel(action.to),
  }));
  return helpText(principal.login, roles, "story", story.state, shown);
}

async function why(deps: AppDeps, story: Story): Promise<string> {
  const explanation = explainStory(story, await factsOf(deps, story));
  const guards = explanation.steps.flatMap((step) =>
    step.guard === null ? [] : [`${step.action}: ${step.guard.rule} ${step.guard.next}`],
  );
  const readiness = story.state === "draft" || story.state === "po-review" ? scoreReadiness(story).findings : [];
  const findings = readiness
    .filter((finding) => finding.lost > 0)
    .map((finding) => `−${finding.lost} points: ${finding.text}`);
  return whyText(story.state, await deps.planning.storyHistory(story.id), [...guards, ...findings]);
}
