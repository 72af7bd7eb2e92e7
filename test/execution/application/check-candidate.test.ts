import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { applyEdits } from "../../../src/execution/application/apply-edits.ts";
import { checkCandidate, runAcceptanceTests } from "../../../src/execution/application/check-candidate.ts";
import { detectChecks } from "../../../src/execution/application/detect-checks.ts";
import type { Sandbox, Worktrees } from "../../../src/execution/application/ports.ts";
import { runChecks } from "../../../src/execution/application/run-checks.ts";
import { appliesCell, keptAcceptanceTests } from "../../../src/execution/domain/check-cells.ts";
import type { TestResult } from "../../../src/execution/domain/check-matrix.ts";
import { parseEdits } from "../../../src/execution/domain/edit-format/parse-edits.ts";
import { openSandbox } from "../../../src/execution/infrastructure/open-sandbox.ts";
import { removeDirectory } from "../../../src/execution/infrastructure/remove-directory.ts";
import { openReportFolder } from "../../../src/execution/infrastructure/report-folder.ts";
import { scanSecrets } from "../../../src/execution/infrastructure/secret-scan.ts";
import { createWorktrees } from "../../../src/execution/infrastructure/worktrees.ts";
import { bubblewrapMissing } from "../infrastructure/bubblewrap-missing.ts";
import { sampleRepository } from "../infrastructure/sample-repository.ts";

const logger = pino({ level: "silent" });

const source = "export function add(a, b) {\n  return a + b;\n}\n";
const fence = (path: string, text: string) => `\`\`\`js path=${path}\n${text}\`\`\`\n`;
const clamp = "export function clamp(x, low, high) {\n  return Math.min(high, Math.max(low, x));\n}\n";
/** A test file that does `body` when it runs. */
const bad = (body: string) => fence("test/bad.test.js", `${body}\n`);

describe.skipIf(bubblewrapMissing)("checkCandidate (needs bubblewrap)", () => {
  let repository: ReturnType<typeof sampleRepository>;
  let worktrees: Worktrees;
  let sandbox: Sandbox;
  let base: readonly TestResult[] = [];
  let kept: readonly string[] = [];
  let count = 0;

  const files = [
    {
      path: "test/acceptance.test.js",
      text: `
        import test from "node:test"; import assert from "node:assert"; import * as all from "../src/math.js";
        test("clamps from above", () => assert.equal(all.clamp(5, 0, 3), 3));
        test("clamps from below", () => assert.equal(all.clamp(-1, 0, 3), 0));
        test("adds still", () => assert.equal(all.add(1, 2), 3));`,
    },
  ];

  beforeAll(async () => {
    repository = sampleRepository({
      "package.json": JSON.stringify({ type: "module", scripts: { test: "node --test" } }),
      "src/math.js": source,
      "test/math.test.js": `
        import test from "node:test"; import assert from "node:assert"; import { add } from "../src/math.js";
        test("adds", () => assert.equal(add(1, 2), 3));`,
    });
    worktrees = createWorktrees({ root: join(repository.base, "root"), logger });
    sandbox = await openSandbox({ choice: "bubblewrap", logger });
    const { mirror, sha } = repository;
    const worktree = await worktrees.create({ mirror, sha, id: "base" });
    const checks = await detectChecks(worktrees.filesOf(worktree));
    const [test] = await runChecks({ sandbox, openReportFolder, worktree: worktree.directory, checks });
    base = test?.tests ?? [];
    const acceptance = await runAcceptanceTests({
      sandbox,
      openReportFolder,
      worktree,
      worktrees,
      files,
      runner: "node-test",
    });
    kept = keptAcceptanceTests(acceptance.tests ?? []);
    await worktrees.remove(worktree);
  });
  afterAll(() => removeDirectory(repository.base));

  async function check(answer: string, limits = {}) {
    count += 1;
    const worktree = await worktrees.create({ mirror: repository.mirror, sha: repository.sha, id: `c${count}` });
    try {
      const parsed = parseEdits(answer);
      const outcomes = await applyEdits(worktrees.filesOf(worktree), parsed.edits);
      const checked = await checkCandidate({
        worktrees,
        sandbox,
        openReportFolder,
        scanSecrets,
        worktree,
        applies: appliesCell(outcomes, parsed.problems, 1),
        role: "developer",
        checks: await detectChecks(worktrees.filesOf(worktree)),
        base,
        acceptance: { files, kept },
        limits: { wallMs: 20_000, ...limits },
      });
      const cells = Object.entries(checked.row).map(([name, { verdict, reason }]) =>
        `${name}: ${verdict} ${reason}`.trim(),
      );
      return { ...checked, cells };
    } finally {
      await worktrees.remove(worktree);
    }
  }

  it("keeps the acceptance tests that fail on the base", () => {
    expect(base).toEqual([{ name: "test/math.test.js > adds", verdict: "pass", reason: null }]);
    expect(kept).toEqual([
      "test/acceptance.test.js > clamps from above",
      "test/acceptance.test.js > clamps from below",
    ]);
  });

  it("passes a right candidate in every column", async () => {
    const { cells, changes, tree, tests } = await check(
      `src/math.js\n\`\`\`js\n<<<<<<< SEARCH\n${source}=======\n${source}\n${clamp}>>>>>>> REPLACE\n\`\`\``,
    );
    expect(cells).toEqual([
      "applies: pass",
      "builds: pass The project has no build step.",
      "lint: pass The project has no lint step.",
      "regressions: pass 1 tests still pass.",
      "acceptance: pass 2 of 2.",
      "policy: pass",
      "size: pass",
    ]);
    expect(changes.map(({ path }) => path)).toEqual(["src/math.js"]);
    expect(tree).toMatch(/^[0-9a-f]{40}$/);
    expect(tests).toHaveLength(1);
  });

  it("finds a broken test and a missed criterion", async () => {
    const { row } = await check(
      fence(
        "src/math.js",
        "export const add = (a, b) => a - b;\nexport const clamp = (x, low, high) => Math.min(high, x);\n",
      ),
    );
    expect(row.regressions).toMatchObject({
      verdict: "fail",
      reason: expect.stringContaining("1 broken. test/math.test.js > adds: "),
    });
    expect(row.acceptance).toMatchObject({
      verdict: "fail",
      reason: expect.stringMatching(/^1 of 2\. .*clamps from below/),
    });
  });

  it("counts a deleted test as broken", async () => {
    const { row } = await check(`DELETE test/math.test.js\n\n${fence("src/math.js", clamp)}`);
    expect(row.regressions).toMatchObject({
      verdict: "fail",
      reason: expect.stringContaining("does not run any more"),
    });
  });

  it("runs nothing when an edit does not apply, or nothing changes", async () => {
    const { cells } = await check("src/math.js\n<<<<<<< SEARCH\nabsent\n=======\nx\n>>>>>>> REPLACE\n");
    expect(cells.slice(0, 2)).toEqual([
      "applies: fail src/math.js: The SEARCH text is not in the file. Nothing in the file is like it.",
      "builds: not-run The edits do not apply.",
    ]);
    const same = await check(fence("src/math.js", source));
    expect(same.row.builds).toMatchObject({ verdict: "not-run", reason: "The candidate changes nothing." });
  });

  it("finds forbidden paths and secrets, and runs the checks all the same", async () => {
    const { row } = await check(
      fence(".github/workflows/x.yml", "on: push\n") +
        fence("src/key.js", `export default "ghp_${"wWPw5k4aXcaT4fNP0UcnZwJUVFk6LO".padEnd(36, "0")}";\n`),
    );
    expect(row.policy.verdict).toBe("fail");
    expect(row.policy.reason).toContain(".github/workflows/x.yml: Workflow files");
    expect(row.policy.reason).toContain("src/key.js: Line 1 looks like a secret");
    expect(row.policy.reason).not.toContain("wWPw5k4a");
    expect(row.regressions.verdict).toBe("pass");
  });

  it.each([
    ["loops", "for (;;);", { wallMs: 1_500 }, "ran longer than 1.5 s"],
    [
      "forks",
      `import { spawn } from "node:child_process"; for (;;) { try { spawn("sleep", ["4720"], { detached: true, stdio: "ignore" }).on("error", () => {}); } catch {} }`,
      { wallMs: 2_500 },
      "ran longer than 2.5 s",
    ],
    [
      "writes 1 GB",
      `import fs from "node:fs"; for (let i = 0; i < 100; i++) fs.writeFileSync("big" + i, Buffer.alloc(1e7));`,
      { diskBytes: 50_000_000 },
      "grow by more than 48 MiB",
    ],
    [
      "floods the output",
      `for (;;) console.error("x".repeat(1000));`,
      { wallMs: 3_000, outputBytes: 100_000 },
      "The command ",
    ],
  ])("ends a candidate that %s, with the reason", async (_, body, limits, reason) => {
    const { row } = await check(bad(body), limits);
    expect(row.regressions.verdict).toBe("fail");
    expect(row.regressions.reason).toContain(reason);
  });

  it.each([
    ["allocates 2 GB", `const a = []; for (let i = 0; i < 20; i++) a.push(Buffer.alloc(1e8, 1));`],
    ["reads outside", `import fs from "node:fs"; fs.readFileSync("/etc/shadow");`],
    ["calls out", `await fetch("http://127.0.0.1:1/");`],
  ])("fails a candidate that %s, in its own test", async (_, body) => {
    const { row, tests } = await check(bad(body));
    expect(tests.find(({ name }) => name === "test/bad.test.js")).toMatchObject({ verdict: "fail" });
    expect(row.regressions).toMatchObject({
      verdict: "fail",
      reason: expect.stringContaining("1 new and failing. test/bad.test.js: "),
    });
  });

  it("publishes nothing that a test writes: links, repositories, background processes", async () => {
    const { row, changes, tests } = await check(
      bad(`
        import { execSync, spawn } from "node:child_process"; import fs from "node:fs";
        execSync("rm -rf .git; mkdir .git sub sub/.git; ln -s /etc etc");
        fs.writeFileSync("src/math.js", "");
        spawn("sleep", ["4721"], { detached: true, stdio: "ignore" }).unref();`),
    );
    expect(changes.map(({ path }) => path)).toEqual(["test/bad.test.js"]);
    expect(row.policy.verdict).toBe("pass");
    expect(tests.map(({ name }) => name)).toContain("test/bad.test.js");
  });

  it("leaves the machine clean", () => {
    expect(execFileSync("ps", ["-e", "-o", "args="], { encoding: "utf8" })).not.toMatch(/sleep 472[01]/);
    expect(readdirSync(join(repository.base, "root"))).toEqual([]);
  });
});
