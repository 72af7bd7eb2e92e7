import { createHash } from "node:crypto";
import { type PlanTask, planTaskSchema } from "../../kernel/plan.ts";

/** The most tasks that a plan may have (DOMAIN.md §2, `derive-plan`). */
const planTaskLimit = 8;

/**
 * What is wrong with a plan, one sentence each; empty when it is valid: 1–8 tasks with unique numbers, dependencies that
 * exist and form no cycle (the cycle is named), every acceptance criterion covered (the gaps are named).
 */
export function validatePlan(tasks: readonly PlanTask[], criteriaCount: number): readonly string[] {
  if (tasks.length === 0) {
    return ["The plan has no task; it needs 1 to 8."];
  }
  const tooMany =
    tasks.length > planTaskLimit ? [`The plan has ${tasks.length} tasks; it may have at most ${planTaskLimit}.`] : [];
  return [
    ...tooMany,
    ...tasks.flatMap(wrongShape),
    ...duplicateNumbers(tasks),
    ...unknownDependencies(tasks),
    ...cycles(tasks),
    ...unknownCriteria(tasks, criteriaCount),
    ...gaps(tasks, criteriaCount),
  ];
}

/** SHA-256 hex of a plan's tasks, whatever the order in which they or their fields are written. */
export function planHash(tasks: readonly PlanTask[]): string {
  const canonical = [...tasks]
    .sort((one, other) => one.number - other.number)
    .map((task) => [
      task.number,
      task.title,
      task.description,
      task.type,
      task.role,
      task.estimateHours,
      ascending(task.dependsOn),
      ascending(task.covers),
    ]);
  return createHash("sha256").update(JSON.stringify(canonical)).digest("hex");
}

function ascending(numbers: readonly number[]): number[] {
  return [...numbers].sort((one, other) => one - other);
}

function wrongShape(task: PlanTask, index: number): string[] {
  const parsed = planTaskSchema.safeParse(task);
  return (parsed.error?.issues ?? []).map(
    (issue) => `Task ${task.number || index + 1}: ${issue.path.join(".") || "task"}: ${issue.message}.`,
  );
}

function duplicateNumbers(tasks: readonly PlanTask[]): string[] {
  const numbers = tasks.map((task) => task.number);
  const doubled = [...new Set(numbers.filter((number, index) => numbers.indexOf(number) !== index))];
  return doubled.map((number) => `Two tasks have the number ${number}.`);
}

function unknownDependencies(tasks: readonly PlanTask[]): string[] {
  const numbers = new Set(tasks.map((task) => task.number));
  return tasks.flatMap((task) =>
    task.dependsOn
      .filter((dependency) => !numbers.has(dependency))
      .map((dependency) => `Task ${task.number} depends on task ${dependency}, which is not in the plan.`),
  );
}

/** Names one cycle: breaking it is what the next plan has to do, and further ones show then. */
function cycles(tasks: readonly PlanTask[]): string[] {
  const dependencies = new Map(tasks.map((task) => [task.number, task.dependsOn]));
  const settled = new Set<number>();
  const path: number[] = [];

  function visit(number: number): readonly number[] | null {
    const start = path.indexOf(number);
    if (start >= 0) {
      return [...path.slice(start), number];
    }
    if (settled.has(number)) {
      return null;
    }
    path.push(number);
    for (const dependency of dependencies.get(number) ?? []) {
      const cycle = visit(dependency);
      if (cycle !== null) {
        return cycle;
      }
    }
    path.pop();
    settled.add(number);
    return null;
  }

  for (const task of tasks) {
    const cycle = visit(task.number);
    if (cycle !== null) {
      return [`The dependencies form a cycle: ${cycle.map((number) => `task ${number}`).join(" → ")}.`];
    }
  }
  return [];
}

function unknownCriteria(tasks: readonly PlanTask[], criteriaCount: number): string[] {
  return tasks.flatMap((task) =>
    task.covers
      .filter((criterion) => criterion > criteriaCount)
      .map((criterion) => `Task ${task.number} covers criterion ${criterion}, but the story has ${criteriaCount}.`),
  );
}

function gaps(tasks: readonly PlanTask[], criteriaCount: number): string[] {
  const covered = new Set(tasks.flatMap((task) => task.covers));
  const missing = Array.from({ length: criteriaCount }, (_, index) => index + 1).filter(
    (criterion) => !covered.has(criterion),
  );
  return missing.length === 0 ? [] : [`No task covers criterion ${missing.join(", ")}.`];
}
