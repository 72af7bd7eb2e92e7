import { isFinalStatus } from "../../deliberation/domain/deliberation-status.ts";
import type { Task } from "../../workflow/domain/task.ts";
import { taskTransition } from "../../workflow/domain/task-machine.ts";
import type { CommandName } from "../commands/command-table.ts";
import type { CouncilView } from "./council-view.ts";

/** A button of a check run. Its press is the command, given by the person who pressed it. */
export type CheckAction = {
  /** At most 20 characters, like the label; the description at most 40 (GitHub's limits, like three a check run). */
  readonly identifier: string;
  readonly label: string;
  readonly description: string;
  readonly command: CommandName;
};

/**
 * The buttons of `fleet/council` and `fleet/gate`.
 * @see https://docs.github.com/rest/checks/runs#create-a-check-run
 */
export const checkActions = {
  another: {
    identifier: "another-round",
    label: "Another round",
    description: "A council tries again with the feedback",
    command: "council",
  },
  takeOver: {
    identifier: "take-over",
    label: "Take over",
    description: "You go on with the task yourself",
    command: "claim",
  },
  stop: {
    identifier: "stop",
    label: "Stop",
    description: "The council stops within seconds",
    command: "stop",
  },
  approve: {
    identifier: "approve",
    label: "Approve",
    description: "This commit passes the gate that is open",
    command: "approve",
  },
  claim: {
    identifier: "claim",
    label: "Claim",
    description: "You take the decision that waits",
    command: "claim",
  },
  why: {
    identifier: "why",
    label: "Why?",
    description: "Says what stands in the way of the merge",
    command: "why",
  },
} as const satisfies Record<string, CheckAction>;

const rows: readonly CheckAction[] = Object.values(checkActions);

/** The command of a button; null for one that there is not. */
export function commandOfAction(identifier: string): CommandName | null {
  return rows.find((row) => row.identifier === identifier)?.command ?? null;
}

/**
 * The buttons of `fleet/council`: only those that have a step of the state machine behind them now. `latest` is the
 * task's latest council, which may be at work on the answer to a rejection.
 */
export function councilActions(task: Task, latest: CouncilView | null): readonly CheckAction[] {
  const isFree = [...taskTransition("revise-code").from, ...taskTransition("assign").from].includes(task.state);
  if (isFree) return [checkActions.another, checkActions.takeOver];
  const isAtWork = task.state === "implementing" && latest !== null && !isFinalStatus(latest.status);
  return isAtWork ? [checkActions.stop] : [];
}

/** The buttons of `fleet/gate` while it is open. The same at every gate, so that a commit's check run is written once. */
export const gateActions: readonly CheckAction[] = [checkActions.approve, checkActions.claim, checkActions.why];
