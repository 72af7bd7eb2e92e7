import { chmod, mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pino } from "pino";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Sandbox } from "../../../src/execution/application/ports.ts";
import { runChecks } from "../../../src/execution/application/run-checks.ts";
import { runTestFiles } from "../../../src/execution/application/run-test-files.ts";
import type { Checks } from "../../../src/execution/domain/checks/checks.ts";
import { createOffSandbox } from "../../../src/execution/infrastructure/off-sandbox.ts";
import { openSandbox } from "../../../src/execution/infrastructure/open-sandbox.ts";
import { removeDirectory } from "../../../src/execution/infrastructure/remove-directory.ts";
import { openReportFolder } from "../../../src/execution/infrastructure/report-folder.ts";
import { bubblewrapMissing } from "../infrastructure/bubblewrap-missing.ts";

const logger = pino({ level: "silent" });
const nodeTests: Checks = { test: { command: "npm run --silent test", runner: "node-test" } };

const project = {
  "package.json": JSON.stringify({ type: "module", scripts: { test: "node --test", build: "node build.js" } }),
  "build.js": "",
  "sum.test.js": `
    import test, { describe, it } from "node:test";
    import assert from "node:assert";
    test("adds", () => assert.equal(1 + 1, 2));
    describe("a suite", () => {
      it("fails", () => assert.equal(1 + 1, 3, "two is not three"));
      it("fails", () => {});
      it.skip("is left out", () => {});
    });
    test("has parts", async (t) => { await t.test("part", () => { throw new TypeError("broken part"); }); });`,
  "lib/load.test.js": `import "./absent.js";`,
};

describe.skipIf(bubblewrapMissing).each([["bubblewrap"], ["off"]] as const)(
  "runChecks in %s (needs bubblewrap)",
  (kind) => {
    let worktree = "";
    let sandbox: Sandbox;
    const trusted = kind === "off";

    beforeAll(async () => {
      sandbox = kind === "off" ? createOffSandbox("a test") : await openSandbox({ choice: "bubblewrap", logger });
    });
    beforeEach(async () => {
      worktree = await mkdtemp(join(tmpdir(), "fleet-checks-"));
      await chmod(worktree, 0o755);
    });
    afterEach(() => removeDirectory(worktree));

    async function put(files: Readonly<Record<string, string>>): Promise<void> {
      for (const [path, text] of Object.entries(files)) {
        await mkdir(dirname(join(worktree, path)), { recursive: true });
        await writeFile(join(worktree, path), text);
      }
    }
    const run = (checks: Checks, more = {}) =>
      runChecks({ sandbox, openReportFolder, worktree, trusted, checks, ...more });

    it("reads node --test test by test, behind npm", async () => {
      await put(project);
      const [result] = await run(nodeTests);
      expect(result).toMatchObject({ name: "test", verdict: "fail" });
      expect([...(result?.tests ?? [])].sort((a, b) => (a.name < b.name ? -1 : 1))).toEqual([
        {
          name: "lib/load.test.js",
          verdict: "fail",
          reason: expect.stringMatching(/^Error(?: \[ERR_MODULE_NOT_FOUND\])?: Cannot find module/),
        },
        { name: "sum.test.js > a suite > fails", verdict: "fail", reason: "two is not three" },
        { name: "sum.test.js > a suite > fails (2)", verdict: "pass", reason: null },
        { name: "sum.test.js > a suite > is left out", verdict: "skipped", reason: null },
        { name: "sum.test.js > adds", verdict: "pass", reason: null },
        { name: "sum.test.js > has parts > part", verdict: "fail", reason: "broken part" },
      ]);
      expect(result?.reason).toContain("two is not three");
    });

    it("passes what passes, and stops after a build that does not", async () => {
      await put({ ...project, "sum.test.js": "", "lib/load.test.js": "" });
      const build = { command: "npm run --silent build", runner: null };
      expect((await run({ build, ...nodeTests })).map(({ name, verdict }) => [name, verdict])).toEqual([
        ["build", "pass"],
        ["test", "pass"],
      ]);
      await put({ "build.js": 'throw new Error("no such thing");' });
      expect(await run({ build, lint: build, ...nodeTests })).toMatchObject([
        { name: "build", verdict: "fail", reason: expect.stringContaining("Error: no such thing") },
        { name: "lint", verdict: "not-run", reason: "The build did not pass." },
        { name: "test", verdict: "not-run" },
      ]);
    });

    it("says which limit ended a check", async () => {
      await put({ "x.test.js": "for (;;);" });
      const [result] = await run(
        { test: { command: "node --test", runner: "node-test" } },
        { limits: { wallMs: 800 } },
      );
      expect(result).toMatchObject({ verdict: "fail", reason: "The command ran longer than 0.8 s." });
      expect(result?.tests?.every(({ verdict }) => verdict === "fail")).toBe(true);
    });

    it("names a test after the command where the runner tells no more", async () => {
      const [result] = await run({ test: { command: "echo 'assertion Error: x'; exit 4", runner: null } });
      expect(result?.tests).toEqual([
        { name: "echo 'assertion Error: x'; exit 4", verdict: "fail", reason: "assertion Error: x" },
      ]);
    });

    it("asks AVA for TAP", async () => {
      await put({
        ava: '[ "$1" = --tap ] && printf "TAP version 13\\nok 1 - adds\\nnot ok 2 - halves\\n1..2\\n"; exit 1\n',
      });
      const [result] = await run({ test: { command: "sh ava", runner: "ava" } });
      expect(result?.tests?.map(({ name, verdict }) => [name, verdict])).toEqual([
        ["adds", "pass"],
        ["halves", "fail"],
      ]);
    });

    it("does not believe a status of 0 over a failed test", async () => {
      await put(project);
      const [result] = await run({ test: { command: "npm run --silent test || true", runner: "node-test" } });
      expect(result?.verdict).toBe("fail");
    });

    it("runs the given test files only", async () => {
      await put({ ...project, "it's here.test.js": 'import test from "node:test"; test("one", () => {});' });
      const some = { sandbox, openReportFolder, worktree, trusted };
      expect(await runTestFiles({ ...some, files: ["it's here.test.js"] })).toMatchObject({
        verdict: "pass",
        tests: [{ name: "it's here.test.js > one", verdict: "pass" }],
      });
      expect(await runTestFiles({ ...some, files: [] })).toMatchObject({ verdict: "pass", tests: [] });
      expect(await runTestFiles({ ...some, files: ["../x"] })).toMatchObject({ verdict: "not-run" });
    });

    it("does not follow a link that a candidate puts in the report's place", async () => {
      await put({ "x.test.js": "" });
      const command = "ln -s /etc/passwd /fleet/report/report.json 2>/dev/null; exit 1";
      const [result] = await run({ test: { command, runner: "jest" } });
      expect(result?.tests).toMatchObject([{ name: command, verdict: "fail" }]);
    });
  },
);

describe("runChecks without a sandbox", () => {
  it("runs nothing untrusted and says why", async () => {
    const sandbox = createOffSandbox("bubblewrap is not installed");
    expect(await runChecks({ sandbox, openReportFolder, worktree: tmpdir(), checks: nodeTests })).toMatchObject([
      { verdict: "not-run", reason: "no-sandbox: bubblewrap is not installed" },
    ]);
  });
});
