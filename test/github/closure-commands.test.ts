import { describe, expect, test } from "vitest";
import { type CommandName, commandRows } from "../../src/github/commands/command-table.ts";
import { storyStates, taskStates } from "../../src/kernel/states.ts";
import {
  actors,
  at,
  type Cell,
  common,
  type Difference,
  expectClosed,
  idOf,
  issueOf,
  pull,
  storyIn,
  sub,
  taskIn,
  taskOf,
  text,
} from "./support/closure-tables.ts";
import { meanings } from "./support/command-meanings.ts";
import { memoryFleet } from "./support/memory-fleet.ts";

/**
 * Every role (each of the seven, none, and a look-up that failed) × every state × every command of the registry, on
 * stories, on tasks' issues and on their pull requests: the outcome is what `meanings` says.
 */
const names = commandRows.map(({ name }) => name);

/** The comments that ask for a command: with enough words and with too few, where the rule asks for words. */
function bodiesOf(name: CommandName): readonly { readonly body: string; readonly says: boolean }[] {
  const { argument, needsWords } = meanings[name];
  if (needsWords !== true) return [{ body: argument === undefined ? `/${name}` : `/${name} ${argument}`, says: false }];
  return [
    { body: `/${name} ${text}`, says: true },
    { body: `/${name} no`, says: false },
  ];
}

const wrongPlace = ({ state }: { readonly state: string }): Cell => [state, "wrong-place"];
const worldOfTask = storyIn("in-progress");

/** Comments, and returns what whoever did so got to see. */
async function reply(fleet: ReturnType<typeof memoryFleet>, id: number, body: string, issue: object): Promise<string> {
  const comment = { id: 1, body, created_at: at, user: null };
  await fleet.send("issue_comment", { ...common({ id }), action: "created", issue, comment });
  return fleet.writes.some(({ kind }) => kind === "update-branch") ? "handed on" : fleet.reply();
}

test("every command of the registry has its meaning here, for the places that the registry gives it", () => {
  expect(Object.keys(meanings)).toEqual(names);
  const places = names.map((name) => [
    ...(meanings[name].story === null ? [] : ["story"]),
    ...(meanings[name].task === null ? [] : ["task"]),
  ]);
  expect(places).toEqual(commandRows.map((row) => row.places));
});

describe.each(actors)("$name", (actor) => {
  test("story × state × command", async () => {
    const differences: Difference[] = [];
    let cells = 0;
    for (const name of names) {
      for (const { body, says } of bodiesOf(name)) {
        for (const state of storyStates) {
          const story = storyIn(state);
          const fleet = memoryFleet({ story, roles: actor.roles, ...taskOf(state) });
          const seen = await reply(fleet, idOf(actor), body, issueOf(story, "bug"));
          const actual: Cell = [fleet.story()?.state ?? "none", seen];
          const expected = (meanings[name].story ?? wrongPlace)({ state, actor, says });
          if (JSON.stringify(actual) !== JSON.stringify(expected))
            differences.push({ cell: `${state}: ${body}`, expected, actual });
          cells += 1;
        }
      }
    }
    expectClosed(cells, differences, names.length * storyStates.length);
  });

  test.each([
    ["pull request", { number: pull, pull_request: {} }],
    ["issue", { number: sub }],
  ])("task × state × command, on its %s", async (_, where) => {
    const differences: Difference[] = [];
    let cells = 0;
    for (const name of names) {
      for (const { body, says } of bodiesOf(name)) {
        for (const state of taskStates) {
          const fleet = memoryFleet({ story: worldOfTask, task: taskIn(state, actor), roles: actor.roles });
          const issue = { title: "t", user: null, labels: [], updated_at: at, ...where };
          const seen = await reply(fleet, actor.id, body, issue);
          const actual: Cell = [fleet.task()?.state ?? "none", seen];
          const expected = (meanings[name].task ?? wrongPlace)({ state, actor, says });
          if (JSON.stringify(actual) !== JSON.stringify(expected))
            differences.push({ cell: `${state}: ${body}`, expected, actual });
          cells += 1;
        }
      }
    }
    expectClosed(cells, differences, names.length * taskStates.length);
  });
});
