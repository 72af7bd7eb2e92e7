import { describe, expect, test } from "vitest";
import { storyStates, taskStates } from "../../src/kernel/states.ts";
import { storyRows } from "../../src/planning/domain/story-machine.ts";
import { taskRows } from "../../src/workflow/domain/task-machine.ts";
import {
  type Actor,
  actors,
  allows,
  at,
  type Cell,
  common,
  type Difference,
  decided,
  everybody,
  expectClosed,
  gate,
  idOf,
  issueOf,
  known,
  personal,
  pullOf,
  type Row,
  storyIn,
  sub,
  taskIn,
  taskOf,
  text,
} from "./support/closure-tables.ts";
import { memoryFleet } from "./support/memory-fleet.ts";

/**
 * Every role (each of the seven, none, and a look-up that failed) × every state × every action, over labels and reviews:
 * the outcome is what the tables of DOMAIN.md §§2, 3 say, read here from the tables' data and from nothing else. Commands
 * are in `closure-commands.test.ts`. The HTTP API does not exist yet; it joins when it does.
 */
const isForPeople = (row: Row) => row.by.some((by) => by !== "system");

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

  test("task × state × review", async () => {
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
        cells += 1;
      }
    }
    expectClosed(cells, differences, 3 * taskStates.length);
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
