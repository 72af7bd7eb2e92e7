import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { openGitCommits } from "../../../src/context/infrastructure/git-commits.ts";
import { committed, git } from "../committed-repository.ts";

const directory = mkdtempSync(join(tmpdir(), "git-commits-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

it("reads any commit of a repository, and of who wrote it a digest only", async () => {
  committed(directory, {
    "b.ts": "const b = 1;\r\n",
    "a.ts": "const a = 1;",
    "made.ts": "// @generated\n",
    "dist/c.js": "c",
    "d.txt": Buffer.from([0, 1]),
  });
  const commit = git(directory, "rev-parse", "HEAD");
  const source = openGitCommits(join(directory, ".git"));
  const { files, leftOut } = await source.tree(commit);
  expect(files.map(({ path }) => path)).toEqual(["a.ts", "b.ts", "d.txt", "made.ts"]);
  expect(leftOut).toEqual([{ path: "dist/c.js", reason: "generated", blob: null }]);
  const read = [];
  const absent = { path: "z.ts", blob: "0".repeat(40), size: 1 };
  for await (const each of source.texts([...files, absent]))
    read.push([each.file.path, each.kind === "text" ? each.text : each.reason]);
  expect(read).toEqual([
    ["a.ts", "const a = 1;"],
    ["b.ts", "const b = 1;\n"],
    ["d.txt", "binary"],
    ["made.ts", "generated"],
    ["z.ts", "absent"],
  ]);
  expect((await source.history(commit)).map(({ id }) => id)).toEqual([commit]);
  const [mine] = (await source.authors(commit, "1")).values();
  const [others] = (await source.authors(commit, "2")).values();
  expect(mine).toMatch(/^[0-9a-f]{64}$/);
  expect(mine).not.toBe(others);
  await expect(source.tree("f".repeat(40))).rejects.toThrow("is not in this repository");
  await expect(source.tree("--help")).rejects.toThrow("is not in this repository");
});

it("has each path once, also where names that are no UTF-8 read alike", async () => {
  const at = mkdtempSync(join(directory, "names-"));
  git(at, "init", "--quiet", "--bare");
  const files = ["\\350", "\\351"].map((byte) => `M 100644 inline "caf${byte}.ts"\ndata 3\n${byte.slice(1)}\n`);
  const head = "commit refs/heads/main\ncommitter a <a@example.com> 0 +0000\ndata 0\n";
  execFileSync("git", ["fast-import", "--quiet"], { cwd: at, input: head + files.join("") });
  const { files: listed } = await openGitCommits(at).tree("main");
  expect(listed.map(({ path }) => path)).toEqual(["caf\ufffd.ts"]);
});
