import { expect } from "vitest";
import { type Role, type RoleAnswer, roles } from "../../../src/kernel/roles.ts";
import type { StoryState, TaskState } from "../../../src/kernel/states.ts";
import type { Story } from "../../../src/planning/domain/story.ts";
import type { Task } from "../../../src/workflow/domain/task.ts";
import { taskRows } from "../../../src/workflow/domain/task-machine.ts";
import { aStory, author } from "../../planning/a-story.ts";
import { aTask } from "../../workflow/a-task.ts";

/** Who asks in a cell of the closure tests; everything but state, role and reason is given (guards hold). */
export type Actor = {
  readonly name: string;
  readonly id: number;
  readonly roles: RoleAnswer;
  /** Opened the issue, or holds the task. */
  readonly inPerson: boolean;
  /** Committed to the change. */
  readonly worked: boolean;
  /** The change has authors who are not known. */
  readonly unread?: boolean;
};

export const known = (...held: Role[]): RoleAnswer => ({ known: true, roles: held });
const plain = { id: 99, inPerson: false, worked: false };
export const everybody: Role[] = roles.filter((role) => role !== "system");
export const actors: readonly Actor[] = [
  ...roles.map((role) => ({ ...plain, name: role, roles: known(role) })),
  { ...plain, name: "nobody", roles: known() },
  { ...plain, name: "unknown", roles: { known: false, why: "GitHub said 503" } },
  { ...plain, name: "every role", roles: known(...everybody) },
  { ...plain, name: "in person", roles: known(), inPerson: true },
  { ...plain, name: "in person, unknown", roles: { known: false, why: "GitHub said 503" }, inPerson: true },
  { ...plain, name: "every role, in person", roles: known(...everybody), inPerson: true },
  { ...plain, name: "author of the change", roles: known(...everybody), worked: true },
  { ...plain, name: "every role, of a change with unknown authors", roles: known(...everybody), unread: true },
];

export type Row = {
  readonly action: string;
  readonly from: readonly string[];
  readonly to: string;
  readonly by: readonly string[];
  readonly needsFeedback: boolean;
  readonly judges?: boolean;
};

/** The two personal rights of the tables. */
export const personal = ["issue-author", "holder"];

/** Whether the row lets the actor act; a person is never `system`, whatever a look-up says. */
export function allows(row: Row, actor: Actor): boolean {
  const held: readonly string[] = actor.roles.known ? actor.roles.roles.filter((role) => role !== "system") : [];
  return row.by.some((by) => held.includes(by)) || (actor.inPerson && row.by.some((by) => personal.includes(by)));
}

/** What the tables say of one row: the reason of the refusal, or null where it moves. */
export function refusal(row: Row, actor: Actor, says: boolean): string | null {
  if (!allows(row, actor)) {
    const byRole = row.by.some((by) => by !== "system" && !personal.includes(by));
    if (!byRole) return "not-holder";
    return actor.roles.known ? "role-missing" : "roles-unknown";
  }
  if (row.judges === true && actor.worked) return "own-work";
  if (row.judges === true && actor.unread === true) return "authors-unknown";
  return row.needsFeedback && !says ? "feedback-missing" : null;
}

/** State and reply that a cell must end with. */
export type Cell = readonly [state: string, reply: string];

/** Several rows in turn, as one decision. */
export function decided(state: string, chain: readonly Row[], actor: Actor, says: boolean, done: string): Cell {
  for (const row of chain) {
    const reason = refusal(row, actor, says);
    if (reason !== null) return [state, reason];
  }
  return [chain.at(-1)?.to ?? state, done];
}

export const text = "Please say what happens to an empty cart.";
export const common = (sender: { id: number; login?: string }) => ({
  installation: { id: 11 },
  repository: { id: 100, name: "shop", owner: { login: "acme" }, default_branch: "main" },
  sender: { login: "somebody", type: "User", ...sender },
});
export const at = "2026-03-01T11:00:00Z";

export const storyIn = (state: StoryState): Story => aStory({ state });
export const issueOf = (story: Story, label: string) => ({
  number: story.issueNumber,
  title: story.title,
  body: story.body,
  user: story.author,
  labels: [{ name: "fleet:story" }, { name: `story/${story.state}` }, { name: label }],
  updated_at: at,
});

/** In `ready-to-review` the task has been approved; elsewhere there is none that would carry the story on. */
export const taskOf = (state: StoryState) => (state === "ready-to-review" ? { task: aTask({ state: "done" }) } : {});
export const idOf = (actor: Actor) => (actor.inPerson ? author.id : actor.id);

export const pull = 77;
export const sub = 76;
export function taskIn(state: TaskState, actor: Actor): Task {
  const person = { kind: "human", id: actor.id, login: "somebody" } as const;
  return aTask({
    state,
    issueNumber: sub,
    pullRequest: pull,
    ...(actor.inPerson ? { assignee: { kind: "person", principal: person } } : {}),
    authorsKnown: actor.unread !== true,
    ...(actor.worked ? { authors: [`human:${actor.id}`] } : {}),
  });
}
export const pullOf = (task: Task, name: string) => ({
  number: pull,
  state: "open",
  updated_at: at,
  labels: [{ name }],
  head: { ref: task.branch, sha: "sha-1", repo: { id: 100 } },
});

export type Difference = { readonly cell: string; readonly expected: Cell; readonly actual: Cell };

/** All cells at once: the first few that differ are named. */
export function expectClosed(cells: number, differences: readonly Difference[], least: number): void {
  expect(differences.slice(0, 10)).toEqual([]);
  expect(cells).toBeGreaterThanOrEqual(least);
}

/** The rows of a verdict at the gate that is open: the claim, where nobody took it, and the decision. */
export function gate(state: TaskState, verdict: "approve" | "reject"): readonly Row[] {
  const decision = (from: string): Row | undefined =>
    taskRows.find((row) => row.judges && row.action.startsWith(verdict) && row.from.some((each) => each === from));
  const here = decision(state);
  if (here !== undefined) return [here];
  const claim = taskRows.find((row) => row.judges && row.from.includes(state) && row.action.startsWith("claim"));
  const then = claim === undefined ? undefined : decision(claim.to);
  return claim === undefined || then === undefined ? [] : [claim, then];
}
