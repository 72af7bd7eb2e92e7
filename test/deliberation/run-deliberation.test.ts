import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DeliberationJob } from "../../src/deliberation/application/job.ts";
import { runDeliberation } from "../../src/deliberation/application/run-deliberation.ts";
import type { DeliberationDeps } from "../../src/deliberation/application/session.ts";
import type { ImplementationOutcome } from "../../src/deliberation/domain/outcome.ts";
import { createInstallDependencies } from "../../src/execution/infrastructure/install-dependencies.ts";
import { openSandbox } from "../../src/execution/infrastructure/open-sandbox.ts";
import { openReportFolder } from "../../src/execution/infrastructure/report-folder.ts";
import { scanSecrets } from "../../src/execution/infrastructure/secret-scan.ts";
import { createWorktrees } from "../../src/execution/infrastructure/worktrees.ts";
import { validatePlan } from "../../src/planning/domain/plan.ts";
import { createModelHosts } from "../../src/platform/models/create-model-hosts.ts";
import { rehearsalModels } from "../../src/playground/rehearsal/recordings.ts";
import { type RehearsalModel, startRehearsalModel } from "../../src/playground/rehearsal/start-rehearsal-model.ts";
import { architectRejection } from "../../src/playground/sample/script.ts";
import { createCouncilChecks } from "../../src/wiring/council-checks.ts";
import { createCouncilWorkspaces } from "../../src/wiring/council-workspaces.ts";
import { collector, jobOf, members, realPrompting, silent, story, task } from "./council-of.ts";
import { makeSampleMirror } from "./sample-mirror.ts";

let directory = "";
let rehearsal: RehearsalModel;
let deps: DeliberationDeps;
let source: ReturnType<typeof makeSampleMirror>;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "deliberation-"));
  // The sandbox runs as another user where this process is root.
  await chmod(directory, 0o711);
  rehearsal = await startRehearsalModel();
  source = makeSampleMirror(directory);
  const sandbox = await openSandbox({ choice: undefined, logger: silent });
  const worktrees = createWorktrees({ root: join(directory, "worktrees"), logger: silent });
  const workspaces = createCouncilWorkspaces(worktrees);
  const install = createInstallDependencies({ root: join(directory, "packages") });
  const migrate = async () => ({ kind: "not-run" as const, reason: "There are no migrations here." });
  const toolchains = async () => ({ readOnly: [], path: [], env: {} });
  deps = {
    models: createModelHosts({ hosts: [rehearsal.url], logger: silent, timeoutMs: 10_000, concurrencyPerHost: 4 }),
    workspaces,
    checks: createCouncilChecks({
      sandbox,
      worktrees,
      workspaces,
      install,
      toolchains,
      migrate,
      openReportFolder,
      scanSecrets,
    }),
    prompting: await realPrompting(),
    validatePlan,
    clock: Date.now,
  };
});

afterAll(async () => {
  await rehearsal.close();
  await rm(directory, { recursive: true, force: true });
});

async function run(changes: Partial<DeliberationJob>) {
  const job = await jobOf({ members: members(rehearsal.url, rehearsalModels), ...changes });
  const reports = collector();
  await runDeliberation(deps, job, {
    signal: new AbortController().signal,
    saved: null,
    save: async () => {},
    report: reports.report,
  });
  return reports;
}

function matrix({ candidates }: ImplementationOutcome) {
  return candidates.map(({ id, lostAt, checks }) => [
    id,
    lostAt,
    ...checks.map(({ name, status, summary, failing }) => `${name} ${status}: ${[summary, ...failing].join(" | ")}`),
  ]);
}

describe("the rehearsal on the sample repository, really run", () => {
  let startSha = "";

  it("round 1: one breaks a test, one misses a criterion, one passes", async () => {
    const reports = await run({ source: { mirror: source.mirror, baseSha: source.baseSha, startSha: source.baseSha } });
    const outcome = reports.implementation();
    if (process.env["FLEET_TEST_SHOW"])
      console.log(JSON.stringify({ ...outcome, candidates: matrix(outcome) }, null, 1));
    expect(outcome.winner).toBe("c3");
    expect(outcome.candidates.map(({ id, lostAt }) => [id, lostAt])).toEqual([
      ["c3", null],
      ["c2", "acceptance"],
      ["c1", "regressions"],
    ]);
    expect(outcome.acceptance.map(({ status }) => status)).toEqual(["kept", "kept", "kept"]);
    expect(reports.statuses()).toEqual(["drafting", "checking", "selecting"]);
    expect(outcome.statistics).toMatchObject({ passAt1: false, oracleAtK: true, chosenPassed: true, calls: 6 });
    const changes = outcome.candidates[0]?.changes ?? [];
    expect(changes.map(({ path }) => path)).toEqual([
      "src/bookings.js",
      "src/index.js",
      "test/story-12-criterion-1.test.js",
      "test/story-12-criterion-2.test.js",
      "test/story-12-criterion-3.test.js",
    ]);
    startSha = source.commit(changes);
  });

  it("round 2: the feedback is answered, one fails, the smallest diff wins", async () => {
    const reports = await run({
      round: 2,
      source: { mirror: source.mirror, baseSha: source.baseSha, startSha },
      task: { ...task, feedback: [architectRejection] },
    });
    const outcome = reports.implementation();
    if (process.env["FLEET_TEST_SHOW"])
      console.log(JSON.stringify({ ...outcome, candidates: matrix(outcome) }, null, 1));
    expect(outcome.winner).toBe("c3");
    expect(outcome.candidates.map(({ id, lostAt }) => [id, lostAt])).toEqual([
      ["c3", null],
      ["c1", "smallest-diff"],
      ["c2", "acceptance"],
    ]);
    expect(outcome.acceptance.every(({ reason }) => reason === "Kept from an earlier round.")).toBe(true);
    expect(outcome.candidates[0]?.changes.map(({ path }) => path)).toEqual([
      "README.md",
      "src/bookings.js",
      "src/index.js",
    ]);
  });

  it("plans: the one with the fewest tasks is taken, an invalid one is mended once", async () => {
    const reports = await run({ kind: "plan", task: null });
    const end = reports.end();
    if (process.env["FLEET_TEST_SHOW"]) console.log(JSON.stringify(end, null, 1));
    expect(end).toMatchObject({
      kind: "finished",
      outcome: { member: 1, attempts: [{ problems: [] }, { problems: [], tasks: 2 }, { problems: [], tasks: 3 }] },
    });
  });

  it("a story that was not recorded gets no work", async () => {
    const reports = await run({
      source: { mirror: source.mirror, baseSha: source.baseSha, startSha: source.baseSha },
      story: { ...story, title: "Something else" },
    });
    expect(reports.end()).toMatchObject({ kind: "failed", reason: expect.stringContaining("no recorded answer") });
  });
});
