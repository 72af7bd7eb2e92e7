import { isDeepStrictEqual } from "node:util";
import { type FailingCheck, failingCheck, failingCheckBounds } from "../../kernel/failing-check.ts";
import type { Task } from "./task.ts";

/** What a check of GitHub said of a commit; `failed` null: it did not. */
export type CheckReport = {
  readonly name: string;
  readonly headSha: string;
  /** What it says of it in a sentence, and whatever it printed. */
  readonly failed: { readonly summary: string; readonly output: string } | null;
};

/**
 * The task after a check of its head was heard of: what GitHub reports under a name replaces what it reported under it before. The
 * very same task where nothing changes: the check was green before as well, or it is of another commit.
 */
export function withReport(task: Task, { name, headSha, failed }: CheckReport): Task {
  if (task.headSha !== headSha || task.merged) return task;
  const known = task.failingChecks ?? [];
  const report = failingCheck("github", headSha, {
    name,
    tests: [],
    summary: failed?.summary ?? "",
    output: failed?.output ?? "",
  });
  const others = known.filter((check) => check.by !== "github" || check.name !== report.name);
  const after = failed === null ? others : [...others, report];
  return isDeepStrictEqual(after, known) ? task : withChecks(task, after);
}

/** The task after a council that had nothing to hand in: what failed on its best candidate, instead of what failed before it. */
export function withCouncilChecks(task: Task, failing: readonly FailingCheck[]): Task {
  return withChecks(task, [...failing, ...(task.failingChecks ?? []).filter(({ by }) => by !== "council")]);
}

/** What failed on GitHub failed on the head that was. */
export function withoutOldHead(task: Task): Task {
  return withChecks(
    task,
    (task.failingChecks ?? []).filter(({ by }) => by !== "github"),
  );
}

/** Work that is handed in answers whatever failed before it. */
export function withoutChecks(task: Task): Task {
  return withChecks(task, []);
}

function withChecks({ failingChecks: _, ...task }: Task, checks: readonly FailingCheck[]): Task {
  return checks.length === 0 ? task : { ...task, failingChecks: checks.slice(0, failingCheckBounds.checks) };
}
