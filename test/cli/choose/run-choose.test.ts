import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { afterAll, describe, expect, it } from "vitest";
import { type ChooseOptions, chooseExitCodes } from "../../../src/cli/choose/choose-options.ts";
import { bubblewrapMissing } from "../../execution/infrastructure/bubblewrap-missing.ts";
import { git } from "../../execution/infrastructure/sample-repository.ts";
import {
  choose,
  directory,
  line,
  patchOf,
  project,
  removePlaces,
  repository,
  right,
  run,
  suite,
  wrong,
} from "./a-choice.ts";

afterAll(removePlaces);

const wanted = directory({
  "wanted.test.js": suite(
    'test("adds", () => assert.equal(add(1, 2), 3)); test("adds more", () => assert.equal(add(2, 3), 5));',
  ),
});

describe.skipIf(bubblewrapMissing)("fleet choose (needs bubblewrap)", () => {
  it("measures patches and folders, and lets the right one win", async () => {
    const repo = repository(project);
    const before = git(repo, "status", "--porcelain", "--ignored");
    const { code, report, cell } = await choose({
      repo,
      tests: wanted,
      candidates: directory({
        "c1.patch": patchOf("add.js", line, wrong),
        "c2.patch": patchOf("add.js", line, right),
        "c10/add.js": `// Adds two numbers.\n${right}\n`,
        "c11/change.diff": patchOf("add.js", line, wrong),
        "notes.md": "no candidate",
      }),
    });
    expect(code).toBe(chooseExitCodes.winner);
    expect(report).toMatchObject({ winner: "c2", order: ["c2", "c10", "c1", "c11"], ignored: ["notes.md"] });
    expect(report.base.failing).toEqual(["add.test.js > is broken"]);
    expect(report.acceptance.tests).toEqual(["wanted.test.js > adds", "wanted.test.js > adds more"]);
    expect(report.candidates[1]).toMatchObject({ id: "c10", passes: true, lostAt: "smallest-diff" });
    expect(cell("c1", "regressions")).toMatchObject({ status: "failed", failing: ["add.test.js > zero"] });
    expect(cell("c1", "acceptance")).toMatchObject({ status: "failed", summary: "0 of 2 acceptance tests pass" });
    expect(cell("c2", "acceptance")?.ms).toBeGreaterThan(0);
    expect(git(repo, "status", "--porcelain", "--ignored")).toBe(before);
  });

  it("names what is wrong with changes that cannot win, and ends with 3", async () => {
    const { code, report, cell } = await choose({
      repo: repository(project),
      tests: wanted,
      candidates: directory({
        "empty.patch": "\n",
        "garbage.patch": "Sure! Here is the patch.\n",
        "stale.patch": patchOf("add.js", "something else", right),
        "same.patch": patchOf("add.js", line, line),
        "traversal.patch": `--- /dev/null\n+++ b/../outside.txt\n@@ -0,0 +1 @@\n+x\n`,
        "git-directory.patch": `--- /dev/null\n+++ b/.git/hooks/pre-commit\n@@ -0,0 +1 @@\n+x\n`,
        "workflow/.github/workflows/ci.yml": "on: push",
        "link/passwd": "-> /etc/passwd",
        "secret/key.js": `export const key = "${["ghp", "0123456789abcdefghijABCDEFGHIJ012345"].join("_")}";\n`,
      }),
    });
    expect(code).toBe(chooseExitCodes.nobody);
    expect(report.winner).toBe("none");
    const status = (id: string, name: string) => cell(id, name)?.status;
    for (const id of ["empty", "garbage", "stale", "same", "traversal", "git-directory"])
      expect([id, status(id, "applies"), status(id, "builds")]).toEqual([id, "failed", "not-run"]);
    expect(cell("stale", "applies")?.summary).toMatch(/add\.js.*does not apply/);
    for (const id of ["traversal", "git-directory", "workflow", "link", "secret"])
      expect([id, status(id, "policy")]).toEqual([id, "failed"]);
    expect(cell("traversal", "policy")?.summary).toMatch(/outside\.txt/);
    expect(JSON.stringify(report)).not.toContain("0123456789abcdefghij");
  });

  it("runs changed tests as they were: nobody wins by changing what they ask for", async () => {
    const cheat = "export const add = (a, b) => (b === 0 ? 0 : a + b);";
    const { report, cell } = await choose({
      repo: repository(project),
      tests: wanted,
      candidates: directory({
        "cheat/add.js": `${cheat}\n`,
        "cheat/add.test.js": suite('test("zero", () => assert.equal(add(1, 0), 0)); test("is broken", () => {});'),
        "fine.patch": patchOf("add.js", line, right),
        "skips/add.js": `${cheat}\n`,
        "skips/add.test.js": suite('test("zero", { skip: true }, () => {}); test("is broken", () => {});'),
      }),
    });
    expect(report.order).toEqual(["fine", "cheat", "skips"]);
    expect(report.candidates.map(({ lostAt }) => lostAt)).toEqual([null, "regressions", "regressions"]);
    expect(report.candidates[1]?.why).toBe(
      "fine passes without changing what existing tests ask for (add.test.js > zero)",
    );
    expect(cell("cheat", "regressions")).toMatchObject({
      status: "passed",
      failing: ["add.test.js > zero"],
      summary: "Existing tests that it changed fail as they were: 1; the acceptance tests ask for another behaviour.",
    });
    expect(cell("skips", "regressions")).toMatchObject({
      status: "failed",
      failing: ["add.test.js > zero (is skipped)"],
    });
  });

  it("finds flaky tests by running them again, and blames nobody", async () => {
    const sometimes = suite(`
      import fs from "node:fs";
      const first = !fs.existsSync("seen");
      fs.writeFileSync("seen", "");
      test("sometimes", () => assert.ok(!(first && add(1, 1) === 2)));`);
    const { code, report } = await choose({
      repo: repository({ ...project, "flaky.test.js": sometimes, ".gitignore": "seen\n" }),
      candidates: directory({ "c1.patch": patchOf("add.js", line, right) }),
    });
    expect(code).toBe(chooseExitCodes.winner);
    expect(report.candidates[0]?.flaky).toEqual(["flaky.test.js > sometimes"]);
    expect(report.candidates[0]?.checks.find(({ name }) => name === "regressions")?.summary).toContain(
      "flaky, held against nobody",
    );
  });

  it("runs alone what ran out of time, and blames nobody who is in time then", async () => {
    const once = suite(`
      import fs from "node:fs";
      const first = !fs.existsSync("seen");
      fs.writeFileSync("seen", "");
      test("waits once", async () => { if (first && add(1, 1) === 2) await new Promise((end) => setTimeout(end, 3_600_000)); });`);
    const { code, report, cell } = await choose({
      repo: repository({ ...project, "late.test.js": once, ".gitignore": "seen\n" }),
      candidates: directory({ "c1.patch": patchOf("add.js", line, right) }),
      timeout: "6",
    });
    expect(cell("c1", "regressions")?.summary).toContain("flaky, held against nobody: the test run");
    expect(report.candidates[0]?.flaky).toContain("the test run");
    expect(code).toBe(chooseExitCodes.winner);
  });

  it("prefers who fixes a test that fails on the base, and not by changing it", async () => {
    const reported = 'test("adds", () => assert.equal(add(1, 2), 3));';
    const fails = 'import test from "node:test"; test("fails", () => { throw new Error("always"); });\n';
    const { code, report, cell } = await choose({
      repo: repository({ ...project, "report.test.js": suite(reported), "other.test.js": fails }),
      candidates: directory({
        "alike1/add.js": `${line}\n// A note.\n`,
        "alike2/add.js": `${line}\n// Another note.\n`,
        "fixes/add.js": `// Adds two numbers,\n// and says so\n// at length.\n${right}\n`,
        "cheats/report.test.js": suite(reported.replace("3", "add(1, 2)")),
        "empties/other.test.js": fails.replace('throw new Error("always");', ""),
      }),
    });
    expect(code).toBe(chooseExitCodes.winner);
    expect(report.winner).toBe("fixes");
    expect(cell("fixes", "regressions")).toMatchObject({ status: "passed", fixed: 1 });
    for (const id of ["alike1", "alike2"])
      expect(report.candidates.find((each) => each.id === id)).toMatchObject({ passes: true, lostAt: "fixes" });
    for (const id of ["cheats", "empties"]) expect(cell(id, "regressions")).not.toHaveProperty("fixed");
  });

  it("ends what hangs, forks or floods, and goes on", async () => {
    const { code, report, cell } = await choose({
      repo: repository(project),
      tests: wanted,
      timeout: "3",
      candidates: directory({
        "hangs/add.js": `${right}\nsetInterval(() => {}, 1000);\nawait new Promise(() => {});\n`,
        "forks/add.js": `${right}\nimport { spawn } from "node:child_process";\nfor (;;) { spawn("sleep", ["60"]).on("error", () => {}); await null; }\n`,
        "floods/add.js": `${right}\nfor (;;) process.stdout.write("x".repeat(65536));\n`,
        "fine/add.js": `${right}\n`,
      }),
    });
    expect(code).toBe(chooseExitCodes.winner);
    expect(report.winner).toBe("fine");
    for (const id of ["hangs", "forks", "floods"]) expect(cell(id, "regressions")?.status).toBe("failed");
    expect(report.acceptance.tests).toEqual(["wanted.test.js > adds", "wanted.test.js > adds more"]);
  });

  it("goes by policy and build alone where the repository has no tests", async () => {
    const { code, report, cell } = await choose({
      repo: repository({ "a.txt": "a\n" }),
      candidates: directory({ "c1.patch": patchOf("a.txt", "a", "b") }),
    });
    expect(code).toBe(chooseExitCodes.winner);
    expect(report.base.outcome).toBe("skipped");
    expect(cell("c1", "regressions")?.status).toBe("skipped");
  });

  it("takes the checks and paths of the base's fleet.yml, never of a candidate's", async () => {
    const settings = 'checks: { test: "grep -q good a.txt" }\npaths: { deny: ["locked/**"] }\n';
    const { report, cell } = await choose({
      repo: repository({ "a.txt": "good\n", ".github/fleet.yml": settings }),
      candidates: directory({
        "good.patch": patchOf("a.txt", "good", "good and better"),
        "bad.patch": patchOf("a.txt", "good", "bad"),
        "denied/locked/a.txt": "x\n",
        "cheat/.github/fleet.yml": "checks: { test: 'true' }\n",
        "cheat/a.txt": "bad\n",
      }),
    });
    expect(report.winner).toBe("good");
    expect(cell("bad", "regressions")?.status).toBe("failed");
    expect(cell("denied", "policy")?.status).toBe("failed");
    expect([cell("cheat", "policy")?.status, cell("cheat", "regressions")?.status]).toEqual(["failed", "failed"]);
  });

  it("names a program that is not installed, and does not blame the candidate's code", async () => {
    const { code, report } = await choose({
      repo: repository({ "package.json": '{"scripts":{"test":"no-such-runner"}}', "a.txt": "a\n" }),
      candidates: directory({ "c1.patch": patchOf("a.txt", "a", "b") }),
    });
    expect(code).toBe(chooseExitCodes.nobody);
    expect(report.base).toMatchObject({ outcome: "not-run", reason: "no-such-runner is not installed here." });
    expect(report.candidates[0]?.why).toBe("no-such-runner is not installed here");
  });

  it("says it to people in a table", async () => {
    const { code, out } = await run({
      repo: repository(project),
      json: false,
      candidates: directory({ "c1.patch": patchOf("add.js", line, right), "c2.patch": patchOf("add.js", line, wrong) }),
    });
    expect(code).toBe(0);
    const shown = stripVTControlCharacters(out);
    expect(shown).toMatch(/│ c1 +│ pass/);
    expect(shown).toContain("2. c2: 1 of 2 existing tests break (add.test.js > zero)");
    expect(shown.trimEnd()).toMatch(/winner: c1$/);
  });
});

describe("without a sandbox", () => {
  it("nobody's code is run, which is said, and the exit code is 69", async () => {
    const candidates = directory({ "c1.patch": patchOf("add.js", line, right) });
    const options = { repo: repository(project), candidates, json: false };
    const { code, out } = await run(options, { FLEET_SANDBOX: "off" });
    expect(code).toBe(chooseExitCodes.noSandbox);
    expect(stripVTControlCharacters(out)).toContain("no sandbox: nobody's code was run");
    expect(out).toContain("There is no sandbox");
  });
});

describe("a command line that cannot be meant", () => {
  const repo = repository(project);
  const candidates = directory({ "c1.patch": "x" });
  const file = join(candidates, "c1.patch");

  it.each<[Partial<ChooseOptions>, string]>([
    [
      { repo: "/no/such" },
      '--repo "/no/such": there is no such directory. Give the top directory of a git repository.',
    ],
    [{ repo: file }, "it is a file"],
    [{ repo: candidates }, "it is not a git repository"],
    [{ base: "v9" }, '--base "v9": the repository has no such commit, branch or tag.'],
    [{ base: "--all" }, '--base "--all": the repository has no such commit'],
    [{ candidates: "/no/such" }, '--candidates "/no/such": there is no such directory'],
    [{ candidates: directory({}) }, "it is empty"],
    [{ candidates: directory({ "a.txt": "" }) }, "it holds no candidate (a.txt)"],
    [{ tests: directory({ "data.csv": "" }) }, "it holds no test file"],
    [{ role: "boss" }, '--role "boss": there is no such role. Give one of qa, developer, devops, data.'],
    [{ role: "architect" }, '--role "architect": this role changes no files. Give one of qa,'],
    [
      { role: "qa", tests: wanted },
      '--role "qa": its candidates are tests themselves and are measured by no others. Leave --tests away.',
    ],
    [{ timeout: "soon" }, '--timeout "soon": it is no number of seconds from 1 to 86400. For example --timeout 300.'],
    [{ timeout: "0" }, '--timeout "0"'],
  ])("as %j ends with 64 and says why", async (options, message) => {
    const { code, said, out } = await run({ repo, candidates, ...options }, { FLEET_SANDBOX: "off" });
    expect(said).toContain(message);
    expect(code).toBe(chooseExitCodes.usage);
    expect(out).toBe("");
  });

  it("as a folder within a repository ends so too", async () => {
    const inner = repository({ ...project, "packages/a/index.js": "" });
    const { code, said } = await run({ repo: join(inner, "packages"), candidates }, { FLEET_SANDBOX: "off" });
    expect(said).toContain("it is a folder within a repository, not its top");
    expect(code).toBe(chooseExitCodes.usage);
  });
});
