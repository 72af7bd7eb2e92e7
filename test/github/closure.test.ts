import { describe, expect, test } from "vitest";
import { type Role, type RoleAnswer, roles } from "../../src/kernel/roles.ts";
import { type StoryState, storyStates, type TaskState, taskStates } from "../../src/kernel/states.ts";
import type { Story } from "../../src/planning/domain/story.ts";
import { storyRows } from "../../src/planning/domain/story-machine.ts";
import type { Task } from "../../src/workflow/domain/task.ts";
import { taskRows } from "../../src/workflow/domain/task-machine.ts";
import { aStory, author } from "../planning/a-story.ts";
import { aTask } from "../workflow/a-task.ts";
import { memoryFleet } from "./support/memory-fleet.ts";

/**
 * Every role (each of the seven, none, and a look-up that failed) × every state × every action, over labels, comments and
 * reviews: the outcome is what the tables of DOMAIN.md §§2, 3 say, read here from the tables' data and from nothing else.
 * Everything but state, role and reason is given (guards hold). The HTTP API does not exist yet; it joins when it does.
 */
type Actor = {
  readonly name: string;
  readonly id: number;
  readonly roles: RoleAnswer;
  /** Opened the issue, or holds the task. */
  readonly inPerson: boolean;
  /** Committed to the change. */
  readonly worked: boolean;
};

const known = (...held: Role[]): RoleAnswer => ({ known: true, roles: held });
const plain = { id: 99, inPerson: false, worked: false };
const everybody: Role[] = roles.filter((role) => role !== "system");
const actors: readonly Actor[] = [
  ...roles.map((role) => ({ ...plain, name: role, roles: known(role) })),
  { ...plain, name: "nobody", roles: known() },
  { ...plain, name: "unknown", roles: { known: false, why: "GitHub said 503" } },
  { ...plain, name: "every role", roles: known(...everybody) },
  { ...plain, name: "in person", roles: known(), inPerson: true },
  { ...plain, name: "in person, unknown", roles: { known: false, why: "GitHub said 503" }, inPerson: true },
  { ...plain, name: "author of the change", roles: known(...everybody), worked: true },
];

type Row = {
  readonly action: string;
  readonly from: readonly string[];
  readonly to: string;
  readonly by: readonly string[];
  readonly needsFeedback: boolean;
  readonly judges?: boolean;
};

/** The two personal rights of the tables. */
const personal = ["issue-author", "holder"];
const isForPeople = (row: Row) => row.by.some((by) => by !== "system");

/** Whether the row lets the actor act; a person is never `system`, whatever a look-up says. */
function allows(row: Row, actor: Actor): boolean {
  const held: readonly string[] = actor.roles.known ? actor.roles.roles.filter((role) => role !== "system") : [];
  return row.by.some((by) => held.includes(by)) || (actor.inPerson && row.by.some((by) => personal.includes(by)));
}

/** What the tables say of one row: the reason of the refusal, or null where it moves. */
function refusal(row: Row, actor: Actor, says: boolean): string | null {
  if (!allows(row, actor)) {
    const byRole = row.by.some((by) => by !== "system" && !personal.includes(by));
    if (!byRole) return "not-holder";
    return actor.roles.known ? "role-missing" : "roles-unknown";
  }
  if (row.judges === true && actor.worked) return "own-work";
  return row.needsFeedback && !says ? "feedback-missing" : null;
}

/** State and reply that a cell must end with. */
type Cell = readonly [state: string, reply: string];

/** Several rows in turn, as one decision. */
function decided(state: string, chain: readonly Row[], actor: Actor, says: boolean, done: string): Cell {
  for (const row of chain) {
    const reason = refusal(row, actor, says);
    if (reason !== null) return [state, reason];
  }
  return [chain.at(-1)?.to ?? state, done];
}

function byLabel(rows: readonly Row[], state: string, wanted: string, actor: Actor): Cell {
  if (state === wanted) return [state, "silent"];
  const ways = rows.filter((row) => row.from.includes(state) && row.to === wanted && isForPeople(row));
  const asked =
    ways.find((row) => allows(row, actor)) ??
    ways.find((row) => row.by.some((by) => by !== "system" && !personal.includes(by))) ??
    ways[0];
  if (asked === undefined) return [state, "not-in-this-state"];
  // A hand-in is a push: a label carries no commit.
  if (asked.action === "commit-code" && allows(asked, actor)) return [state, "wrong-branch"];
  return decided(state, [asked], actor, false, "silent");
}

const text = "Please say what happens to an empty cart.";
const common = (sender: { id: number; login?: string }) => ({
  installation: { id: 11 },
  repository: { id: 100, name: "shop", owner: { login: "acme" }, default_branch: "main" },
  sender: { login: "somebody", type: "User", ...sender },
});
const at = "2026-03-01T11:00:00Z";

const storyIn = (state: StoryState): Story => aStory({ state });
const issueOf = (story: Story, label: string) => ({
  number: story.issueNumber,
  title: story.title,
  body: story.body,
  user: story.author,
  labels: [{ name: "fleet:story" }, { name: `story/${story.state}` }, { name: label }],
  updated_at: at,
});

/** In `ready-to-review` the task has been approved; elsewhere there is none that would carry the story on. */
const taskOf = (state: StoryState) => (state === "ready-to-review" ? { task: aTask({ state: "done" }) } : {});
const idOf = (actor: Actor) => (actor.inPerson ? author.id : actor.id);

const pull = 77;
const sub = 76;
function taskIn(state: TaskState, actor: Actor): Task {
  const person = { kind: "human", id: actor.id, login: "somebody" } as const;
  return aTask({
    state,
    issueNumber: sub,
    pullRequest: pull,
    ...(actor.inPerson ? { assignee: { kind: "person", principal: person } } : {}),
    ...(actor.worked ? { authors: [`human:${actor.id}`] } : {}),
  });
}
const pullOf = (task: Task, name: string) => ({
  number: pull,
  state: "open",
  updated_at: at,
  labels: [{ name }],
  head: { ref: task.branch, sha: "sha-1", repo: { id: 100 } },
});

type Difference = { readonly cell: string; readonly expected: Cell; readonly actual: Cell };

/** All cells at once: the first few that differ are named. */
function expectClosed(cells: number, differences: readonly Difference[], least: number): void {
  expect(differences.slice(0, 10)).toEqual([]);
  expect(cells).toBeGreaterThanOrEqual(least);
}

describe.each(actors)("$name", (actor) => {
  test("story × state × label: every action of the table", async () => {
    const differences: Difference[] = [];
    let cells = 0;
    for (const state of storyStates) {
      for (const wanted of storyStates) {
        const label = { name: `story/${wanted}` };
        const story = storyIn(state);
        const fleet = memoryFleet({ story, roles: actor.roles, ...taskOf(state) });
        const sender = common({ id: idOf(actor) });
        await fleet.send("issues", { ...sender, action: "labeled", label, issue: issueOf(story, label.name) });
        const actual: Cell = [fleet.story()?.state ?? "none", fleet.reply()];
        const expected = byLabel(storyRows, state, wanted, actor);
        if (JSON.stringify(actual) !== JSON.stringify(expected))
          differences.push({ cell: `${state} → ${wanted}`, expected, actual });
        const isPutBack = fleet.writes.some((target) => target.kind === "story-label");
        if (isPutBack !== (expected[1] !== "silent"))
          differences.push({ cell: `${state} → ${wanted}: put back`, expected, actual });
        cells += 1;
      }
    }
    expectClosed(cells, differences, storyStates.length ** 2);
  });

  test("task × state × label, on its issue and its pull request: every action of the table", async () => {
    const differences: Difference[] = [];
    let cells = 0;
    for (const state of taskStates) {
      for (const wanted of taskStates) {
        const label = { name: `task/${wanted}` };
        const issue = { number: sub, title: "t", body: "", user: null, labels: [label], updated_at: at };
        for (const event of ["issues", "pull_request"] as const) {
          const task = taskIn(state, actor);
          const fleet = memoryFleet({ task, roles: actor.roles });
          const where = event === "issues" ? { issue } : { pull_request: pullOf(task, label.name) };
          await fleet.send(event, { ...common({ id: actor.id }), action: "labeled", label, ...where });
          const actual: Cell = [fleet.task()?.state ?? "none", fleet.reply()];
          const expected = byLabel(taskRows, state, wanted, actor);
          if (JSON.stringify(actual) !== JSON.stringify(expected))
            differences.push({ cell: `${event}: ${state} → ${wanted}`, expected, actual });
          const isPutBack = fleet.writes.some((target) => target.kind === "task-label");
          if (isPutBack !== (expected[1] !== "silent"))
            differences.push({ cell: `${event}: ${state} → ${wanted}: put back`, expected, actual });
          cells += 1;
        }
      }
    }
    expectClosed(cells, differences, 2 * taskStates.length ** 2);
  });

  test("story × state × command", async () => {
    const meanings: Readonly<Record<string, readonly string[]>> = {
      "/submit": ["submit"],
      "/approve": ["approve-scope", "approve-plan", "accept"],
      [`/reject ${text}`]: ["reject-scope", "reject-plan"],
      "/reject no": ["reject-scope", "reject-plan"],
    };
    const differences: Difference[] = [];
    let cells = 0;
    for (const [body, actions] of Object.entries(meanings)) {
      for (const state of storyStates) {
        const story = storyIn(state);
        const fleet = memoryFleet({ story, roles: actor.roles, ...taskOf(state) });
        const comment = { id: 1, body, created_at: at, user: null };
        const sender = common({ id: idOf(actor) });
        await fleet.send("issue_comment", { ...sender, action: "created", issue: issueOf(story, "bug"), comment });
        const actual: Cell = [fleet.story()?.state ?? "none", fleet.reply()];
        const row = storyRows.find((each) => actions.includes(each.action) && each.from.includes(state));
        const isThere =
          actions.length === 1 && storyRows.some((each) => each.action === actions[0] && each.to === state);
        const expected: Cell = isThere
          ? [state, "done"]
          : row === undefined
            ? [state, "not-in-this-state"]
            : decided(state, [row], actor, body.length > 12, "done");
        if (JSON.stringify(actual) !== JSON.stringify(expected))
          differences.push({ cell: `${state}: ${body}`, expected, actual });
        cells += 1;
      }
    }
    expectClosed(cells, differences, 4 * storyStates.length);
  });

  /** The rows of a verdict at the gate that is open: the claim, where nobody took it, and the decision. */
  function gate(state: TaskState, verdict: "approve" | "reject"): readonly Row[] {
    const decision = (from: string): Row | undefined =>
      taskRows.find((row) => row.judges && row.action.startsWith(verdict) && row.from.some((each) => each === from));
    const here = decision(state);
    if (here !== undefined) return [here];
    const claim = taskRows.find((row) => row.judges && row.from.includes(state) && row.action.startsWith("claim"));
    const then = claim === undefined ? undefined : decision(claim.to);
    return claim === undefined || then === undefined ? [] : [claim, then];
  }

  test("task × state × command and review", async () => {
    const differences: Difference[] = [];
    let cells = 0;
    for (const state of taskStates) {
      for (const [verdict, says] of [
        ["approve", true],
        ["reject", true],
        ["reject", false],
      ] as const) {
        const chain = gate(state, verdict);
        const words = verdict === "approve" ? "" : says ? text : "no";
        const expected: Cell =
          chain.length === 0 ? [state, "not-in-this-state"] : decided(state, chain, actor, says, "done");

        const commanded = memoryFleet({ task: taskIn(state, actor), roles: actor.roles });
        const comment = { id: 1, body: `/${verdict} ${words}`, created_at: at, user: null };
        const issue = { number: pull, title: "t", user: null, labels: [], updated_at: at, pull_request: {} };
        await commanded.send("issue_comment", { ...common({ id: actor.id }), action: "created", issue, comment });
        const actual: Cell = [commanded.task()?.state ?? "none", commanded.reply()];
        if (JSON.stringify(actual) !== JSON.stringify(expected))
          differences.push({ cell: `${state}: /${verdict} ${words}`, expected, actual });

        const reviewed = memoryFleet({ task: taskIn(state, actor), roles: actor.roles });
        const review = { id: 5, state: `${verdict === "approve" ? "approved" : "changes_requested"}`, body: words };
        const pull_request = pullOf(taskIn(state, actor), "bug");
        await reviewed.send("pull_request_review", {
          ...common({ id: actor.id }),
          action: "submitted",
          pull_request,
          review: { ...review, commit_id: "sha-1", user: null },
        });
        const holdsNone = actor.roles.known && actor.roles.roles.every((role) => role === "system");
        const isOver = verdict === "approve" && (state === "done" || state === "cancelled");
        const quiet = holdsNone || isOver || expected[1] === "done";
        const byReview: Cell = [expected[0], quiet ? "silent" : expected[1]];
        const seen: Cell = [reviewed.task()?.state ?? "none", reviewed.reply()];
        if (JSON.stringify(seen) !== JSON.stringify(byReview))
          differences.push({ cell: `${state}: review ${verdict} ${words}`, expected: byReview, actual: seen });
        cells += 2;
      }
      const claim = taskRows.find(
        (row) =>
          ["claim-task", "claim-review", "claim-testing", "revise-code"].includes(row.action) &&
          row.from.includes(state),
      );
      const fleet = memoryFleet({ task: taskIn(state, actor), roles: actor.roles });
      const comment = { id: 1, body: "/claim", created_at: at, user: null };
      const issue = { number: sub, title: "t", user: null, labels: [], updated_at: at };
      await fleet.send("issue_comment", { ...common({ id: actor.id }), action: "created", issue, comment });
      const actual: Cell = [fleet.task()?.state ?? "none", fleet.reply()];
      const expected: Cell =
        claim === undefined ? [state, "not-in-this-state"] : decided(state, [claim], actor, false, "done");
      if (JSON.stringify(actual) !== JSON.stringify(expected))
        differences.push({ cell: `${state}: /claim`, expected, actual });
      cells += 1;
    }
    expectClosed(cells, differences, 7 * taskStates.length);
  });
});

describe("a label that is taken off", () => {
  test.each(storyStates)("story/%s: put back and explained, unless another took its place", async (state) => {
    const story = storyIn(state);
    const label = { name: `story/${state}` };
    const send = async (labels: readonly string[]) => {
      const fleet = memoryFleet({ story, roles: known(...everybody), labels });
      const issue = { ...issueOf(story, "bug"), labels: [{ name: "fleet:story" }] };
      await fleet.send("issues", { ...common({ id: 99 }), action: "unlabeled", label, issue });
      expect(fleet.writes).toContainEqual({ kind: "story-label", storyId: story.id });
      expect(fleet.story()?.state).toBe(state);
      return fleet.reply();
    };
    expect(await send(["fleet:story"])).toBe("not-by-hand");
    expect(await send(["fleet:story", state === "draft" ? "story/done" : "story/draft"])).toBe("silent");
  });

  test.each(taskStates)("task/%s: likewise", async (state) => {
    const [actor] = actors;
    if (actor === undefined) throw new Error("there are actors");
    const task = taskIn(state, actor);
    const fleet = memoryFleet({ task, roles: known() });
    const label = { name: `task/${state}` };
    await fleet.send("pull_request", {
      ...common({ id: 99 }),
      action: "unlabeled",
      label,
      pull_request: pullOf(task, "bug"),
    });
    expect(fleet.writes[0]).toEqual({ kind: "task-label", taskId: task.id });
    expect([fleet.task()?.state, fleet.reply()]).toEqual([state, "not-by-hand"]);
  });
});
