import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { choose } from "../../../deliberation/application/choose/choose.ts";
import type { Standing } from "../../../deliberation/domain/select.ts";
import { findCommit } from "../../../execution/infrastructure/find-commit.ts";
import { removeDirectory } from "../../../execution/infrastructure/remove-directory.ts";
import { runGit } from "../../../platform/git/run-git.ts";
import { readCandidates, readGivenTests } from "../../../wiring/given-candidates.ts";
import type { Chooser } from "../../../wiring/open-chooser.ts";
import type { Case, Task } from "./task.ts";
import { moduleText, stubText, taskProjects, testText } from "./task-files.ts";

const wallMs = 60_000;

/** The rows of the check matrix of some texts of one task, in their order. */
export type MeasureRows = (
  task: Task,
  texts: readonly string[],
  tests: readonly Case[],
) => Promise<readonly Standing[]>;

/**
 * Measures texts as `fleet choose` does: a repository with the stub, one folder a candidate, the given tests, and then the
 * same reading of the folders, the same matrix in the same sandbox.
 */
export function createMeasureRows(chooser: Chooser): MeasureRows {
  return async (task, texts, tests) => {
    const directory = await mkdtemp(join(tmpdir(), "bench-selection-rows-"));
    const place = (...parts: string[]): string => join(directory, ...parts);
    const { module, tests: testFile, others, test } = taskProjects[task.language];
    try {
      await writeFiles(place("repo"), { ...others, [module]: stubText(task) });
      await writeFiles(place("tests"), { [testFile]: testText(task, tests) });
      for (const [at, text] of texts.entries())
        await writeFiles(place("candidates", `c${at + 1}`), { [module]: moduleText(task, text) });
      const found = await commit(place("repo"));
      const { candidates } = await readCandidates(place("candidates"), chooser.workspaces);
      const { rows } = await choose(
        { ...chooser, say: () => undefined },
        {
          mirror: found.gitDirectory,
          sha: found.sha,
          candidates,
          tests: await readGivenTests(place("tests"), chooser.workspaces),
          policy: { deny: [], tests: [] },
          role: "developer",
          atOnce: 1,
          options: {
            configuration: { install: null, build: null, lint: null, test },
            trusted: false,
            signal: new AbortController().signal,
            wallMs,
          },
        },
      );
      return texts.map((_, at) => {
        const row = rows.find(({ id }) => id === `c${at + 1}`);
        if (row === undefined) throw new TypeError(`no row of candidate ${at + 1} of ${task.name}`);
        return row;
      });
    } finally {
      await removeDirectory(directory);
    }
  };
}

async function writeFiles(directory: string, files: Readonly<Record<string, string>>): Promise<void> {
  await mkdir(directory, { recursive: true });
  for (const [path, text] of Object.entries(files)) await writeFile(join(directory, path), text);
}

async function commit(repo: string): Promise<{ readonly gitDirectory: string; readonly sha: string }> {
  const gitDirectory = join(repo, ".git");
  const call = { gitDirectory, workTree: repo, indexFile: join(gitDirectory, "index") };
  await runGit({ arguments: ["init", "--quiet", "--template=", repo] });
  await runGit({ ...call, arguments: ["add", "--all"] });
  await runGit({
    ...call,
    arguments: ["commit", "--quiet", "--message=base"],
    settings: { "user.name": "bench", "user.email": "bench@example.com" },
  });
  const found = await findCommit(repo, "HEAD");
  if ("wrong" in found) throw new Error(found.message);
  return found;
}
