import { GitFailure } from "../../platform/git/run-git.ts";
import type { ChangedLines } from "../application/code-index-ports.ts";
import { type Hunk, hunksOf } from "../domain/code/changed-symbols.ts";
import { languageOf } from "../domain/code/language.ts";
import { hugeBytes, leaveOutByPath } from "../domain/code/left-out.ts";
import type { CallGit } from "./list-tree.ts";

/**
 * So much of the patches is read; the commits that are not in it whole are told as not known. One that would be too much alone is
 * told as a wide one: those after it have their turn.
 */
const mostPatchBytes = 16 * 1024 * 1024;

/** Of a file that is not read there are no lines. */
const settings = { "core.bigFileThreshold": String(hugeBytes) };

/** `diff-tree` compares each commit of its input with its parent; of a merge it tells nothing. */
const compare = ["diff-tree", "--stdin", "-r", "--root", "--find-renames", "-l2000", "--no-ext-diff"];

/**
 * The source files of commits as these left them, with the lines that they wrote. A commit that changed more than `widest`
 * of them has none; one that cannot be read, as a partial clone lacks its contents, is absent.
 */
export async function readChangedLines(
  git: CallGit,
  commits: readonly string[],
  widest: number,
): Promise<ReadonlyMap<string, readonly ChangedLines[]>> {
  try {
    const listed = await git({
      arguments: [...compare, "--raw", "--abbrev=64", "-z"],
      input: linesOf(commits),
      settings,
    });
    const all = parseRaw(listed.toString("utf8"));
    const narrow = commits.filter((commit) => (all.get(commit) ?? []).length <= widest);
    const patches = await readPatches(
      git,
      narrow.filter((commit) => all.has(commit)),
    );
    const sizes = await sizesOf(
      git,
      narrow.flatMap((commit) => (all.get(commit) ?? []).map(({ after }) => after)),
    );
    return new Map(
      commits.flatMap((commit) => {
        const files = narrow.includes(commit) ? (all.get(commit) ?? []) : [];
        const hunks = patches.get(commit);
        if (files.length > 0 && hunks === undefined) return [];
        const lines = files.flatMap(({ path, before, after }): readonly ChangedLines[] => {
          const size = sizes.get(after) ?? 0;
          const own = hunks?.get(`${before}..${after}`) ?? [];
          return own.length === 0 || leaveOutByPath(path, size) !== null
            ? []
            : [{ path, blob: after, size, hunks: own }];
        });
        return [[commit, lines] as const];
      }),
    );
  } catch (error) {
    // Nothing is fetched for a partial clone.
    if (error instanceof GitFailure && error.stderr.includes("promisor remote")) return new Map();
    throw error;
  }
}

type RawFile = { readonly path: string; readonly before: string; readonly after: string };

/** `<commit>\0`, then `:<mode> <mode> <blob> <blob> <status>\0<path>\0` with two paths where a file was renamed. */
function parseRaw(raw: string): ReadonlyMap<string, readonly RawFile[]> {
  const commits = new Map<string, RawFile[]>();
  const fields = raw.split("\0");
  let files: RawFile[] = [];
  for (let at = 0; at < fields.length; at += 1) {
    const field = fields[at]?.trim() ?? "";
    const [, before = "", after = "", status = ""] = /^:\d+ \d+ (\w+) (\w+) (\w)\d*$/.exec(field) ?? [];
    if (status === "") {
      files = [];
      if (field !== "") commits.set(field, files);
      continue;
    }
    at += status === "R" || status === "C" ? 2 : 1;
    const path = fields[at] ?? "";
    // Nothing is left of a file that was deleted, or only its name is another.
    if (!/^0+$/.test(after) && after !== before && languageOf(path) !== null) files.push({ path, before, after });
  }
  return commits;
}

/** The hunks of each commit by `<blob>..<blob>`. A line of a patch that is no head begins with `+`, `-` or `\`. */
async function readPatches(
  git: CallGit,
  commits: readonly string[],
): Promise<ReadonlyMap<string, ReadonlyMap<string, readonly Hunk[]>>> {
  const plain = ["--patch", "--unified=0", "--full-index", "--no-textconv", "--no-color"];
  const told = await git({
    arguments: [...compare, ...plain],
    input: linesOf(commits),
    settings,
    cutAt: mostPatchBytes,
  });
  const whole = told.length < mostPatchBytes;
  // Lines end with a line feed: what stands behind a carriage return is a file's.
  const byCommit = told.toString("latin1").split(/(?<![^\n])(?=[0-9a-f]{40,64}\n)/);
  const [first = ""] = byCommit;
  if (!whole && byCommit.length === 1) return new Map([[first.slice(0, first.indexOf("\n")), new Map()]]);
  const kept = whole ? byCommit : byCommit.slice(0, -1);
  return new Map(
    kept.map((patch) => {
      const files = patch.split(/(?<![^\n])diff --git /).slice(1);
      const hunks = files.flatMap((file) => {
        const [, blobs] = /\nindex ([0-9a-f]+\.\.[0-9a-f]+)/.exec(file) ?? [];
        return blobs === undefined ? [] : [[blobs, hunksOf(file, "after")] as const];
      });
      return [patch.slice(0, patch.indexOf("\n")), new Map(hunks)];
    }),
  );
}

async function sizesOf(git: CallGit, blobs: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const sizes = await git({ arguments: ["cat-file", "--batch-check"], input: linesOf(blobs) });
  const told = sizes.toString("latin1").matchAll(/^(\w+) blob (\d+)$/gm);
  return new Map([...told].map(([, blob = "", size]) => [blob, Number(size)]));
}

function linesOf(ids: readonly string[]): string {
  return ids.map((id) => `${id}\n`).join("");
}
