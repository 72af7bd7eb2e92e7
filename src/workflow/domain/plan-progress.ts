import type { TaskState } from "../../kernel/states.ts";
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

/**
 * Whether every task that this one depends on is done and merged. A discarded one no longer counts: the product owner
 * said that the story does without it.
 */
export function areDependenciesDone(task: Task, tasks: readonly Task[]): boolean {
  const samePlan = tasks.filter((other) => other.planVersion === task.planVersion);
  return task.dependsOn.every((number) => {
    const dependency = samePlan.find((other) => other.number === number);
    return dependency !== undefined && (dependency.state === "cancelled" || isDoneAndMerged(dependency));
  });
}

function isDoneAndMerged(task: Standing): boolean {
  return task.state === "done" && task.merged;
}
