import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ChangedFile } from "./changed-file.ts";
import { parseChangedFiles } from "./changed-file.ts";
import type { CommitObject, NewCommit } from "./commit-object.ts";
import { parseCommit, serialiseCommit } from "./commit-object.ts";
import { RememberingGit } from "./remembering-git.ts";
import { runGit } from "./run-git.ts";

export interface TreeEntry {
  readonly path: string;
  readonly mode: string;
  readonly type: "blob" | "tree" | "commit";
  readonly sha: string;
  readonly size: number | null;
}

/** A change to a tree; `sha: null` removes the path. */
export interface TreeChange {
  readonly path: string;
  readonly mode: string;
  readonly sha: string | null;
}

/** What a push needs of the server, and nothing that changes a repository by itself. */
const configuration = `[http]
	receivepack = true
[uploadpack]
	allowFilter = true
	allowAnySHA1InWant = true
[receive]
	denyNonFastForwards = false
	denyDeleteCurrent = refuse
[core]
	logAllRefUpdates = false
[gc]
	auto = 0
`;

/** Every repository knows it. */
export const emptyTree = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

export type ObjectType = "blob" | "tree" | "commit" | "tag";

/** A bare repository: real git objects, read and written by git itself. */
export class GitRepository {
  readonly directory: string;
  readonly #git: RememberingGit;

  constructor(directory: string) {
    this.directory = directory;
    this.#git = new RememberingGit(directory);
  }

  async initialise(defaultBranch: string): Promise<void> {
    await mkdir(this.directory, { recursive: true });
    await writeFile(join(this.directory, "config"), configuration);
    await this.#git.text(["init", "--quiet", "--bare", `--initial-branch=${defaultBranch}`, "--template=", "."]);
  }

  /** Has a commit of another repository, with everything that it is made of. */
  async take(from: GitRepository, sha: string): Promise<void> {
    await this.#git.text(["fetch", "--quiet", "--no-tags", "--no-write-fetch-head", from.directory, sha]);
  }

  /** Makes a tree of all files of a directory (its own `.git` left out; ignored files too). */
  async importDirectory(directory: string): Promise<string> {
    return this.#withIndex(async (environment) => {
      const at = ["--git-dir", this.directory, "--work-tree", directory];
      const runIn = (args: readonly string[]) => runGit(directory, [...at, ...args], { environment });
      await runIn(["-c", "core.autocrlf=false", "add", "--all", "."]);
      return (await runIn(["write-tree"])).stdout.toString("utf8").trim();
    });
  }

  async refs(): Promise<Record<string, string>> {
    const text = await this.#git.text(["for-each-ref", "--format=%(objectname) %(refname)", "refs/heads", "refs/tags"]);
    return Object.fromEntries(lines(text).map((line) => [line.slice(41), line.slice(0, 40)]));
  }

  /** The branches that contain a commit, with their heads. */
  async branchesWith(sha: string, limit: number): Promise<readonly { readonly name: string; readonly sha: string }[]> {
    const format = "--format=%(objectname) %(refname:lstrip=2)";
    const text = await this.#git.text(["for-each-ref", format, `--count=${limit}`, "--contains", sha, "refs/heads"]);
    return lines(text).map((line) => ({ name: line.slice(41), sha: line.slice(0, 40) }));
  }

  /** Moves or makes a ref, or deletes it (null). */
  async setRef(ref: string, sha: string | null): Promise<void> {
    await this.#git.text(sha === null ? ["update-ref", "-d", ref] : ["update-ref", ref, sha]);
  }

  async isValidRef(ref: string): Promise<boolean> {
    return (await this.#git.run(["check-ref-format", ref], { allow: [1] })).code === 0;
  }

  async typeOf(sha: string): Promise<ObjectType | null> {
    const { code, stdout } = await this.#git.look(["cat-file", "-t", sha], [sha], { allow: [1, 128] });
    const type = stdout.toString("utf8").trim();
    if (code !== 0) return null;
    return type === "blob" || type === "tree" || type === "commit" ? type : "tag";
  }

  /** The commit that a revision names, or null. */
  async resolve(revision: string): Promise<string | null> {
    const args = ["rev-parse", "--quiet", "--verify", "--end-of-options", `${revision}^{commit}`];
    const { code, stdout } = await this.#git.look(args, [revision], { allow: [1, 128] });
    return code === 0 ? stdout.toString("utf8").trim() : null;
  }

  async commit(sha: string): Promise<CommitObject> {
    return parseCommit(sha, await this.#git.lookText(["cat-file", "commit", sha], [sha]));
  }

  writeCommit(commit: NewCommit): Promise<string> {
    return this.#write("commit", serialiseCommit(commit));
  }

  writeBlob(content: Buffer): Promise<string> {
    return this.#write("blob", content);
  }

  async blob(sha: string): Promise<Buffer> {
    return (await this.#git.look(["cat-file", "blob", sha], [sha])).stdout;
  }

  async tree(treeish: string, recursive: boolean): Promise<TreeEntry[]> {
    const args = ["ls-tree", "-z", "--long", ...(recursive ? ["-r", "-t"] : []), treeish];
    const text = await this.#git.lookText(args, [treeish]);
    return text.split("\0").filter(Boolean).map(parseTreeLine);
  }

  /** The entry of one path in a commit, or undefined. */
  async entry(commit: string, path: string): Promise<TreeEntry | undefined> {
    const text = await this.#git.lookText(["ls-tree", "-z", "--long", "--full-tree", commit, "--", path], [commit]);
    return text.split("\0").filter(Boolean).map(parseTreeLine)[0];
  }

  /** Makes a tree from another one (or from nothing) and changes; modes are kept. */
  writeTree(base: string | null, changes: readonly TreeChange[]): Promise<string> {
    return this.#withIndex(async (environment) => {
      if (base !== null) await this.#git.text(["read-tree", base], { environment });
      const isTree = (change: TreeChange) => change.mode === "040000" && change.sha !== null;
      const removedTrees = changes.filter((change) => change.mode === "040000");
      for (const { path } of base === null ? [] : removedTrees) {
        await this.#git.text(["rm", "-r", "-q", "--cached", "--ignore-unmatch", "--", `:(literal)${path}`], {
          environment,
        });
      }
      const input = changes
        .filter((change) => !isTree(change))
        .map(({ path, mode, sha }) => (sha === null ? `0 ${"0".repeat(40)}\t${path}\0` : `${mode} ${sha}\t${path}\0`))
        .join("");
      await this.#git.text(["update-index", "--add", "--replace", "-z", "--index-info"], { environment, input });
      for (const { path, sha } of changes.filter(isTree)) {
        if (sha !== null) await this.#git.text(["read-tree", `--prefix=${path}/`, sha], { environment });
      }
      return (await this.#git.text(["write-tree"], { environment })).trim();
    });
  }

  /** Merges two commits in memory; null when they conflict. */
  async mergeTree(ours: string, theirs: string): Promise<string | null> {
    const args = ["merge-tree", "--write-tree", "--no-messages", "--allow-unrelated-histories", ours, theirs];
    const { code, stdout } = await this.#git.run(args, { allow: [1] });
    return code === 0 ? stdout.toString("utf8").trim() : null;
  }

  async mergeBase(left: string, right: string): Promise<string | null> {
    const { code, stdout } = await this.#git.look(["merge-base", left, right], [left, right], { allow: [1] });
    return code === 0 ? stdout.toString("utf8").trim() : null;
  }

  async isAncestor(ancestor: string, of: string): Promise<boolean> {
    const args = ["merge-base", "--is-ancestor", ancestor, of];
    // 128: one of them is not there (yet).
    const { code } = await this.#git.look(args, [ancestor, of], { allow: [1, 128], settled: [0, 1] });
    return code === 0;
  }

  /** Commits that `to` has and `from` has not (all, when `from` is null), newest first. */
  async log(from: string | null, to: string, limit = 250, path?: string): Promise<CommitObject[]> {
    const range = from === null ? [to] : [to, `^${from}`];
    const where = path === undefined ? [] : ["--", `:(literal)${path}`];
    const args = ["rev-list", "--topo-order", `--max-count=${limit}`, ...range, ...where];
    const text = await this.#git.lookText(args, [to, from ?? emptyTree]);
    return Promise.all(lines(text).map((sha) => this.commit(sha)));
  }

  /** The hashes of all commits that `to` has and `from` has not. */
  async added(from: string | null, to: string): Promise<ReadonlySet<string>> {
    const args = ["rev-list", to, ...(from === null ? [] : [`^${from}`])];
    return new Set(lines(await this.#git.lookText(args, [to, from ?? emptyTree])));
  }

  async count(from: string | null, to: string): Promise<number> {
    const args = ["rev-list", "--count", to, ...(from === null ? [] : [`^${from}`])];
    return Number(await this.#git.lookText(args, [to, from ?? emptyTree]));
  }

  /** The files that differ between two trees or commits; `from` null compares with nothing. */
  async diff(from: string | null, to: string): Promise<ChangedFile[]> {
    const between = [from ?? emptyTree, to] as const;
    const options = ["diff-tree", "-r", "-M", "--no-color", "--no-ext-diff", "--no-textconv", "--full-index"];
    const [raw, patches] = await Promise.all([
      this.#git.lookText([...options, "--raw", "-z", "--numstat", ...between], between),
      this.#git.lookText([...options, "--patch", ...between], between),
    ]);
    return parseChangedFiles(raw, patches);
  }

  /** The difference as `git diff` prints it. */
  diffText(from: string, to: string): Promise<string> {
    return this.#git.lookText(["diff-tree", "-r", "-M", "--patch", "--no-color", "--full-index", from, to], [from, to]);
  }

  async #write(type: ObjectType, content: string | Buffer): Promise<string> {
    return (await this.#git.text(["hash-object", "-t", type, "-w", "--stdin"], { input: content })).trim();
  }

  async #withIndex<T>(work: (environment: Record<string, string>) => Promise<T>): Promise<T> {
    const folder = await mkdtemp(join(tmpdir(), "local-github-index-"));
    try {
      // Some index commands refuse a bare repository: an empty work tree satisfies them.
      return await work({ GIT_INDEX_FILE: join(folder, "index"), GIT_DIR: this.directory, GIT_WORK_TREE: folder });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
}

function lines(text: string): string[] {
  return text.split("\n").filter(Boolean);
}

function parseTreeLine(line: string): TreeEntry {
  const tab = line.indexOf("\t");
  const [mode = "", type = "", sha = "", size = "-"] = line.slice(0, tab).split(/ +/);
  const kind = type === "tree" || type === "commit" ? type : "blob";
  return { path: line.slice(tab + 1), mode, type: kind, sha, size: size === "-" ? null : Number(size) };
}
