import type { TaskState } from "../../kernel/states.ts";
import { writersOf } from "../../kernel/test-first.ts";
import type { Task } from "./task.ts";

/** The tasks of a story's latest plan; those of earlier plans are history. */
export function latestPlan(tasks: readonly Task[]): readonly Task[] {
  const version = Math.max(0, ...tasks.map((task) => task.planVersion));
  return tasks.filter((task) => task.planVersion === version);
}

/** What counts of a task to tell how far its plan is. */
type Standing = { readonly state: TaskState; readonly merged: boolean };

/** Whether every open task is done and merged; a plan of which nothing is open is not complete but given up. */
export function isComplete(tasks: readonly Standing[]): boolean {
  const open = tasks.filter((task) => task.state !== "cancelled");
  return open.length > 0 && open.every(isDoneAndMerged);
}

/** The states of a change that is not handed in, or was sent back. */
const inTheMaking: readonly TaskState[] = ["todo", "implementing", "arch-rejected", "qa-failed"];

/**
 * The numbers of the tasks that have yet to bring the code that this one's tests ask for: until they are merged the tests
 * fail, as tests that are written first must. Empty for a task that writes none.
 */
export function awaitedCode(task: Task, tasks: readonly Task[]): readonly number[] {
  if (task.merged) return [];
  return codeWriters(task, tasks)
    .filter(({ merged }) => !merged)
    .map(({ number }) => number);
}

/** How tests that are written first stand to their code; null for tests of code that no other task writes, and no tests. */
export function areWrittenFirst(task: Task, tasks: readonly Task[]): "code-awaited" | "code-merged" | null {
  if (codeWriters(task, tasks).length === 0) return null;
  return awaitedCode(task, tasks).length > 0 ? "code-awaited" : "code-merged";
}

/** The tests that are handed in and wait for this task's code. */
export function testsWaitingFor(task: Task, tasks: readonly Task[]): readonly Task[] {
  if (task.type === "test") return [];
  return tasks.filter(
    (other) => !inTheMaking.includes(other.state) && awaitedCode(other, [task]).length > 0 && other.headSha !== null,
  );
}

function codeWriters(task: Task, tasks: readonly Task[]): readonly Task[] {
  if (task.type !== "test") return [];
  return writersOf(
    task.covers,
    tasks.filter(({ planVersion, state }) => planVersion === task.planVersion && state !== "cancelled"),
  );
}

/** A task that another one waits for, and what has to become of it first. */
export type OpenDependency = { readonly number: number; readonly until: "merged" | "handed-in" };

/**
 * The tasks that this one depends on and that are not done and merged. A discarded one no longer counts: the product owner
 * said that the story does without it. Tests that await code cannot be merged before it: it is enough that they are
 * handed in.
 */
export function openDependencies(task: Task, tasks: readonly Task[]): readonly OpenDependency[] {
  const samePlan = tasks.filter((other) => other.planVersion === task.planVersion);
  return task.dependsOn.flatMap((number): readonly OpenDependency[] => {
    const dependency = samePlan.find((other) => other.number === number);
    if (dependency === undefined) return [{ number, until: "merged" }];
    if (dependency.state === "cancelled" || isDoneAndMerged(dependency)) return [];
    if (awaitedCode(dependency, samePlan).length === 0) return [{ number, until: "merged" }];
    return inTheMaking.includes(dependency.state) ? [{ number, until: "handed-in" }] : [];
  });
}

/** Whether nothing that this task depends on is open. */
export function areDependenciesDone(task: Task, tasks: readonly Task[]): boolean {
  return openDependencies(task, tasks).length === 0;
}

function isDoneAndMerged(task: Standing): boolean {
  return task.state === "done" && task.merged;
}
