import { availableParallelism } from "node:os";
import type { CheckConfiguration } from "../deliberation/application/job.ts";
import type { Checks, CommandRun, RunOptions, TestRun, Workspace } from "../deliberation/application/ports.ts";
import { detectChecks } from "../execution/application/detect-checks.ts";
import type {
  InstallDependencies,
  OpenReportFolder,
  Sandbox,
  SandboxLimits,
  SecretScan,
  Worktrees,
} from "../execution/application/ports.ts";
import { type CheckRun, runChecks } from "../execution/application/run-checks.ts";
import { runTestFiles } from "../execution/application/run-test-files.ts";
import type { TestResult } from "../execution/domain/check-matrix.ts";
import type { CheckResult, Checks as DetectedChecks } from "../execution/domain/checks/checks.ts";
import { checkPolicy, isSizeFinding, type PolicyFinding } from "../execution/domain/policy/check-policy.ts";
import { matchesAny, pathKinds } from "../execution/domain/policy/path-kinds.ts";
import type { CouncilWorkspaces } from "./council-workspaces.ts";

export type CouncilChecksDeps = {
  readonly sandbox: Sandbox;
  readonly worktrees: Worktrees;
  readonly workspaces: CouncilWorkspaces;
  readonly install: InstallDependencies;
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

  /** What to check in this workspace, and how; or why nothing can be run. */
  async function prepare(workspace: Workspace, options: RunOptions) {
    const worktree = deps.workspaces.worktreeOf(workspace);
    const checks = await detectChecks(deps.worktrees.filesOf(worktree), given(options.configuration));
    if (sandbox.kind === "off" && !options.trusted) return { kind: "blocked" as const, reason: "There is no sandbox." };
    const installed = await deps.install(worktree.directory, options.signal);
    if (installed.outcome === "failed") return { kind: "blocked" as const, reason: installed.reason };
    const run: CheckRun = {
      sandbox,
      openReportFolder: deps.openReportFolder,
      worktree: worktree.directory,
      readOnly: installed.readOnly,
      signal: options.signal,
      trusted: options.trusted,
      ...(options.wallMs === undefined ? {} : { limits: patientLimits(options.wallMs) }),
    };
    return { kind: "ready" as const, checks, run };
  }

  return {
    sandbox: sandbox.kind === "off" ? null : sandbox.kind,
    async commands(workspace, options) {
      const prepared = await prepare(workspace, options);
      if (prepared.kind === "blocked") {
        const blocked: CommandRun = { outcome: "not-run", reason: prepared.reason, output: "", ms: 0 };
        return { builds: blocked, lint: blocked };
      }
      const results = await runChecks({ ...prepared.run, checks: only(prepared.checks, ["install", "build", "lint"]) });
      const failed = results.find(({ name, verdict }) => name === "install" && verdict !== "pass");
      const build = failed ?? results.find(({ name }) => name === "build");
      const lint = results.find(({ name }) => name === "lint");
      return {
        builds: build === undefined ? nothingToRun : commandRun(build),
        lint: lint === undefined ? nothingToRun : commandRun(lint),
      };
    },
    async tests(workspace, files, options): Promise<TestRun> {
      const prepared = await prepare(workspace, options);
      if (prepared.kind === "blocked")
        return { outcome: "not-run", reason: prepared.reason, output: "", ms: 0, tests: [] };
      const { checks, run } = prepared;
      if (files !== null) {
        const runner = checks.test?.runner ?? null;
        return testRun(await runTestFiles({ ...run, files, ...(runner === null ? {} : { runner }) }));
      }
      const [result] = await runChecks({ ...run, checks: only(checks, ["test"]) });
      return result === undefined ? { ...nothingToRun, tests: [] } : testRun(result);
    },
    async policy(changes, { role, configuration, existing }) {
      const texts = changes.flatMap(({ path, content }) =>
        content === null ? [] : [{ path, text: Buffer.from(content, "base64").toString("utf8") }],
      );
      const findings = checkPolicy({
        role,
        changes,
        secrets: await deps.scanSecrets(texts),
        existing,
        configuration: {
          deny: configuration.deny,
          ...(configuration.tests.length > 0 ? { tests: configuration.tests } : {}),
        },
      });
      return {
        policy: findings.filter((finding) => !isSizeFinding(finding)).map(sentence),
        size: findings.filter(isSizeFinding).map(sentence),
      };
    },
    isTestPath: (path, { tests }) => matchesAny(tests.length > 0 ? tests : pathKinds.tests, path),
  };
}

const gibibyte = 1024 ** 3;

/**
 * Limits for projects of any size, where somebody said how long to wait: compilers hold more memory than a test runner
 * and write whole trees of objects. The CPU time of one process, in seconds, may be that of every core.
 */
function patientLimits(wallMs: number): Partial<SandboxLimits> {
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

function commandRun({ verdict, reason, wallMs }: CheckResult): CommandRun {
  return { outcome: outcomes[verdict], reason: firstLine(reason), output: reason, ms: wallMs };
}

/**
 * A run that a limit ended tells nothing about the tests that did not come to their turn, so it counts as a whole: as one
 * failed test, named after what ended it.
 */
function testRun(result: CheckResult): TestRun {
  const tests = (result.tests ?? []).map(named);
  if (result.cutShort !== true) return { ...commandRun(result), tests };
  const ended = { name: "the test run", file: null, verdict: "fail" as const, reason: result.reason };
  return { ...commandRun(result), outcome: "failed", tests: [...tests, ended], cutShort: true };
}

/** Reports name a test `file > suite > test`; without a file the name is the command's. */
function named(test: TestResult): TestRun["tests"][number] {
  const [file, ...rest] = test.name.split(" > ");
  return { ...test, file: rest.length > 0 && file !== undefined ? file : null };
}

function sentence({ path, reason }: PolicyFinding): string {
  return path === "" ? reason : `${path}: ${reason}`;
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? "";
}
