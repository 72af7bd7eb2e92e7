import { existsSync } from "node:fs";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SearchQuery, Worktree, Worktrees } from "../../../src/execution/application/ports.ts";
import { removeDirectory } from "../../../src/execution/infrastructure/remove-directory.ts";
import { searchWorktree } from "../../../src/execution/infrastructure/search-worktree.ts";
import { createWorktrees } from "../../../src/execution/infrastructure/worktrees.ts";
import { sampleRepository } from "./sample-repository.ts";

const hasRipgrep = (process.env["PATH"] ?? "").split(delimiter).some((directory) => existsSync(join(directory, "rg")));

describe.each([
  ["git grep", null],
  ["ripgrep", "rg"],
])("a search by %s", (_, program) => {
  let repository: ReturnType<typeof sampleRepository>;
  let worktrees: Worktrees;
  let worktree: Worktree;

  const find = (text: string, more: Partial<SearchQuery> = {}) =>
    searchWorktree(
      worktree,
      join(worktree.gitDirectory, "start-index"),
      { texts: [text], under: null, ...more },
      program,
    );
  const places = async (text: string, more: Partial<SearchQuery> = {}) =>
    (await find(text, more)).hits.map(({ path, line }) => `${path}:${line}`);

  beforeAll(async () => {
    repository = sampleRepository({
      "src/a.js": "let total = 1;\n// Total\n",
      "src/ümlaut b.js": "total()\n",
      "src/a.js.map": `${"x".repeat(400)} total\n`,
      "bytes.bin": "total \u0000\n",
      ".gitignore": "ignored/\n",
      ".gitattributes": "* diff=evil\n",
      link: "-> src/a.js",
      out: "-> /etc",
    });
    worktrees = createWorktrees({ root: join(repository.base, "root"), logger: pino({ level: "silent" }) });
    worktree = await worktrees.create({ mirror: repository.mirror, sha: repository.sha, id: "s" });
    await mkdir(join(worktree.directory, "ignored"));
    await writeFile(join(worktree.directory, "ignored/x.js"), "total\n");
    await writeFile(join(worktree.directory, "new.js"), "a\n\ntotal(1, -e.*)\n");
    await symlink("/etc", join(worktree.directory, "made"));
  });
  afterAll(() => removeDirectory(repository.base));

  const its = it.skipIf(program !== null && !hasRipgrep);

  its("finds lines in tracked and new files, none that are ignored, binary or behind a link", async () => {
    expect(await places("total")).toEqual([
      "new.js:3",
      "src/a.js:1",
      "src/a.js:2",
      "src/a.js.map:1",
      "src/ümlaut b.js:1",
    ]);
    expect((await find("total(1")).hits).toEqual([{ path: "new.js", line: 3, text: "total(1, -e.*)" }]);
    expect((await find("total")).hits.find(({ path }) => path === "src/a.js.map")?.text).toHaveLength(300);
  });

  its("tells upper case apart where the text has some, and takes nothing for a pattern or an option", async () => {
    expect(await places("Total")).toEqual(["src/a.js:2"]);
    expect(await places("t.tal")).toEqual([]);
    expect(await places("-e.*")).toEqual(["new.js:3"]);
    expect(await places("--help")).toEqual([]);
    expect(await places("", { texts: ["let ", "a\u0000"] })).toEqual(["src/a.js:1"]);
  });

  its("keeps to a place, and goes over no link", async () => {
    expect(await places("total", { under: "src/a.js" })).toEqual(["src/a.js:1", "src/a.js:2"]);
    expect(await places("total", { under: "src" })).toHaveLength(4);
    expect(await find("root", { under: "made" })).toEqual({
      hits: [],
      more: false,
      problem: "made is a symbolic link.",
    });
    expect((await find("root", { under: "out/passwd" })).problem).toBe("out is a symbolic link.");
    expect((await find("root", { under: "../.." })).problem).toMatch(/leaves the repository/);
    expect((await find("root", { under: "none" })).problem).toBe("There is no none.");
    expect((await find("")).problem).toBe("There is no text to look for.");
  });

  its("says when there is more, and ends when it is told to", async () => {
    const many = Array.from({ length: 30 }, (_, at) =>
      writeFile(join(worktree.directory, `m${at}.txt`), "many\n".repeat(30)),
    );
    await Promise.all(many);
    const { hits, more } = await find("many");
    expect([hits.length, more, hits.filter(({ path }) => path === "m0.txt").length]).toEqual([200, true, 20]);
    const signal = AbortSignal.abort(new Error("stopped"));
    await expect(find("many", { signal })).rejects.toThrow("stopped");
  });
});

it("falls back to git where the program is not there or too old", async () => {
  const repository = sampleRepository({ "a.js": "x\n" });
  try {
    const worktrees = createWorktrees({ root: join(repository.base, "root"), logger: pino({ level: "silent" }) });
    const worktree = await worktrees.create({ mirror: repository.mirror, sha: repository.sha, id: "s" });
    const index = join(worktree.gitDirectory, "start-index");
    const query = { texts: ["x"], under: null };
    const old = join(repository.base, "old-rg");
    await writeFile(old, "#!/bin/sh\necho 'unknown option' >&2\nexit 2\n", { mode: 0o755 });
    for (const program of ["no-such-program-here", old])
      expect((await searchWorktree(worktree, index, query, program)).hits).toHaveLength(1);
    expect((await worktrees.search(worktree, query)).hits).toHaveLength(1);
    const gone = { ...worktree, gitDirectory: join(repository.base, "gone") };
    expect((await searchWorktree(gone, index, query, null)).problem).toMatch(/^The search failed: git grep/);
  } finally {
    await removeDirectory(repository.base);
  }
});
