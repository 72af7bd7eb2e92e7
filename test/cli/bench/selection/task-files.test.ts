import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { readTasks } from "../../../../src/cli/bench/selection/read-tasks.ts";
import type { Task, TaskLanguage } from "../../../../src/cli/bench/selection/task.ts";
import { moduleText, stubText, taskProjects, testText } from "../../../../src/cli/bench/selection/task-files.ts";
import { ensureGoBuildCache } from "../../../../src/execution/infrastructure/go-build-cache.ts";
import { runtimeCache } from "../../../../src/execution/infrastructure/open-sandbox.ts";
import { thorough, whyNotThorough } from "../../../support/thorough.ts";

const root = mkdtempSync(join(tmpdir(), "bench-selection-tasks-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Writes each task's solution with all of its tests into a folder of its own. */
async function writeAll(language: TaskLanguage): Promise<readonly string[]> {
  const { module, tests, others } = taskProjects[language];
  return (await readTasks(language)).map((task) => {
    const folder = join(root, language, task.name);
    const files = { ...others, [module]: moduleText(task, task.solution), [tests]: allTests(task) };
    mkdirSync(folder, { recursive: true });
    for (const [path, text] of Object.entries(files)) writeFileSync(join(folder, path), text);
    return folder;
  });
}

function allTests(task: Task): string {
  return testText(task, [...task.visible, ...task.hidden]);
}

function run(command: string, args: readonly string[], cwd: string, more: Readonly<Record<string, string>> = {}) {
  // A test runner that finds itself within another one prints something else.
  const { NODE_TEST_CONTEXT: _, NODE_OPTIONS: __, ...env } = process.env;
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, env: { ...env, ...more }, encoding: "utf8" });
  return { status, output: `${stdout}${stderr}` };
}

/** A build cache to write into, on top of the machine's compiled standard library: compiling that is most of the work. */
async function goCache(): Promise<Readonly<Record<string, string>>> {
  const version = run("go", ["env", "GOVERSION"], root).output.trim();
  const made = await ensureGoBuildCache({ program: "go", version, cache: runtimeCache() });
  if (made === null) return {};
  const own = join(root, "go-cache");
  cpSync(made, own, { recursive: true });
  return { GOCACHE: own };
}

const has = (program: string): boolean => spawnSync(program, ["version"]).error === undefined;

describe.skipIf(!thorough)(`every bundled solution passes its tests${whyNotThorough}`, () => {
  it("in JavaScript", async () => {
    const folders = await writeAll("javascript");
    const imports = folders.map(
      (folder) => `await import(${JSON.stringify(pathToFileURL(join(folder, "task.test.js")))});`,
    );
    const { status, output } = run(process.execPath, ["--input-type=module", "--eval", imports.join("\n")], root);
    expect(output).toMatch(/^(?:#|ℹ) fail 0$/m);
    expect([status, /^(?:#|ℹ) tests (\d+)$/m.exec(output)?.[1]]).toEqual([0, String(await countTests("javascript"))]);
  });

  it.runIf(has("python3"))(
    "in Python",
    async () => {
      const folders = await writeAll("python");
      // One interpreter for all: each folder's modules have the names of the last one's.
      const script = [
        "import sys, unittest",
        "for folder in sys.argv[1:]:",
        "    sys.path[:1] = [folder]",
        "    sys.modules.pop('task', None); sys.modules.pop('test_task', None)",
        "    done = unittest.main('test_task', argv=['unittest', '-q'], exit=False)",
        "    if not done.result.wasSuccessful(): print('WRONG', folder)",
      ].join("\n");
      const { status, output } = run("python3", ["-c", script, ...folders], root);
      expect([status, output]).toEqual([0, expect.not.stringContaining("WRONG")]);
      expect(output.match(/^OK$/gm)).toHaveLength(folders.length);
    },
    180_000,
  );

  it.runIf(has("go"))(
    "in Go, all of them as one package",
    async () => {
      const folder = join(root, "go-all");
      mkdirSync(folder);
      writeFileSync(join(folder, "go.mod"), taskProjects.go.others["go.mod"] ?? "");
      for (const task of await readTasks("go")) {
        writeFileSync(join(folder, `${task.name}.go`), moduleText(task, task.solution));
        writeFileSync(join(folder, `${task.name}_test.go`), allTests(task));
      }
      const { status, output } = run("go", ["test", "-vet=off", "-v", "."], folder, await goCache());
      expect([status, output.match(/^--- FAIL.*$/gm)]).toEqual([0, null]);
      expect(output.match(/^--- PASS/gm)).toHaveLength(await countTests("go"));
    },
    240_000,
  );
});

async function countTests(language: TaskLanguage): Promise<number> {
  return (await readTasks(language)).reduce((sum, { visible, hidden }) => sum + visible.length + hidden.length, 0);
}

it.each(["javascript", "python", "go"] as const)("a stub in %s has the function and fails", async (language) => {
  for (const task of await readTasks(language)) {
    expect(stubText(task)).toContain(`${task.name}(`);
    expect(stubText(task)).toMatch(/not written yet/);
  }
});
