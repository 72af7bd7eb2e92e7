import { isQuietAt } from "../../kernel/working-time.ts";
import type { Deadline } from "../domain/deadline.ts";
import { deadlinesAt, roleOfDeadline, statesWithDeadlines } from "../domain/deadlines.ts";
import type { Task } from "../domain/task.ts";
import type { WorkflowDeps } from "./ports.ts";
import { announce } from "./task-changes.ts";

/**
 * Begins, ends and marks the deadlines of every task that somebody works on or decides about, and announces each one
 * that is over, once. In quiet time nobody is reminded: the next pass after it does. Returns how many were announced.
 */
export async function checkDeadlines(deps: WorkflowDeps): Promise<number> {
  const tasks = await deps.graph.read((tx) => deps.tasks.find(tx, { states: statesWithDeadlines }));
  let announced = 0;
  for (const { id, repository } of tasks) {
    const policy = await deps.sla(repository);
    const now = deps.clock();
    if (isQuietAt(now, policy.quiet)) continue;
    announced += await deps.graph.write(async (tx) => {
      const task = await deps.tasks.loadForChange(tx, id);
      if (task === null) return 0;
      const deadlines = deadlinesAt(task, policy, now);
      if (deadlines === task.deadlines) return 0;
      await deps.tasks.save(tx, task, { ...task, deadlines }, []);
      const over = deadlines.filter((each) => each.remindedAt !== null && !task.deadlines.includes(each));
      await announce(
        deps,
        tx,
        task,
        over.map((deadline) => overdueEvent(task, deadline)),
        null,
      );
      return over.length;
    });
  }
  deps.committed?.();
  return announced;
}

function overdueEvent(task: Task, { kind, since, dueAt }: Deadline) {
  const { owner, repo, storyIssue } = task;
  const number = task.pullRequest ?? task.issueNumber ?? storyIssue;
  const payload = { deadline: kind, role: roleOfDeadline(kind), since, dueAt, owner, repo, number, task: task.number };
  return { type: "workflow.task.overdue", payload } as const;
}
