import type { DryRun, RunOptions, TouchedPath, Workspace } from "../deliberation/application/ports.ts";
import type { DryRunKind } from "../deliberation/domain/dry-run.ts";
import { type DeploymentRun, dryRunDeployment } from "../execution/application/dry-run-deployment.ts";
import { dryRunMigrations } from "../execution/application/dry-run-migrations.ts";
import type { FindToolchain, MigrateInScratch, Sandbox, Worktrees } from "../execution/application/ports.ts";
import { type CheckRun, runOne } from "../execution/application/run-checks.ts";
import type { DryRunResult } from "../execution/domain/dry-runs/dry-run-result.ts";
import { dryRunPrograms } from "../execution/domain/dry-runs/dry-run-tools.ts";
import type { CouncilWorkspaces } from "./council-workspaces.ts";

export type CouncilDryRunsDeps = {
  readonly sandbox: Sandbox;
  readonly worktrees: Worktrees;
  readonly workspaces: Pick<CouncilWorkspaces, "worktreeOf">;
  readonly toolchains: FindToolchain;
  readonly migrate: MigrateInScratch;
};

/** Joins what the matrix dry-runs to execution: which tools are asked, and one answer of all of them. */
export function createCouncilDryRuns(deps: CouncilDryRunsDeps) {
  const deployment = async (run: DeploymentRun) =>
    dryRunDeployment({ ...run, ...(await deps.toolchains(dryRunPrograms)) });
  const migrations = (run: DeploymentRun, changes: readonly TouchedPath[]) => {
    const added = changes.filter(({ change }) => change === "added").map(({ path }) => path);
    return dryRunMigrations({ ...run, migrate: deps.migrate, added });
  };
  return async (
    workspace: Workspace,
    kind: DryRunKind,
    changes: readonly TouchedPath[],
    { signal, trusted }: RunOptions,
  ): Promise<DryRun> => {
    const started = performance.now();
    const worktree = deps.workspaces.worktreeOf(workspace);
    const run = {
      sandbox: deps.sandbox,
      worktree: worktree.directory,
      files: deps.worktrees.filesOf(worktree),
      changed: changes.map(({ path }) => path),
      signal,
      trusted,
    };
    const results = kind === "migrations" ? await migrations(run, changes) : await deployment(run);
    return { ...summed(results), ms: Math.round(performance.now() - started) };
  };
}

/** A repository's own command for it (fleet.yml `checks.migrate`), where its project's dependencies are. */
export async function runOwnDryRun(run: CheckRun | { readonly blocked: string }, command: string): Promise<DryRun> {
  const target = { tool: "checks.migrate", target: ".github/fleet.yml" };
  if ("blocked" in run) return { ...summed([{ ...target, verdict: "not-run", reason: run.blocked }]), ms: 0 };
  const { verdict, reason, wallMs, late } = await runOne(run, "build", { command, runner: null });
  return { ...summed([{ ...target, verdict, reason }]), ms: wallMs, ...(late === true ? { late } : {}) };
}

/** One answer of many: what failed, else what could not be run, else what passed. */
export function summed(results: readonly DryRunResult[]): Omit<DryRun, "ms"> {
  const of = (verdict: DryRunResult["verdict"]) => results.filter((result) => result.verdict === verdict);
  const [failed, open, passed] = [of("fail"), of("not-run"), of("pass")];
  const counts = { passed: passed.length, total: results.length, failing: failed.map(named) };
  const output = [...failed, ...open, ...passed].map(line).join("\n");
  if (results.length === 0)
    return { ...counts, outcome: "skipped", reason: "It touches nothing that can be dry-run.", output };
  const rest = `${passed.length} of ${results.length} dry runs pass`;
  if (failed[0] !== undefined) return { ...counts, outcome: "failed", reason: `${named(failed[0])}.`, output };
  if (open.length > 0) {
    const lacking = [
      ...new Set(open.map(({ tool, reason }) => (reason.includes(tool) ? reason : `${tool}: ${reason}`))),
    ];
    return {
      ...counts,
      outcome: "not-run",
      reason: `${rest}; ${lacking.join("; ").replace(/\.$/, "")}.`.slice(0, 400),
      output,
    };
  }
  const tools = [...new Set(passed.map(({ tool }) => tool))].join(", ");
  return { ...counts, outcome: "passed", reason: `${rest} (${tools}).`, output };
}

function named({ target, tool, reason }: DryRunResult): string {
  return `${target} (${tool}): ${reason.split("\n", 1)[0] ?? ""}`.replace(/\.$/, "");
}

function line({ verdict, target, tool, reason }: DryRunResult): string {
  return `${verdict} ${target} (${tool})${reason === "" ? "" : `: ${reason}`}`;
}
