import { describe, expect, test } from "vitest";
import {
  commandsForStory,
  commandsForTask,
  storyActionOf,
  storyStatesFor,
  taskActionOf,
} from "../../../src/github/commands/command-actions.ts";
import { commandRows, commands } from "../../../src/github/commands/command-table.ts";
import { storyStates, taskStates } from "../../../src/kernel/states.ts";
import { storyRows, storyTransition } from "../../../src/planning/domain/story-machine.ts";
import { taskRows, taskTransition } from "../../../src/workflow/domain/task-machine.ts";

/** GITHUB.md, "Surfaces": the list, with the backlog review and the one that the table of stories needs beside it. */
const specified =
  "submit approve reject decide claim release assign council ceremony revise retry stop resume rebase discard carry-over continue archive reset status why context budget help".split(
    " ",
  );

test("the table holds every command of the specification, and one for re-estimate", () => {
  expect(commands.map(({ name }) => name).filter((name) => name !== "re-estimate")).toEqual(specified);
});

test.each(commandRows)("/$name is consistent with the machines", (row) => {
  const story = row.story.map(storyTransition);
  const task = typeof row.task === "string" ? [] : row.task.map(taskTransition);
  for (const transition of [...story, ...task]) {
    expect(
      transition.by.some((actor) => actor !== "system"),
      transition.action,
    ).toBe(true);
    expect(transition.needsFeedback && !row.needsFeedback, `${transition.action} needs feedback`).toBe(false);
  }
  if (row.story.length > 0) expect(row.places).toContain("story");
  if (row.task.length > 0) expect(row.places).toContain("task");
  expect(row.help.length).toBeLessThanOrEqual(100);
  expect(row.needsFeedback).toBe(/^<(why|text)>$/.test(row.argument ?? ""));
});

test("every action that people may take on a story has a command, but the edit of the plan's own comment", () => {
  const forPeople = storyRows.filter((row) => row.by.some((actor) => actor !== "system"));
  for (const { action } of forPeople) expect(commandsForStory(action).length > 0, action).toBe(action !== "edit-plan");
});

test("every action that people may take on a task has a command, but the push that hands it in", () => {
  const forPeople = taskRows.filter((row) => row.by.some((actor) => actor !== "system"));
  for (const { action, from } of forPeople) {
    const commandsIn = from.flatMap((state) => commandsForTask(action, state));
    expect(commandsIn.length > 0, action).toBe(action !== "commit-code");
  }
});

describe("for every command and every state", () => {
  test("the story's action is one of the row and possible there, or there is none", () => {
    for (const { name, story } of commandRows) {
      for (const state of storyStates) {
        const action = storyActionOf(name, state);
        const possible = story.filter((each) => storyTransition(each).from.includes(state));
        expect(action === null ? [] : [action], `/${name} in ${state}`).toEqual(possible.slice(0, 1));
        expect(storyStatesFor(name).includes(state), `/${name} in ${state}`).toBe(possible.length > 0);
      }
    }
  });

  test("it means at most one thing, so that nobody is surprised", () => {
    for (const { name, story } of commandRows) {
      for (const state of storyStates)
        expect(story.filter((each) => storyTransition(each).from.includes(state)).length, name).toBeLessThanOrEqual(1);
    }
    for (const { name, task } of commandRows) {
      if (typeof task === "string") continue;
      for (const state of taskStates)
        expect(task.filter((each) => taskTransition(each).from.includes(state)).length, name).toBeLessThanOrEqual(1);
    }
  });

  test.each([
    ["approve", "pending-arch-review", "approve-design"],
    ["approve", "arch-reviewing", "approve-design"],
    ["approve", "qa-testing", "approve-tests"],
    ["approve", "pending-po-approval", "approve-story"],
    ["approve", "implementing", null],
    ["reject", "pending-qa", "reject-tests"],
    ["claim", "todo", "claim-task"],
    ["claim", "pending-arch-review", "claim-review"],
    ["claim", "pending-qa", "claim-testing"],
    ["claim", "arch-rejected", "revise-code"],
    ["revise", "qa-failed", "revise-code"],
    ["release", "implementing", "release-task"],
    ["retry", "done", null],
    ["discard", "todo", "discard-task"],
  ] as const)("/%s on a task in %s: %s", (name, state, action) => {
    expect(taskActionOf(name, state)).toBe(action);
  });
});
