import { availableParallelism } from "node:os";
import type { CheckConfiguration } from "../deliberation/application/job.ts";
import type { Checks, CommandRun, RunOptions, TestRun, Workspace } from "../deliberation/application/ports.ts";
import { cutShortTest } from "../deliberation/domain/test-verdicts.ts";
import { detectProjects } from "../execution/application/detect-projects.ts";
import type {
  FindToolchain,
  InstallDependencies,
  MigrateInScratch,
  OpenReportFolder,
  Sandbox,
  SandboxLimits,
  SecretScan,
  Worktrees,
} from "../execution/application/ports.ts";
import { type CheckRun, runChecks } from "../execution/application/run-checks.ts";
import { runTestFiles } from "../execution/application/run-test-files.ts";
import { sandboxLimits } from "../execution/application/sandbox-limits.ts";
import type { TestResult } from "../execution/domain/check-matrix.ts";
import type { CheckResult, Checks as DetectedChecks } from "../execution/domain/checks/checks.ts";
import type { Project } from "../execution/domain/checks/choose-projects.ts";
import { isTestScript } from "../execution/domain/checks/test-setup.ts";
import { createCouncilDryRuns, runOwnDryRun } from "./council-dry-runs.ts";
import { createCouncilPolicy } from "./council-policy.ts";
import type { CouncilWorkspaces } from "./council-workspaces.ts";
import { filesOfProject } from "./files-of-project.ts";
import { restoreTestSetup } from "./restore-test-setup.ts";
import { withoutSecrets } from "./without-secrets.ts";

export type CouncilChecksDeps = {
  readonly migrate: MigrateInScratch;
  readonly sandbox: Sandbox;
  readonly worktrees: Worktrees;
  readonly workspaces: CouncilWorkspaces;
  readonly install: InstallDependencies;
  readonly toolchains: FindToolchain;
  readonly openReportFolder: OpenReportFolder;
  readonly scanSecrets: SecretScan;
};

const nothingToRun: CommandRun = {
  outcome: "skipped",
  reason: "The repository has no such command.",
  output: "",
  ms: 0,
};

/** Joins deliberation's checks to execution: detection, installation outside and everything else inside the sandbox. */
export function createCouncilChecks(deps: CouncilChecksDeps): Checks {
  const { sandbox } = deps;
  const dryRun = createCouncilDryRuns(deps);
  // Which revision of a workspace's files its projects were built from last.
  const built = new WeakMap<Workspace, number>();

  /** The projects of this workspace, each with how its commands are run, or why they cannot be. */
  async function prepare(workspace: Workspace, options: RunOptions): Promise<readonly Prepared[]> {
    const worktree = deps.workspaces.worktreeOf(workspace);
    const files = deps.worktrees.filesOf(worktree);
    const projects = await detectProjects(files, given(options.configuration), options.about ?? null);
    const prepared: Prepared[] = [];
    for (const project of projects) prepared.push({ project, run: await runOf(project, worktree.directory, options) });
    return prepared;
  }

  async function runOf(
    { directory, kind, languages }: Project,
    worktree: string,
    options: RunOptions,
  ): Promise<CheckRun | { readonly blocked: string }> {
    if (sandbox.kind === "off" && !options.trusted) return { blocked: "There is no sandbox." };
    const installed = await deps.install(worktree, options.signal, { directory, kind });
    if (installed.outcome === "failed") return { blocked: installed.reason };
    const toolchain = await deps.toolchains(languages);
    return {
      sandbox,
      openReportFolder: deps.openReportFolder,
      worktree,
      directory,
      readOnly: [...toolchain.readOnly, ...installed.readOnly],
      path: toolchain.path,
      before: toolchain.before ?? "",
      env: { ...toolchain.env, ...installed.env },
      signal: options.signal,
      trusted: options.trusted,
      ...(options.aloneMs === undefined ? {} : { alone: true }),
      limits: limitsOf(options),
    };
  }

  const runs: Pick<Checks, "commands" | "dryRun" | "tests"> = {
    async dryRun(workspace, kind, changes, options) {
      const { migrate = null } = options.configuration;
      if (kind === "deployment" || migrate === null) return dryRun(workspace, kind, changes, options);
      const root = (await prepare(workspace, options)).find(({ project }) => project.directory === "");
      const { directory } = deps.workspaces.worktreeOf(workspace);
      return runOwnDryRun(root?.run ?? (await runOf(plainRoot, directory, options)), migrate);
    },
    async commands(workspace, options) {
      built.set(workspace, deps.workspaces.revisionOf(workspace));
      const builds: CommandRun[] = [];
      const lint: CommandRun[] = [];
      for (const { project, run } of await prepare(workspace, options)) {
        const checks = only(project.checks, ["install", "build", "lint"]);
        const results = "blocked" in run ? null : await runChecks({ ...run, checks });
        const one = results === null && "blocked" in run ? notRun(run.blocked) : null;
        const failed = results?.find(({ name, verdict }) => name === "install" && verdict !== "pass");
        const build = failed ?? results?.find(({ name }) => name === "build");
        const linted = results?.find(({ name }) => name === "lint");
        builds.push(one ?? (build === undefined ? nothingToRun : commandRun(build)));
        lint.push(one ?? (linted === undefined ? nothingToRun : commandRun(linted)));
      }
      return { builds: joined(builds), lint: joined(lint) };
    },
    async tests(workspace, files, options): Promise<TestRun> {
      const prepared = await prepare(workspace, options);
      const runs: TestRun[] = [];
      const revision = deps.workspaces.revisionOf(workspace);
      const isBuilt = built.get(workspace) === revision;
      let builds = true;
      const projects = prepared.map(({ project }) => project);
      for (const { project, run } of prepared) {
        const own = files === null ? null : filesOfProject(project, projects, files);
        if (own === null ? project.checks.test === undefined : own.length === 0) continue;
        if ("blocked" in run) {
          runs.push({ ...notRun(run.blocked), tests: [] });
          continue;
        }
        const broken = isBuilt || !project.builtFirst ? null : await buildFor(project, run);
        builds &&= broken === null;
        if (broken !== null) runs.push({ ...broken, tests: [] });
        else if (own !== null)
          runs.push(testRun(await runTestFiles({ ...run, files: own, test: project.checks.test })));
        else {
          const [result] = await runChecks({ ...run, checks: only(project.checks, ["test"]) });
          if (result !== undefined) runs.push(testRun(result));
        }
      }
      if (builds) built.set(workspace, revision);
      const [first = { ...nothingToRun, tests: [] }, ...rest] = runs;
      if (files !== null && runs.length === 0)
        return { ...notRun("No project of the repository runs these files."), tests: [] };
      if (rest.length === 0) return first;
      const cutShort = runs.some((run) => run.cutShort === true) ? { cutShort: true } : {};
      const late = runs.some((run) => run.late === true) ? { late: true } : {};
      return { ...joined(runs), tests: runs.flatMap(({ tests }) => tests), ...cutShort, ...late };
    },
  };
  return {
    sandbox: sandbox.kind === "off" ? null : sandbox.kind,
    ...withoutSecrets(runs),
    isTestScript,
    restoreTestSetup,
    ...createCouncilPolicy(deps.scanSecrets),
  };
}

/** Installs and builds what a project's tests need; why that failed, or null. */
async function buildFor({ checks }: Project, run: CheckRun): Promise<CommandRun | null> {
  const results = await runChecks({ ...run, checks: only(checks, ["install", "build"]) });
  const failed = results.find(({ verdict }) => verdict !== "pass");
  if (failed === undefined) return null;
  const { reason, ...rest } = commandRun(failed);
  return {
    ...rest,
    reason: `Its ${failed.name} ${failed.verdict === "fail" ? "fails" : "could not be run"}: ${reason}`,
  };
}

/** The root of a repository in which no project is known. */
const plainRoot: Project = { directory: "", kind: "configured", languages: [], checks: {}, builtFirst: false };

type Prepared = { readonly project: Project; readonly run: CheckRun | { readonly blocked: string } };

function notRun(reason: string): CommandRun {
  return { outcome: "not-run", reason, output: "", ms: 0 };
}

/** The worst of several projects' runs: what failed, else what could not run, else what passed. */
function joined(runs: readonly CommandRun[]): CommandRun {
  const order = ["failed", "not-run", "passed", "skipped"] as const;
  const worst = order.flatMap((outcome) => runs.filter((run) => run.outcome === outcome))[0] ?? nothingToRun;
  return { ...worst, ms: runs.reduce((sum, { ms }) => sum + ms, 0) };
}

const gibibyte = 1024 ** 3;

function limitsOf({ wallMs, aloneMs = Number.POSITIVE_INFINITY }: RunOptions): Partial<SandboxLimits> {
  const limits = wallMs === undefined ? sandboxLimits : patientLimits(wallMs);
  return { ...limits, wallMs: Math.min(limits.wallMs, aloneMs) };
}

/**
 * Limits for projects of any size, where somebody said how long to wait: compilers hold more memory than a test runner
 * and write whole trees of objects. The CPU time of one process, in seconds, may be that of every core.
 */
function patientLimits(wallMs: number): Partial<SandboxLimits> & Pick<SandboxLimits, "wallMs"> {
  return {
    wallMs,
    cpuSeconds: Math.ceil(wallMs / 1_000) * availableParallelism(),
    memoryBytes: 3 * gibibyte,
    processes: 512,
    diskBytes: 2 * gibibyte,
    tmpBytes: gibibyte,
    fileBytes: gibibyte / 2,
  };
}

function given({ install, build, lint, test }: CheckConfiguration): {
  [name in "install" | "build" | "lint" | "test"]?: string;
} {
  return {
    ...(install === null ? {} : { install }),
    ...(build === null ? {} : { build }),
    ...(lint === null ? {} : { lint }),
    ...(test === null ? {} : { test }),
  };
}

function only(checks: DetectedChecks, names: readonly (keyof DetectedChecks)[]): DetectedChecks {
  return Object.fromEntries(Object.entries(checks).filter(([name]) => names.some((wanted) => wanted === name)));
}

const outcomes = { pass: "passed", fail: "failed", "not-run": "not-run" } as const;

function commandRun({ verdict, reason, wallMs, late }: CheckResult): CommandRun {
  const ended = late === true ? { late } : {};
  return { outcome: outcomes[verdict], reason: firstLine(reason), output: reason, ms: wallMs, ...ended };
}

/**
 * A run that a limit ended tells nothing about the tests that did not come to their turn, so it counts as a whole: as one
 * failed test, named after what ended it.
 */
function testRun(result: CheckResult): TestRun {
  const tests = (result.tests ?? []).map(named);
  if (result.cutShort !== true)
    return { ...commandRun(result), tests, ...(result.untold === true ? { untold: true } : {}) };
  const ended = { name: cutShortTest, file: null, verdict: "fail" as const, reason: result.reason };
  return { ...commandRun(result), outcome: "failed", tests: [...tests, ended], cutShort: true };
}

/** Reports name a test `file > suite > test`; without a file the name is the command's. */
function named(test: TestResult): TestRun["tests"][number] {
  const [file, ...rest] = test.name.split(" > ");
  return { ...test, file: rest.length > 0 && file !== undefined ? file : null };
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? "";
}
