import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pino } from "pino";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Worktree, Worktrees } from "../../../src/execution/application/ports.ts";
import { applyPatch, pathsOfPatch } from "../../../src/execution/infrastructure/apply-patch.ts";
import { findCommit } from "../../../src/execution/infrastructure/find-commit.ts";
import { overlayDirectory } from "../../../src/execution/infrastructure/overlay-directory.ts";
import { createWorktrees } from "../../../src/execution/infrastructure/worktrees.ts";
import { git, sampleRepository } from "./sample-repository.ts";

const files = { "a.txt": "one\ntwo\n", "dos.txt": "one\r\ntwo\r\n", "run.sh": "#!/bin/sh\n", link: "-> /etc" };
const { base, sha } = sampleRepository(files);
const work = join(base, "work");
let worktrees: Worktrees;
let worktree: Worktree;

beforeAll(() => {
  chmodSync(join(work, "run.sh"), 0o755);
  git(work, "commit", "-qam", "Executable");
  worktrees = createWorktrees({ root: join(base, "trees"), logger: pino({ level: "silent" }) });
});
beforeEach(async () => {
  // A repository of somebody's own serves as it is: its git directory is the mirror.
  const found = await findCommit(work, "HEAD");
  if ("wrong" in found) throw new Error(found.message);
  worktree = await worktrees.create({ mirror: found.gitDirectory, sha: found.sha, id: "given" });
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

const read = (path: string) => readFileSync(join(worktree.directory, path), "utf8");
const apply = (patch: string) => applyPatch(worktree, Buffer.from(patch));
const hunk = "@@ -1,2 +1,2 @@\n-one\n+ONE\n two\n";

describe("a patch", () => {
  it.each([
    ["of git", `diff --git a/a.txt b/a.txt\n--- a/a.txt\n+++ b/a.txt\n${hunk}`],
    ["without prefixes", `--- a.txt\n+++ a.txt\n${hunk}`],
    ["between two folders", `--- old/a.txt\n+++ new/a.txt\n${hunk}`],
    ["with times, as diff -u writes", `--- a/a.txt\t2026-01-01\n+++ b/a.txt\t2026-01-02\n${hunk}`],
    [
      "in a mail",
      `From 1234 Mon Sep 17 00:00:00 2001\nSubject: [PATCH] x\n\n---\n a.txt | 2 +-\n\n--- a/a.txt\n+++ b/a.txt\n${hunk}-- \n2.39.5\n`,
    ],
    ["without its last line end", `--- a/a.txt\n+++ b/a.txt\n${hunk.trimEnd()}`],
    ["with wrong numbers", `--- a/a.txt\n+++ b/a.txt\n@@ -1,9 +1,7 @@\n-one\n+ONE\n two\n`],
    ["of which an editor made all line ends CRLF", `--- a/a.txt\n+++ b/a.txt\n${hunk}`.replaceAll("\n", "\r\n")],
  ])("%s is applied", async (_, patch) => {
    expect(await apply(patch)).toEqual({ problem: null, refused: [] });
    expect(read("a.txt")).toBe("ONE\ntwo\n");
  });

  it("keeps line ends and modes", async () => {
    const patch =
      "--- a/dos.txt\n+++ b/dos.txt\n@@ -1,2 +1,2 @@\n-one\r\n+ONE\r\n two\r\n--- a/run.sh\n+++ b/run.sh\n@@ -1 +1,2 @@\n #!/bin/sh\n+true\n";
    expect((await apply(patch)).problem).toBeNull();
    expect(read("dos.txt")).toBe("ONE\r\ntwo\r\n");
    expect(statSync(join(worktree.directory, "run.sh")).mode & 0o111).toBe(0o111);
  });

  it.each(["\n", "\r\n"])(
    "whose own line ends became %j is applied to a file with CRLF, which keeps them",
    async (end) => {
      const patch = "--- a/dos.txt\n+++ b/dos.txt\n@@ -1,2 +1,2 @@\n one\n-two\n+TWO\n".replaceAll("\n", end);
      expect(await apply(patch)).toEqual({ problem: null, refused: [] });
      expect(read("dos.txt")).toBe("one\r\nTWO\r\n");
      expect(await pathsOfPatch(Buffer.from(patch))).toContain("dos.txt");
    },
  );

  it("whose line ends became CRLF is refused for its paths all the same", async () => {
    const { problem, refused } = await apply("--- a/.git/config\r\n+++ b/.git/config\r\n@@ -0,0 +1 @@\r\n+x\r\n");
    expect(problem).toMatch(/not applied/);
    expect(refused.map(({ path }) => path)).toContain(".git/config");
  });

  it("is applied whole or not at all", async () => {
    const second = "--- a/run.sh\n+++ b/run.sh\n@@ -1 +1 @@\n-not there\n+x\n";
    const { problem } = await apply(`--- a/a.txt\n+++ b/a.txt\n${hunk}${second}`);
    expect(problem).toMatch(/run\.sh: patch does not apply/);
    expect(read("a.txt")).toBe("one\ntwo\n");
  });

  it.each(["../../escaped.txt", "/tmp/fleet-escaped.txt", ".git/config", "sub/.GIT/config", "a/../../escaped.txt"])(
    "to %s is refused and named",
    async (path) => {
      const { problem, refused } = await apply(`--- /dev/null\n+++ b/${path}\n@@ -0,0 +1 @@\n+x\n`);
      expect(problem).not.toBeNull();
      expect(refused.length + Number(/invalid path|outside/.test(problem ?? ""))).toBeGreaterThan(0);
      expect(existsSync("/tmp/fleet-escaped.txt")).toBe(false);
      expect(existsSync(join(base, "trees/escaped.txt"))).toBe(false);
    },
  );

  it("over a link is refused", async () => {
    const { problem } = await apply("--- /dev/null\n+++ b/link/fleet-escaped\n@@ -0,0 +1 @@\n+x\n");
    expect(problem).toMatch(/beyond a symbolic link/);
    expect(existsSync("/etc/fleet-escaped")).toBe(false);
  });

  it.each(["", "  \n", "no patch at all\n"])("of %j is none", async (text) => {
    expect((await apply(text)).problem).toMatch(/empty|no patch/);
  });

  it("tells its paths, the one that it makes and the one that it deletes", async () => {
    const deletion = "--- a/b.txt\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n";
    const addition = "--- /dev/null\n+++ b/packages/c d.txt\n@@ -0,0 +1 @@\n+--- a/../x\n";
    expect(await pathsOfPatch(Buffer.from(deletion + addition))).toEqual(["b.txt", "packages/c d.txt"]);
  });
});

describe("a folder", () => {
  function folder(entries: Readonly<Record<string, string>>): string {
    const place = mkdtempSync(join(base, "over-"));
    for (const [path, text] of Object.entries(entries)) {
      mkdirSync(dirname(join(place, path)), { recursive: true });
      if (text.startsWith("-> ")) symlinkSync(text.slice(3), join(place, path));
      else writeFileSync(join(place, path), text);
    }
    return place;
  }
  const lay = (entries: Readonly<Record<string, string>>) => overlayDirectory(worktree.directory, folder(entries));

  it("is laid over the tree: new files, changed ones, modes as they were", async () => {
    expect(await lay({ "a.txt": "A\n", "new/b.txt": "b\n", "run.sh": "#!/bin/sh\ntrue\n" })).toMatchObject({
      problem: null,
    });
    const changed = await worktrees.changesOf(worktree);
    expect(changed.readable && changed.changes.map(({ path, mode }) => `${mode} ${path}`)).toEqual([
      "100644 a.txt",
      "100644 new/b.txt",
      "100755 run.sh",
    ]);
  });

  it("is taken for a clone where a .git lies at its top", async () => {
    expect((await lay({ ".git/config": "[core]", "a.txt": "A\n" })).problem).toBeNull();
    expect(existsSync(join(worktree.directory, ".git"))).toBe(false);
  });

  it("brings links as links, and follows none", async () => {
    expect((await lay({ mine: "-> /etc/passwd" })).problem).toBeNull();
    const read = await worktrees.changesOf(worktree);
    expect(read.readable && read.changes).toMatchObject([{ path: "mine", mode: "120000" }]);
    expect((await lay({ "link/fleet-escaped": "x" })).problem).toBe("link is not a directory in the repository.");
    expect(existsSync("/etc/fleet-escaped")).toBe(false);
  });

  it.each([{ "sub/.git/config": "[core]" }, { "a\tb.txt": "x" }])("with %j is refused", async (entries) => {
    const { problem, refused } = await lay(entries);
    expect(problem).toMatch(/^It is not applied: /);
    expect(refused).toHaveLength(1);
  });

  it("that is empty changes nothing", async () => {
    expect((await lay({})).problem).toBe("The directory is empty.");
  });
});

describe("a commit", () => {
  it("is found by branch, tag and id, also in a linked work tree and a bare repository", async () => {
    git(work, "worktree", "add", "-q", "--detach", join(base, "linked"), sha);
    git(work, "tag", "v1", sha);
    for (const revision of ["v1", sha, sha.slice(0, 10), "main~1"])
      expect(await findCommit(work, revision)).toMatchObject({ sha });
    expect(await findCommit(join(base, "linked"), "HEAD")).toEqual({ sha, gitDirectory: join(work, ".git") });
    expect(await findCommit(join(base, "mirror.git"), "HEAD")).toEqual({ sha, gitDirectory: join(base, "mirror.git") });
  });

  it.each([
    ["/no/such", "HEAD", "directory"],
    [tmpdir(), "HEAD", "directory"],
    [join(work, "a.txt"), "HEAD", "directory"],
    [work, "no-such", "revision"],
    [work, "HEAD:a.txt", "revision"],
    [work, "--git-dir", "revision"],
    [work, "", "revision"],
  ])("in %s of the name %j is none: wrong %s", async (place, revision, wrong) => {
    expect(await findCommit(place, revision)).toMatchObject({ wrong });
  });
});
