import { isAcceptancePath } from "../domain/acceptance-path.ts";
import type { DeliberationJob } from "./job.ts";

type Work = Pick<DeliberationJob, "task">;

/**
 * Whose rules of L1 hold for a task's candidates (DOMAIN.md §4): those of its role. A task of type `test` is written under
 * qa's, whoever it is given to: what it brings are tests and nothing else.
 */
export function actingRole({ task }: Work): NonNullable<Work["task"]>["role"] {
  if (task === null) return "developer";
  return task.type === "test" ? "qa" : task.role;
}

/** Whether the candidates consist of tests, which are measured as `newTestsCell` says. */
export function writesTests(work: Work): boolean {
  return actingRole(work) === "qa";
}

/** The files that members are not shown: the qa's tests, where they are measured by them. */
export function hiddenFrom(work: Work): (path: string) => boolean {
  return writesTests(work) ? () => false : isAcceptancePath;
}
