import { toIso } from "../../src/kernel/clock.ts";
import type { AgentPrincipal, HumanPrincipal } from "../../src/kernel/principal.ts";
import type { Role, RoleAnswer } from "../../src/kernel/roles.ts";
import type { Task } from "../../src/workflow/domain/task.ts";
import { taskBranch } from "../../src/workflow/domain/task-branch.ts";
import type { TaskRequest } from "../../src/workflow/domain/task-request.ts";

export const now = Date.parse("2026-03-01T10:00:00.000Z");
export const dev: HumanPrincipal = { kind: "human", id: 3, login: "dana" };
export const reviewer: HumanPrincipal = { kind: "human", id: 4, login: "rita" };
export const agent: AgentPrincipal = { kind: "agent", role: "developer", number: 1 };
export const feedback = "The total is wrong for an empty cart.";

export function holding(...roles: Role[]): RoleAnswer {
  return { known: true, roles };
}

/** A task that satisfies every guard in any state: committed by the council, approved by both gates. */
export function aTask(changes: Partial<Task> = {}): Task {
  const approval = { principal: reviewer, tree: "tree-1", at: toIso(now) } as const;
  return {
    id: "100-42-p1-t1",
    version: 1,
    storyId: "100-42",
    installation: 11,
    repository: 100,
    owner: "acme",
    repo: "shop",
    storyIssue: 42,
    number: 1,
    planVersion: 1,
    title: "Sum the items",
    description: "",
    type: "code",
    role: "developer",
    estimateHours: 2,
    dependsOn: [],
    covers: [1],
    state: "todo",
    branch: taskBranch(42, 1, 1, "Sum the items"),
    issueNumber: null,
    pullRequest: null,
    assignee: { kind: "council" },
    leaseExpiresAt: null,
    round: 1,
    retries: 0,
    councilGaveUp: null,
    headSha: "sha-1",
    headTree: "tree-1",
    authors: ["agent:developer:1"],
    authorsKnown: true,
    approvals: [
      { ...approval, role: "architect" },
      { ...approval, role: "qa" },
    ],
    feedback: [],
    note: null,
    merged: false,
    mergeSha: null,
    createdAt: toIso(now),
    stateSince: toIso(now),
    deadlines: [],
    handled: [],
    ...changes,
  };
}

export function aRequest(changes: Partial<TaskRequest> & Pick<TaskRequest, "action">): TaskRequest {
  return { principal: reviewer, roles: holding("architect"), now, ...changes };
}
