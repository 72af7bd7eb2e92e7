import type { StoryId } from "../../kernel/ids.ts";
import type { Deliberation } from "../domain/deliberation.ts";
import { isFinalStatus } from "../domain/deliberation-status.ts";
import { endDeliberation } from "./record-report.ts";
import type { DeliberationUseCaseDeps } from "./use-case-ports.ts";

export type StopDeliberations = {
  readonly storyId: StoryId;
  /** The story's plan, its reviews and all its tasks; or only its plan, one task, the advice on one, or one deliberation. */
  readonly of:
    | "everything"
    | "plan"
    | { readonly task: string }
    | { readonly advice: string }
    | { readonly deliberation: string };
  /** Why they end, as it is shown: "Stopped by @dev." */
  readonly reason: string;
  /** Only those that began before (ISO 8601); left out: all. */
  readonly startedBefore?: string;
  /** The same delivery again stops nothing that was started since. */
  readonly deliveryId: string;
};

/**
 * Stops what councils do for a story or a task: in the graph at once, with the events of an end, and then on the queue. A
 * report that comes later changes nothing. Returns the ids of what this delivery stopped, now or before.
 */
export async function stopDeliberations(
  deps: DeliberationUseCaseDeps,
  command: StopDeliberations,
): Promise<readonly string[]> {
  const { stopped, queued } = await deps.graph.write(async (tx) => {
    const all = (await deps.deliberations.ofStory(tx, command.storyId)).filter(
      (each) =>
        isMeant(command.of, each) &&
        (command.startedBefore === undefined || Date.parse(each.startedAt) <= Date.parse(command.startedBefore)),
    );
    const before = all.filter(({ stoppedBy }) => stoppedBy === command.deliveryId);
    if (before.length > 0) return { stopped: before.map(({ id }) => id), queued: before.map(({ id }) => id) };
    const ids: string[] = [];
    const onQueue: string[] = [];
    for (const { id } of all.filter(isRunning)) {
      const current = await deps.deliberations.loadForChange(tx, id);
      if (current === null || !isRunning(current)) continue;
      const { reason } = command;
      const report = { kind: "failed", deliberationId: id, status: "cancelled", reason } as const;
      await endDeliberation(deps, tx, { ...current, stoppedBy: command.deliveryId }, report);
      ids.push(id);
      // One that waits for a budget has no job.
      if (current.grant !== null || current.status !== "waiting") onQueue.push(id);
    }
    return { stopped: ids, queued: onQueue };
  });
  deps.committed?.();
  for (const id of queued) await deps.cancel(id);
  return stopped;
}

function isRunning({ status }: Deliberation): boolean {
  return !isFinalStatus(status);
}

function isMeant(of: StopDeliberations["of"], { id, kind, task }: Deliberation): boolean {
  if (of === "everything") return true;
  if (of === "plan") return kind === "plan";
  if ("advice" in of) return kind === "advice" && task === of.advice;
  return "task" in of ? task === of.task : id === of.deliberation;
}
