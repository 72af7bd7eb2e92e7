import { type ExecFileException, execFile } from "node:child_process";
import { lstat } from "node:fs/promises";
import { join } from "node:path";
import { GitFailure, runGit } from "../../platform/git/run-git.ts";
import type { SearchHit, SearchQuery, SearchResult, Worktree } from "../application/ports.ts";
import { pathProblem } from "../domain/policy/path-problem.ts";

const timeoutMs = 10_000;
const maxOutput = 1_000_000;
const maxHits = 200;
const maxPerFile = 20;
const maxText = 300;

/** The program by that name on PATH; a search without one is git's own. */
const ripgrep = "rg";

/**
 * Searches a work tree for texts, with ripgrep where it is found, else with `git grep` over `indexFile`. Both look for the
 * texts as they are, never for patterns that an answer could make expensive, follow no link, and take no setting from the
 * repository or from this process's environment.
 */
export async function searchWorktree(
  worktree: Worktree,
  indexFile: string,
  query: SearchQuery,
  program: string | null = ripgrep,
): Promise<SearchResult> {
  const problem = query.under === null ? null : await placeProblem(worktree.directory, query.under);
  if (problem !== null) return { hits: [], more: false, problem };
  // No line of a text file holds a line break or a null, and no argument of a program may.
  const texts = query.texts
    .flatMap((text) => text.split(/[\r\n]+/))
    .filter((text) => text !== "" && !text.includes("\0") && text.length <= maxText);
  if (texts.length === 0) return { hits: [], more: false, problem: "There is no text to look for." };
  const same = texts.every((text) => text === text.toLowerCase()) ? ["--ignore-case"] : [];
  const what = [...same, "--fixed-strings", "--line-number", ...texts.flatMap((text) => ["-e", text])];
  const found = program === null ? null : await withRipgrep(program, worktree, what, query);
  const output = found ?? (await withGit(worktree, indexFile, what, query));
  return typeof output === "string" ? { hits: [], more: false, problem: output } : readHits(output);
}

type Output = { readonly text: string; readonly cut: boolean };

/** Null where there is no such program, or it is too old. */
function withRipgrep(
  program: string,
  { directory }: Worktree,
  what: readonly string[],
  { under, signal }: SearchQuery,
): Promise<Output | null> {
  const own = ["--no-config", "--no-messages", "--no-require-git", "--no-ignore-global", "--hidden", "--glob=!.git"];
  const form = ["--null", "--with-filename", "--no-heading", "--color=never", "--sort=path", "--max-filesize=1M"];
  const args = [...own, ...form, `--max-count=${maxPerFile}`, ...what, "--", under === null ? "." : `./${under}`];
  const options = {
    cwd: directory,
    env: { PATH: process.env["PATH"] ?? "", LC_ALL: "C.UTF-8", HOME: "/nonexistent" },
    timeout: timeoutMs,
    maxBuffer: maxOutput,
    killSignal: "SIGKILL",
    ...(signal === undefined ? {} : { signal }),
  } as const;
  return new Promise((resolve, reject) => {
    execFile(program, args, options, (error: ExecFileException | null, stdout, stderr) => {
      if (signal?.aborted) return reject(signal.reason);
      if (error?.code === "ENOENT" || error?.code === "EACCES") return resolve(null);
      // An older one does not know an option; of files that cannot be read it is told to say nothing.
      if (error?.code === 2 && stderr !== "") return resolve(null);
      // Status 1: nothing found; 2: some file could not be read, and the others were. Anything else cut it short.
      resolve({ text: stdout, cut: error !== null && error.code !== 1 && error.code !== 2 });
    });
  });
}

/** What was found, or why the search failed. */
async function withGit(
  { directory, gitDirectory }: Worktree,
  indexFile: string,
  what: readonly string[],
  { under, signal }: SearchQuery,
): Promise<Output | string> {
  // `--max-count` is younger than many a git.
  const form = ["--untracked", "-I", "--null", "--no-color", "--full-name", "--no-textconv"];
  const place = under === null ? "." : `:(top,literal)${under}`;
  const call = {
    gitDirectory,
    workTree: directory,
    indexFile,
    cutAt: maxOutput,
    timeoutMs,
    ...(signal === undefined ? {} : { signal }),
  };
  try {
    const output = await runGit({ ...call, arguments: ["grep", ...form, ...what, "--", place] });
    return { text: output.toString("utf8"), cut: output.length >= maxOutput };
  } catch (error) {
    signal?.throwIfAborted();
    if (!(error instanceof GitFailure)) throw error;
    // Status 1: nothing found; none: the time was over.
    if (error.status !== 1 && error.status !== null) return `The search failed: ${error.message.slice(0, 200)}`;
    return { text: "", cut: error.status === null };
  }
}

function readHits({ text, cut }: Output): SearchResult {
  const counts = new Map<string, number>();
  const all = text
    .split("\n")
    .slice(0, cut ? -1 : undefined)
    .map((line) => /^(?:\.\/)?([^\0]+)\0(\d+)[:\0]([^\n]*)$/.exec(line))
    .flatMap((match): readonly SearchHit[] => {
      const [, path = "", line = "", found = ""] = match ?? [];
      const count = (counts.get(path) ?? 0) + 1;
      counts.set(path, count);
      if (match === null || count > maxPerFile) return [];
      return [{ path, line: Number(line), text: found.trimEnd().slice(0, maxText) }];
    })
    .sort((a, b) => (a.path === b.path ? a.line - b.line : a.path < b.path ? -1 : 1));
  const hits = all.slice(0, maxHits);
  const fullFile = hits.some(({ path }) => (counts.get(path) ?? 0) >= maxPerFile);
  return { hits, more: cut || fullFile || all.length > maxHits, problem: null };
}

/** Why that place is not searched: it leaves the work tree, or a link leads to it. */
async function placeProblem(directory: string, under: string): Promise<string | null> {
  const problem = pathProblem(under);
  if (problem !== null) return problem;
  const parts = under.split("/");
  for (let length = 1; length <= parts.length; length += 1) {
    const path = parts.slice(0, length).join("/");
    const found = await lstat(join(directory, path)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT" || error.code === "ENOTDIR") return null;
      throw error;
    });
    if (found === null) return `There is no ${path}.`;
    if (found.isSymbolicLink()) return `${path} is a symbolic link.`;
  }
  return null;
}
