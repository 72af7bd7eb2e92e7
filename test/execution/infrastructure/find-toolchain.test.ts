import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { FindToolchain, Sandbox } from "../../../src/execution/application/ports.ts";
import { runChecks } from "../../../src/execution/application/run-checks.ts";
import type { TestRunner } from "../../../src/execution/domain/checks/checks.ts";
import { createFindToolchain } from "../../../src/execution/infrastructure/find-toolchain.ts";
import { openSandbox, runtimeCache } from "../../../src/execution/infrastructure/open-sandbox.ts";
import { removeDirectory } from "../../../src/execution/infrastructure/remove-directory.ts";
import { openReportFolder } from "../../../src/execution/infrastructure/report-folder.ts";
import { bubblewrapMissing } from "./bubblewrap-missing.ts";

type Files = Readonly<Record<string, string>>;

function lacks(command: string): boolean {
  return spawnSync("sh", ["-c", command]).status !== 0;
}

const debian = "/usr/share/java";

/** A real project of each kind in which one test passes and one fails. */
const projects: readonly {
  readonly language: string;
  readonly runner: TestRunner;
  readonly command: string;
  readonly missing: boolean;
  readonly files: Files;
  readonly pass: string;
  readonly fail: string;
}[] = [
  {
    language: "python",
    runner: "pytest",
    command: "python3 -m pytest -q",
    missing: lacks("python3 -m pytest --version"),
    files: { "test_a.py": "def test_right(): assert 1\ndef test_wrong(): assert 0\n" },
    pass: "test_a.py > test_right",
    fail: "test_a.py > test_wrong",
  },
  {
    language: "python",
    runner: "unittest",
    command: "python3 -m unittest discover",
    missing: lacks("python3 --version"),
    files: {
      "test_a.py":
        "import unittest\nclass A(unittest.TestCase):\n  def test_right(self): pass\n  def test_wrong(self): self.fail('no')\n",
    },
    pass: "test_a.py > A > test_right",
    fail: "test_a.py > A > test_wrong",
  },
  {
    language: "go",
    runner: "go",
    command: "go test ./...",
    missing: lacks("go version"),
    files: {
      "go.mod": "module example.org/a\n",
      "a_test.go":
        'package a\n\nimport "testing"\n\nfunc TestRight(t *testing.T) {}\n\nfunc TestWrong(t *testing.T) { t.Error("no") }\n',
    },
    pass: "example.org/a > TestRight",
    fail: "example.org/a > TestWrong",
  },
  {
    language: "rust",
    runner: "cargo",
    command: "cargo test --offline --no-fail-fast",
    missing: lacks("cargo --version && rustc --version"),
    files: {
      "Cargo.toml": '[package]\nname = "a"\nversion = "0.1.0"\nedition = "2021"\n',
      "src/lib.rs": '#[test]\nfn right() {}\n#[test]\nfn wrong() { panic!("no") }\n',
    },
    pass: "src/lib.rs > right",
    fail: "src/lib.rs > wrong",
  },
  {
    language: "cmake",
    runner: "ctest",
    command: "cmake -S . -B out && ctest --test-dir out",
    missing: lacks("cmake --version && ctest --help | grep -q output-junit"),
    files: {
      "CMakeLists.txt":
        "cmake_minimum_required(VERSION 3.10)\nproject(a NONE)\nenable_testing()\nadd_test(NAME right COMMAND true)\nadd_test(NAME wrong COMMAND false)\n",
    },
    pass: "right",
    fail: "wrong",
  },
  {
    language: "gradle",
    runner: "gradle",
    command: "gradle --offline --no-daemon -q test --continue",
    // Debian's JUnit: this test has no network either.
    missing: lacks(`gradle --version && test -e ${debian}/junit4.jar && test -e ${debian}/hamcrest-core.jar`),
    files: {
      "build.gradle": `apply plugin: 'java'\ndependencies { testImplementation files('${debian}/junit4.jar', '${debian}/hamcrest-core.jar') }\n`,
      "src/test/java/a/ATest.java":
        "package a;\nimport org.junit.*;\npublic class ATest {\n  @Test public void right() {}\n  @Test public void wrong() { Assert.fail(); }\n}\n",
    },
    pass: "a.ATest > right",
    fail: "a.ATest > wrong",
  },
];

describe.skipIf(bubblewrapMissing)("toolchains of this machine in the sandbox (needs bubblewrap)", () => {
  let sandbox: Sandbox;
  let find: FindToolchain;
  const place = mkdtempSync(join(tmpdir(), "fleet-toolchain-"));

  beforeAll(async () => {
    // The sandbox runs as another user where the tests run as root.
    chmodSync(place, 0o755);
    sandbox = await openSandbox({ choice: "bubblewrap", logger: pino({ level: "silent" }) });
    // The machine's own cache: what it copies is large, and the same for every run.
    find = createFindToolchain({ cache: runtimeCache(), goPackages: ["testing"] });
  });
  afterAll(() => removeDirectory(place));

  it.each(projects.filter(({ missing }) => !missing).map((project) => [project.runner, project] as const))(
    "run %s test by test",
    async (_, { language, runner, command, files, pass, fail }) => {
      const worktree = mkdtempSync(join(place, "tree-"));
      chmodSync(worktree, 0o755);
      for (const [path, text] of Object.entries(files)) {
        mkdirSync(dirname(join(worktree, path)), { recursive: true });
        writeFileSync(join(worktree, path), text);
      }
      const { readOnly, path, env, before = "" } = await find([language]);
      const limits = { wallMs: 120_000, cpuSeconds: 240, memoryBytes: 3 * 1024 ** 3, processes: 512 };
      const [result] = await runChecks({
        ...{ sandbox, openReportFolder, worktree, readOnly, path, env, before, limits },
        checks: { test: { command, runner } },
      });
      expect(result?.tests?.map(({ name, verdict }) => [name, verdict])).toEqual(
        expect.arrayContaining([
          [pass, "pass"],
          [fail, "fail"],
        ]),
      );
      expect(result?.tests).toHaveLength(2);
    },
    300_000,
  );

  it("give Node's tools a place for what they keep, and Vite one that is closed", async () => {
    const worktree = mkdtempSync(join(place, "tree-"));
    chmodSync(worktree, 0o755);
    const { before = "" } = await find(["node"]);
    const mkdir = (at: string) =>
      `node -e 'fs.promises.mkdir("${at}", { recursive: true }).catch((e) => console.log(e.code))'`;
    const command = `${before}\n${mkdir("/tmp/.node-cache/ava")}\nln -s /tmp/.closed/.vite-temp x\n${mkdir("x")}`;
    expect((await sandbox.run({ worktree, command })).stdout).toBe("EACCES\n");
  });

  it("are nothing for languages that nobody knows", async () => {
    expect(await find(["cobol"])).toEqual({ readOnly: [], path: [], env: {}, before: "" });
    expect(await find([])).toEqual({ readOnly: [], path: [], env: {}, before: "" });
  });
});

it("a machine without them has no toolchains to show", async () => {
  const cache = mkdtempSync(join(tmpdir(), "fleet-no-toolchain-"));
  const before = process.env["PATH"];
  process.env["PATH"] = "/nonexistent";
  try {
    const { readOnly, path } = await createFindToolchain({ cache })(["python", "go", "rust"]);
    expect({ readOnly, path }).toEqual({ readOnly: [], path: [] });
  } finally {
    process.env["PATH"] = before;
    rmSync(cache, { recursive: true, force: true });
  }
});
