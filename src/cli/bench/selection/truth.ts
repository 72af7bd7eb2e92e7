import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FindToolchain, Sandbox } from "../../../execution/application/ports.ts";
import { removeDirectory } from "../../../execution/infrastructure/remove-directory.ts";
import type { MeasureTruth, Truth } from "./candidates.ts";
import type { Task } from "./task.ts";
import { moduleText, taskProjects, testText } from "./task-files.ts";

/** What `timeout` ends with. */
const timedOut = 124;
const wallMs = 300_000;

/**
 * Runs all tests of a task on texts of its module, outside of the product's checks but in the same sandbox: one run for
 * all of them, each in a folder of its own and told by its exit status alone. Those that a limit of the whole run kept
 * from an answer are run once more by themselves.
 */
export function createMeasureTruth(sandbox: Sandbox, toolchains: FindToolchain): MeasureTruth {
  return async (task, texts) => {
    const statuses = await runAll(sandbox, toolchains, task, texts);
    const truths: Truth[] = [];
    for (const [at, text] of texts.entries()) {
      const status = statuses.get(at) ?? (await runAll(sandbox, toolchains, task, [text])).get(0);
      truths.push(status === undefined || status === timedOut ? "endless" : status === 0 ? "right" : "wrong");
    }
    return truths;
  };
}

/** The exit status of each text's tests, by its place; those that did not come to their turn are missing. */
async function runAll(
  sandbox: Sandbox,
  toolchains: FindToolchain,
  task: Task,
  texts: readonly string[],
): Promise<ReadonlyMap<number, number>> {
  const { module, tests, others, verify } = taskProjects[task.language];
  const directory = await mkdtemp(join(tmpdir(), "bench-selection-truth-"));
  try {
    for (const [at, text] of texts.entries()) {
      const files = {
        ...others,
        [module]: moduleText(task, text),
        [tests]: testText(task, [...task.visible, ...task.hidden]),
      };
      await mkdir(join(directory, `c${at}`));
      for (const [path, content] of Object.entries(files)) await writeFile(join(directory, `c${at}`, path), content);
    }
    const { before = "", ...toolchain } = await toolchains([task.language]);
    const each = `( cd "$at" && ${verify} ) > /dev/null 2>&1; echo "$at $?"`;
    const { stdout, endedBy, reason } = await sandbox.run({
      worktree: directory,
      command: `${before}\nfor at in c*; do ${each}; done`,
      limits: { wallMs },
      ...toolchain,
    });
    if (endedBy === "refused") throw new Error(`The hidden tests could not be run: ${reason}`);
    return new Map([...stdout.matchAll(/^c(\d+) (\d+)$/gm)].map(([, at, status]) => [Number(at), Number(status)]));
  } finally {
    await removeDirectory(directory);
  }
}
