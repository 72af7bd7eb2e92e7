import { execFileSync, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Worktree, Worktrees } from "../../../src/execution/application/ports.ts";
import { removeDirectory } from "../../../src/execution/infrastructure/remove-directory.ts";
import { createWorktrees } from "../../../src/execution/infrastructure/worktrees.ts";
import { git, sampleRepository } from "./sample-repository.ts";

const logger = pino({ level: "silent" });

describe("createWorktrees", () => {
  let repository: ReturnType<typeof sampleRepository>;
  let worktrees: Worktrees;
  let worktree: Worktree;
  let count = 0;
  const at = (path: string) => join(worktree.directory, path);

  beforeAll(() => {
    repository = sampleRepository({
      "a.txt": "one\ntwo\n",
      "windows.txt": "one\r\ntwo\r\n",
      "src/b.js": "let b = 1;\n",
      "src/gone.js": "1\n",
      ".gitattributes": "*.txt text eol=crlf\n*.js filter=evil\n*.sec ident\n",
      ".gitignore": "ignored/\n",
      link: "-> /etc/passwd",
    });
    worktrees = createWorktrees({ root: join(repository.base, "root"), logger });
  });

  beforeEach(async () => {
    count += 1;
    worktree = await worktrees.create({ mirror: repository.mirror, sha: repository.sha, id: `c-${count}` });
  });

  afterEach(() => worktrees.remove(worktree));
  afterAll(() => removeDirectory(repository.base));

  async function changes() {
    const result = await worktrees.changesOf(worktree);
    if (!result.readable) throw new Error(result.reason);
    return result.changes;
  }

  const paths = async () => (await changes()).map(({ change, mode, path }) => `${change} ${mode} ${path}`);

  /** A commit on the repository's first one, in the mirror too. */
  async function commit(branch: string, path: string, text: string): Promise<string> {
    const work = join(repository.base, "work");
    git(work, "checkout", "-q", "-B", branch, repository.sha);
    await writeFile(join(work, path), text);
    git(work, "add", path);
    git(work, "commit", "-q", "-m", branch);
    git(work, "push", "-q", repository.mirror, branch);
    return git(work, "rev-parse", "HEAD");
  }

  it("checks out byte for byte, whatever the attributes say, and without a .git", async () => {
    expect(await readFile(at("a.txt"), "utf8")).toBe("one\ntwo\n");
    expect(await readFile(at("windows.txt"), "utf8")).toBe("one\r\ntwo\r\n");
    expect(existsSync(at(".git"))).toBe(false);
    expect(await changes()).toEqual([]);
    expect(await worktrees.diffOf(worktree)).toBe("");
    expect(await worktrees.treeOf(worktree)).toBe(git(repository.mirror, "rev-parse", `${repository.sha}^{tree}`));
  });

  it("names what was added, modified and deleted, with mode, bytes and lines", async () => {
    await writeFile(at("src/b.js"), "let b = 2;\nlet c = 3;\n");
    await rm(at("src/gone.js"));
    await writeFile(at("run.sh"), "#!/bin/sh\n");
    await chmod(at("run.sh"), 0o755);
    await writeFile(at("bytes.bin"), Buffer.from([0, 255, 1]));
    await mkdir(at("ignored"));
    await writeFile(at("ignored/x"), "x");
    expect(await changes()).toEqual([
      { path: "bytes.bin", change: "added", mode: "100644", content: "AP8B", size: 3, added: 0, deleted: 0 },
      { path: "run.sh", change: "added", mode: "100755", content: btoa("#!/bin/sh\n"), size: 10, added: 1, deleted: 0 },
      {
        path: "src/b.js",
        change: "modified",
        mode: "100644",
        content: btoa("let b = 2;\nlet c = 3;\n"),
        size: 22,
        added: 2,
        deleted: 1,
      },
      { path: "src/gone.js", change: "deleted", mode: "100644", content: null, size: 0, added: 0, deleted: 1 },
    ]);
    const diff = await worktrees.diffOf(worktree);
    expect(diff).toContain("--- a/src/b.js\n+++ b/src/b.js\n@@ -1 +1,2 @@\n-let b = 1;\n+let b = 2;\n+let c = 3;\n");
    expect(diff).toContain("Binary files /dev/null and b/bytes.bin differ");
  });

  it("shows what a branch changes since it left the base, and not what the base did since", async () => {
    const { mirror } = repository;
    const branch = await commit("theirs", "src/b.js", "let b = 3;\n");
    const base = await commit("moved-on", "other.txt", "not theirs\n");
    const theirs = await worktrees.create({ mirror, sha: branch, id: "theirs" });
    await writeFile(join(theirs.directory, "src/b.js"), "not committed\n");
    const diff = await worktrees.diffSince(theirs, base, 10_000);
    expect(diff).toContain("--- a/src/b.js\n+++ b/src/b.js\n@@ -1 +1 @@\n-let b = 1;\n+let b = 3;\n");
    expect(diff).not.toContain("other.txt");
    expect(await worktrees.diffSince(theirs, branch, 10_000)).toBe("");
    expect(await worktrees.diffSince(theirs, base, 30)).toContain("(cut after 30 bytes)");
    await worktrees.remove(theirs);
  });

  it("writes the tree that git itself would write", async () => {
    await writeFile(at("src/b.js"), "changed\n");
    await rm(at("src/gone.js"));
    const clone = join(repository.base, `clone-${count}`);
    git(repository.base, "clone", "-q", repository.mirror, clone);
    await writeFile(join(clone, "src/b.js"), "changed\n");
    git(clone, "rm", "-q", "src/gone.js");
    git(clone, "add", "src/b.js");
    expect(await worktrees.treeOf(worktree)).toBe(git(clone, "write-tree"));
  });

  it("sees a change that hides behind an equal size and an old time", async () => {
    const old = new Date(1_000_000_000_000);
    await utimes(at("src/b.js"), old, old);
    await worktrees.changesOf(worktree);
    await writeFile(at("src/b.js"), "let b = 9;\n");
    await utimes(at("src/b.js"), old, old);
    expect(await paths()).toEqual(["modified 100644 src/b.js"]);
  });

  describe("where only this process has written", () => {
    const own = { ownWritesOnly: true };

    async function read() {
      const result = await worktrees.changesOf(worktree, own);
      return result.readable ? result.changes : [];
    }

    it("sees each write, also one of equal size within the same second, and answers as a fresh look does", async () => {
      const files = worktrees.filesOf(worktree);
      expect(await read()).toEqual([]);
      for (const text of ["let b = 2;\n", "let b = 3;\n", "let b = 4;\n"]) {
        await files.write("src/b.js", text);
        expect(await read()).toMatchObject([{ path: "src/b.js", change: "modified", content: btoa(text) }]);
      }
      await files.write("new.js", "new\n");
      await files.rename("src/gone.js", "src/moved.js");
      await symlink("a.txt", at("to-a"));
      await mkdir(at("ignored"));
      await files.write("ignored/x", "x");
      expect(await read()).toEqual(await changes());
      expect(await worktrees.treeOf(worktree, own)).toBe(await worktrees.treeOf(worktree));
      expect(await worktrees.diffOf(worktree, 10_000, own)).toBe(await worktrees.diffOf(worktree));
    });

    it("answers several at once, and starts anew after a reset", async () => {
      const files = worktrees.filesOf(worktree);
      await files.write("src/b.js", "let b = 2;\n");
      const [first, second] = await Promise.all([worktrees.treeOf(worktree, own), worktrees.treeOf(worktree, own)]);
      expect(first).toBe(second);
      await worktrees.reset(worktree);
      expect(await read()).toEqual([]);
      await files.write("src/b.js", "let b = 2;\n");
      await worktrees.reset(worktree, ["src/b.js"]);
      expect(await read()).toEqual([]);
    });
  });

  it("shows links as links and never what they lead to", async () => {
    await symlink("/etc/shadow", at("shadow"));
    const [change] = await changes();
    expect(change).toMatchObject({ path: "shadow", mode: "120000", content: btoa("/etc/shadow"), size: 11 });
  });

  it("is not impressed by a candidate's own .git, at the top or below", async () => {
    const marker = join(repository.base, "was-run");
    for (const directory of ["", "sub/", "ignored/sub/"]) {
      await mkdir(at(directory), { recursive: true });
      execFileSync("git", ["init", "-q", at(directory)], { env: { PATH: process.env["PATH"], HOME: "/nonexistent" } });
      git(at(directory), "config", "core.fsmonitor", `touch ${marker}; false`);
      git(at(directory), "config", "filter.evil.clean", `touch ${marker}; cat`);
    }
    await writeFile(at("sub/x.js"), "x\n");
    await writeFile(at("src/b.js"), "let b = 2;\n");
    expect(await paths()).toEqual(["modified 100644 src/b.js", "added 160000 sub"]);
    expect(await worktrees.diffOf(worktree)).toContain("+let b = 2;");
    expect(existsSync(marker)).toBe(false);
  });

  it("sees a tracked directory that became a repository", async () => {
    await mkdir(at("src/.GIT"));
    expect(await paths()).toEqual(["added 160000 src", "deleted 100644 src/b.js", "deleted 100644 src/gone.js"]);
  });

  it("reads a work tree with closed files, closed directories and strange names", async () => {
    await mkdir(at("closed"));
    await writeFile(at("closed/x"), "x");
    await chmod(at("closed/x"), 0);
    await chmod(at("closed"), 0);
    await writeFile(at("new\nline"), "x");
    await writeFile(Buffer.concat([Buffer.from(at("bad-")), Buffer.from([0xff])]), "x");
    expect(await paths()).toEqual(["added 100644 bad-\uFFFD", "added 100644 closed/x", "added 100644 new\nline"]);
  });

  it("does not read what is too long or too much", async () => {
    const deep = "d=$(printf 'a%.0s' $(seq 1 200)); for i in $(seq 1 60); do mkdir $d && cd $d || exit 1; done";
    execFileSync("bash", ["-c", deep], { cwd: worktree.directory });
    expect(await worktrees.changesOf(worktree)).toEqual({
      readable: false,
      reason: "It holds paths that are too long to be read.",
    });
    await expect(worktrees.treeOf(worktree)).rejects.toMatchObject({ name: "PermanentError" });
    expect(await worktrees.diffOf(worktree)).toContain("not readable");
    await worktrees.reset(worktree);
    await Promise.all(Array.from({ length: 2_001 }, (_, file) => writeFile(at(`${file}.txt`), "")));
    expect(await worktrees.changesOf(worktree)).toEqual({ readable: false, reason: "It changes 2,001 files." });
  });

  it("cuts a long diff and says so", async () => {
    await writeFile(at("long.txt"), "x\n".repeat(10_000));
    const diff = await worktrees.diffOf(worktree, 1_000);
    expect(diff.length).toBeLessThan(1_100);
    expect(diff).toContain("cut after 1,000 bytes");
  });

  it("goes back to the start commit", async () => {
    await writeFile(at("a.txt"), "x");
    await writeFile(at("new.txt"), "x");
    await worktrees.reset(worktree);
    expect(await changes()).toEqual([]);
    expect(existsSync(at("new.txt"))).toBe(false);
  });

  it("takes single files back, through no link that stands in their way", async () => {
    const outside = await mkdtemp(join(tmpdir(), "fleet-outside-"));
    await writeFile(at("a.txt"), "x");
    await writeFile(at("new.txt"), "x");
    await rm(at("src"), { recursive: true });
    await symlink(outside, at("src"));
    await worktrees.reset(worktree, ["a.txt", "src/b.js"]);
    expect(await paths()).toEqual(["added 100644 new.txt", "deleted 100644 src/gone.js"]);
    expect(await readdir(outside)).toEqual([]);
    await rm(outside, { recursive: true });
  });

  it("keeps work trees apart, also those of one name, and refuses an unknown commit and a path as id", async () => {
    const other = await worktrees.create({ mirror: repository.mirror, sha: repository.sha, id: `other-${count}` });
    await writeFile(join(other.directory, "a.txt"), "x");
    expect(await changes()).toEqual([]);
    const create = (id: string, sha: string) => worktrees.create({ mirror: repository.mirror, sha, id });
    const again = await create(`other-${count}`, repository.sha);
    expect(again.id).not.toBe(other.id);
    await worktrees.remove(again);
    expect(existsSync(other.directory)).toBe(true);
    await expect(create("x", "0".repeat(40))).rejects.toMatchObject({ name: "PermanentError" });
    await expect(create("../x", repository.sha)).rejects.toMatchObject({ name: "PermanentError" });
    await expect(create("x", "main")).rejects.toMatchObject({ name: "PermanentError" });
    expect((await readdir(join(repository.base, "root"))).filter((name) => name.startsWith("x"))).toEqual([]);
    await worktrees.remove(other);
    expect(existsSync(other.directory)).toBe(false);
  });

  it("sweeps what a dead worker left, and not what a living one uses", async () => {
    const child = spawn("true");
    await new Promise((resolve) => child.once("close", resolve));
    const dead = join(repository.base, "root/dead");
    await mkdir(dead);
    await writeFile(join(dead, "owner"), `${child.pid} 12345`);
    await mkdir(join(repository.base, "root/unfinished"));
    expect([...(await worktrees.sweep())].sort()).toEqual(["dead", "unfinished"]);
    expect(existsSync(worktree.directory)).toBe(true);
  });

  describe("filesOf", () => {
    it("lists what git tracks or would add", async () => {
      await writeFile(at("new.txt"), "x");
      await rm(at("src/gone.js"));
      await mkdir(at("ignored"));
      await writeFile(at("ignored/x"), "x");
      expect(await worktrees.filesOf(worktree).list()).toEqual([
        ".gitattributes",
        ".gitignore",
        "a.txt",
        "link",
        "new.txt",
        "src/b.js",
        "windows.txt",
      ]);
    });

    it("lists no file of which a candidate made a folder, nor one below what is a file now", async () => {
      await rm(at("a.txt"));
      await mkdir(at("a.txt"));
      await rm(at("src"), { recursive: true });
      await writeFile(at("src"), "x");
      expect(await worktrees.filesOf(worktree).list()).toEqual([
        ".gitattributes",
        ".gitignore",
        "link",
        "src",
        "windows.txt",
      ]);
    });

    it("reads and writes text inside only", async () => {
      const files = worktrees.filesOf(worktree);
      expect(await files.read("windows.txt")).toEqual({ kind: "text", text: "one\r\ntwo\r\n" });
      expect(await files.read("absent.txt")).toEqual({ kind: "missing" });
      expect(await files.read("link")).toEqual({ kind: "refused", reason: "link is a symbolic link." });
      expect(await files.read("src")).toMatchObject({ kind: "refused" });
      expect(await files.read("a.txt/x")).toMatchObject({ kind: "refused" });
      expect(await files.read("../mirror.git/HEAD")).toMatchObject({ kind: "refused" });
      await writeFile(at("latin.txt"), Buffer.from([0xe9]));
      expect(await files.read("latin.txt")).toEqual({ kind: "refused", reason: "It is not UTF-8 text." });
      await writeFile(at("zero.bin"), Buffer.from([0]));
      expect(await files.read("zero.bin")).toEqual({ kind: "refused", reason: "It is a binary file." });
      await writeFile(at("large.txt"), "x".repeat(1_000_001));
      expect(await files.read("large.txt")).toMatchObject({ kind: "refused" });
      expect(await files.write("deep/new/x.js", "x")).toEqual({ done: true });
      expect(await readFile(at("deep/new/x.js"), "utf8")).toBe("x");
      await symlink("/tmp", at("out"));
      expect(await files.write("out/x.js", "x")).toEqual({ done: false, reason: "out is a symbolic link." });
      expect(await files.write("x.js", "x".repeat(1_000_001))).toMatchObject({ done: false });
      expect(await files.write(".git/config", "x")).toMatchObject({ done: false });
    });

    it("removes and renames", async () => {
      const files = worktrees.filesOf(worktree);
      expect(await files.remove("a.txt")).toEqual({ done: true });
      expect(await files.remove("a.txt")).toMatchObject({ done: false });
      expect(await files.remove("link")).toMatchObject({ done: false });
      expect(await files.rename("src/b.js", "lib/b.js")).toEqual({ done: true });
      expect(await files.rename("src/b.js", "lib/c.js")).toMatchObject({ done: false });
      expect(await files.rename("lib/b.js", "src/gone.js")).toEqual({
        done: false,
        reason: "src/gone.js is already there.",
      });
      expect(await files.rename("lib/b.js", "../b.js")).toMatchObject({ done: false });
      expect(await files.rename("link", "l2")).toMatchObject({ done: false });
      expect(await paths()).toEqual(["deleted 100644 a.txt", "added 100644 lib/b.js", "deleted 100644 src/b.js"]);
    });
  });
});
