import type { Refusal } from "../../kernel/refusal.ts";
import { humanRoles, type Role } from "../../kernel/roles.ts";
import { type StoryState, storyStates, type TaskState, taskStates } from "../../kernel/states.ts";
import { storyRows } from "../../planning/domain/story-machine.ts";
import { taskRows } from "../../workflow/domain/task-machine.ts";
import { statePrefixes } from "../present/label-set.ts";

/** Why a label asks for nothing: refusals of the GitHub adapter, since the machines know no labels. */

type Row = {
  readonly from: readonly string[];
  readonly to: string;
  readonly by: readonly string[];
  readonly needsFeedback: boolean;
  readonly guard: string | null;
};

/** The rows that people may take from a state. */
function waysOn(what: "story" | "task", state: string): readonly Row[] {
  const rows: readonly Row[] = what === "story" ? storyRows : taskRows;
  return rows.filter((row) => row.from.includes(state) && row.to !== state && row.by.some((by) => by !== "system"));
}

function rolesOf(rows: readonly Row[]): readonly Role[] {
  return humanRoles.filter((role) => rows.some((row) => row.by.includes(role)));
}

function labelsOf(what: "story" | "task", rows: readonly Row[]): string {
  // A label carries no reason: what needs one is asked for by a comment.
  const labels = [...new Set(rows.filter((row) => !row.needsFeedback).map((row) => `${statePrefixes[what]}${row.to}`))];
  if (rows.length === 0) return "No label leads on from here.";
  return labels.length === 0
    ? "Comment /help for what leads on from here."
    : `Labels that lead on: ${labels.join(", ")}.`;
}

/** No row that people may take leads from the state to the label's. */
export function noWay(what: "story" | "task", from: StoryState | TaskState, to: string): Refusal {
  const rows: readonly Row[] = what === "story" ? storyRows : taskRows;
  // The checks' own row is there for those repositories alone that leave the tests to them.
  const isFleets = rows.some((row) => row.to === to && row.from.includes(from) && row.guard !== "checks-decide");
  const possible = waysOn(what, from);
  return {
    reason: "not-in-this-state",
    rule: isFleets
      ? `The step from ${from} to ${to} is the fleet's own; nobody sets its label by hand.`
      : `No step leads from ${from} to ${to}.`,
    who: isFleets ? ["system"] : rolesOf(possible),
    next: labelsOf(what, possible),
  };
}

/** A label in a state family that names no state. */
export function noSuchState(what: "story" | "task", label: string, state: StoryState | TaskState): Refusal {
  const states: readonly string[] = what === "story" ? storyStates : taskStates;
  return {
    reason: "not-a-state",
    rule: `There is no state for the label ${label}; the states are ${states.join(", ")}.`,
    who: rolesOf(waysOn(what, state)),
    next: labelsOf(what, waysOn(what, state)),
  };
}

/** A task's state on a story, or a story's on a task. */
export function otherFamily(what: "story" | "task", label: string, state: StoryState | TaskState): Refusal {
  const here = what === "story" ? "This issue is a story" : "This is a task";
  return {
    reason: "not-a-state",
    rule: `${here}, and ${label} is a state of the other kind.`,
    who: rolesOf(waysOn(what, state)),
    next: labelsOf(what, waysOn(what, state)),
  };
}

/** Somebody took the label of the state off. */
export function labelTakenOff(what: "story" | "task", state: StoryState | TaskState): Refusal {
  return {
    reason: "not-by-hand",
    rule: `${statePrefixes[what]}${state} shows the state of this ${what}; taking it off moves nothing, so it was put back.`,
    who: rolesOf(waysOn(what, state)),
    next: labelsOf(what, waysOn(what, state)),
  };
}

/** Somebody took `fleet:story` or `fleet:task` off. */
export function stillFollowed(what: "story" | "task"): Refusal {
  const article = what === "story" ? "An issue stays a story" : "An issue stays a task";
  return {
    reason: "not-by-hand",
    rule: `${article} until it is done or ${what === "story" ? "archived" : "cancelled"}; taking its label away does not end it.`,
    who: ["product-owner"],
    next: `Close the issue as not planned to give the ${what} up.`,
  };
}

/** `fleet:overdue`, which comes and goes with a deadline, set or taken off by hand. */
export function followsDeadline(label: string, isOverdue: boolean): Refusal {
  return {
    reason: "not-by-hand",
    rule: isOverdue
      ? `${label} shows that somebody is waited for longer than agreed and goes when the work moves on, so it was put back.`
      : `${label} shows that somebody is waited for longer than agreed; nobody is at the moment, so it was taken off.`,
    who: ["system"],
    next: "/why says whom this waits for; the times are under sla in .github/fleet.yml.",
  };
}

/** `fleet:attention`, by which the fleet finds its own issues about settings, set or taken off by hand. */
export function marksSettings(label: string, isAttention: boolean): Refusal {
  return {
    reason: "not-by-hand",
    rule: `${label} marks the issues in which the fleet says what its settings need, so it was ${isAttention ? "put back" : "taken off"}.`,
    who: ["system"],
    next: isAttention
      ? "The issue closes by itself once that is mended; it can be closed by hand, too."
      : "Ask for somebody's attention with a label of your own.",
  };
}

/** A pull request that belongs to no task; `what` is a sentence without its end that says what came of it. */
export function noTasksPull(what: string): Refusal {
  return {
    reason: "unknown-task",
    rule: `${what}: this pull request belongs to no task. A task's is opened from its branch in this repository, never from a fork.`,
    who: [],
    next: "Push to the branch that the task's issue names; the fleet opens its pull request.",
  };
}

/** One of our labels on an issue or pull request that the fleet does not follow. */
export function notFollowed(isPull: boolean, label: string): Refusal {
  return isPull
    ? noTasksPull(`${label} was taken off`)
    : {
        reason: "unknown-story",
        rule: `${label} was taken off: this issue is no story.`,
        who: [],
        next: "Add the label fleet:story, or comment /submit.",
      };
}
