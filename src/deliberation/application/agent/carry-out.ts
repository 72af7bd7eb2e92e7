import type { SavedStep } from "../../domain/agent/agent-run.ts";
import type { Decision } from "../../domain/agent/decision.ts";
import { isAssertion } from "../../domain/test-verdicts.ts";
import { actingRole, hiddenFrom, writesTests } from "../acting-role.ts";
import { applyAnswer } from "../implementation/workspace-of.ts";
import type { Refusal, TestResult, ToolCall } from "../ports.ts";
import type { BaseRun } from "../saved-state.ts";
import type { AgentWork } from "./agent-work.ts";
import { checkSoFar } from "./check-so-far.ts";
import { lookAround } from "./look-around.ts";

/** What came of a decision. `result` is for the model; `changed`: the files are not what they were. */
export type Told = Pick<SavedStep, "outcome" | "result" | "refusals" | "changed">;

const mostFiles = 50;

/**
 * Carries out a decision, if L1 allows it (DOMAIN.md §4): by operation and path, from the role alone. A refusal goes back
 * to the model with its rule and stays in the record; it ends nothing. `code` holds the edits of an `edit`.
 */
export async function carryOut(work: AgentWork, decision: Decision, code: string, signal: AbortSignal): Promise<Told> {
  switch (decision.action) {
    case "edit":
      return edit(work, code);
    case "finish":
      if (work.answers().length > 0) return told("done", decision.text);
      return told("failed", "You have not changed any file yet, so there is nothing to finish.");
    case "ask":
      return told("done", decision.text);
    case "check":
      return check(work, decision.path, signal);
    default: {
      const refusal = refusalOf(work, { operation: decision.action, path: decision.path });
      if (refusal !== null) return refused([refusal]);
      const { job, deps } = work.session;
      const view = { workspace: work.workspace, hides: hiddenFrom(job), prompting: deps.prompting };
      const seen = await lookAround(view, decision, signal);
      return told(seen.found ? "done" : "failed", seen.text);
    }
  }
}

async function check(work: AgentWork, path: string | null, signal: AbortSignal): Promise<Told> {
  const refusal = refusalOf(work, { operation: "check", path });
  // A role that runs no checks as a whole may have a dry run all the same: then "check" is that.
  const onlyDryRun = refusal !== null && path === null && refusalOf(work, { operation: "dry-run", path }) === null;
  if (refusal !== null && !onlyDryRun) return refused([refusal]);
  if (path !== null && hiddenFrom(work.session.job)(path))
    return told("failed", "The council's own tests are not run here.");
  const candidate = { id: work.id, answers: work.answers() };
  const none: Pick<BaseRun, "failing" | "passing"> = { failing: [], passing: [] };
  const { failing, passing } = onlyDryRun ? none : await orAborted(work.bench.base(), signal);
  const isExpected = ({ name, reason }: TestResult): boolean =>
    writesTests(work.session.job) && isAssertion(reason) && !passing.includes(name);
  const { passed, text } = await work.bench.slots(() => {
    signal.throwIfAborted();
    return checkSoFar(work.session, candidate, { path, failing, isExpected, onlyDryRun }, signal);
  });
  return told(passed ? "done" : "failed", text);
}

async function edit(work: AgentWork, code: string): Promise<Told> {
  const { workspace } = work;
  const result = await applyAnswer(workspace, code, (path) => refusalOf(work, { operation: "write", path }));
  if (result.refused.length > 0) return refused(result.refused);
  const tree = await workspace.tree();
  const changed = tree !== work.tree;
  work.tree = tree;
  if (result.feedback !== "") {
    const some = `${result.applied} applied; not applied: ${result.failed}. Send these again, corrected, and not the others.`;
    const summary = result.applied === 0 ? "None of the edits was applied." : some;
    return { ...told("failed", `${summary}\n\n${result.feedback}`), changed };
  }
  if (!changed) return told("failed", "The edits leave every file as it was.");
  const now = await workspace.changes();
  const changes = now.readable ? now.changes.slice(0, mostFiles) : [];
  const lines = changes.map(({ change, path, added, deleted }) => `${change} ${path} (+${added} −${deleted})`);
  return { ...told("done", ["Every edit was applied. Your change so far:", ...lines].join("\n")), changed };
}

/** The base may take longer than the time for drafting. */
function orAborted<T>(result: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    result.then(resolve, reject);
  });
}

function refusalOf({ session }: AgentWork, call: ToolCall): Refusal | null {
  const { job, deps } = session;
  return deps.checks.refusalOf(actingRole(job), call, job.policy);
}

function refused(all: readonly Refusal[]): Told {
  const refusals = all.slice(0, mostFiles);
  const lines = refusals.map(
    ({ path, rule, reason }) => `- ${path === "" ? "" : `${path}: `}${reason} (rule: ${rule})`,
  );
  const result = ["Refused, and nothing of it was done:", ...lines].join("\n");
  return { ...told("refused", result), refusals: refusals.map((each) => ({ ...each })) };
}

function told(outcome: Told["outcome"], result: string): Told {
  return { outcome, result, refusals: [], changed: false };
}
