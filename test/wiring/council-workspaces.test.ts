import { utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pino } from "pino";
import { expect, it } from "vitest";
import { removeDirectory } from "../../src/execution/infrastructure/remove-directory.ts";
import { createWorktrees } from "../../src/execution/infrastructure/worktrees.ts";
import { createCouncilWorkspaces } from "../../src/wiring/council-workspaces.ts";
import { sampleRepository } from "../execution/infrastructure/sample-repository.ts";

it("believes no file's time once a work tree was given out for commands", async () => {
  const repository = sampleRepository({ "b.js": "let b = 1;\n" });
  const worktrees = createWorktrees({ root: join(repository.base, "root"), logger: pino({ level: "silent" }) });
  const workspaces = createCouncilWorkspaces(worktrees);
  const workspace = await workspaces.open({ mirror: repository.mirror, sha: repository.sha, id: "c" });
  const before = await workspace.tree();
  const file = join(workspaces.worktreeOf(workspace).directory, "b.js");
  const old = new Date(1_000_000_000_000);
  await utimes(file, old, old);
  const seen = await workspace.tree();
  // As a candidate's command would: as many bytes, and the time put back.
  await writeFile(file, "let b = 2;\n");
  await utimes(file, old, old);
  expect(seen).toBe(before);
  expect(await workspace.tree()).not.toBe(before);
  expect(await workspace.changes()).toMatchObject({ readable: true, changes: [{ path: "b.js" }] });
  await workspace.close();
  await removeDirectory(repository.base);
});
