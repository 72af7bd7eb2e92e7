import { GitFailure, runGit } from "../../platform/git/run-git.ts";
import type { AppliedChange, Worktree } from "../application/ports.ts";
import { pathProblem } from "../domain/policy/path-problem.ts";

/** A patch that is larger is not read (bytes). */
export const maxPatchBytes = 20_000_000;

/**
 * How a patch may have been written, the usual way first: git's `a/` and `b/` before the paths, and the same with wrong
 * numbers of lines in its headers (what models write). Without such prefixes the paths count as they are first; with them
 * never, or a refused path would be written below a folder `b`.
 */
function readingsOf(patch: Buffer): readonly (readonly string[])[] {
  const prefixed = /^(?:---|\+\+\+) "?[ab]\//m.test(patch.toString("latin1"));
  return prefixed ? [["-p1"], ["-p1", "--recount"]] : [["-p0"], ["-p0", "--recount"], ["-p1"], ["-p1", "--recount"]];
}

/**
 * The patch as it is, and with the line ends that it may have lost or gained on its way: by an editor that made all of them
 * CRLF, or by one that made LF of those of a file with CRLF.
 */
function variantsOf(patch: Buffer): readonly Buffer[] {
  const text = patch.toString("latin1");
  const as = (changed: string): Buffer => Buffer.from(changed, "latin1");
  // A header's line end is git's own and never CRLF.
  if (/^(?:diff --git|---|\+\+\+|@@) .*\r$/m.test(text)) return [patch, ...variantsOf(as(text.replace(/\r\n/g, "\n")))];
  if (text.includes("\r\n") || text.includes("GIT binary patch")) return [patch];
  return [patch, as(text.replace(/^([ +-](?!-- |\+\+ ).*|[ +-])$/gm, "$1\r"))];
}

/** The paths that a patch speaks of, as it spells them; nothing is applied, so that paths out of the tree show as well. */
export async function pathsOfPatch(patch: Buffer): Promise<readonly string[]> {
  const paths = new Set<string>();
  for (const variant of variantsOf(patch)) for (const path of await pathsAsRead(variant)) paths.add(path);
  return [...paths];
}

async function pathsAsRead(patch: Buffer): Promise<readonly string[]> {
  for (const reading of readingsOf(patch)) {
    const numbers = await runGit({
      arguments: ["apply", "--numstat", "-z", ...reading, "-"],
      input: ended(patch),
    }).catch(nullOnFailure);
    if (numbers === null) continue;
    const entries = numbers.toString("utf8").split("\0");
    return entries.flatMap((entry) => entry.split("\t").slice(2).join("\t") || []);
  }
  return [];
}

/**
 * Applies a unified diff, as `git diff`, `git format-patch` and `diff -u` write them, to a work tree: all of it or
 * nothing. Git itself refuses paths that leave the tree, lie in `.git`, or go over a symbolic link; what it refuses for
 * its path is named in `refused` too, so that the policy can say so.
 */
export async function applyPatch(worktree: Worktree, patch: Buffer): Promise<AppliedChange> {
  const refused = (await pathsOfPatch(patch)).flatMap((path) => {
    const reason = pathProblem(path);
    return reason === null ? [] : [{ path, reason }];
  });
  if (patch.length > maxPatchBytes) return { problem: "The patch is larger than 20 MB.", refused };
  if (patch.toString("latin1").trim() === "") return { problem: "The patch is empty.", refused };
  if (refused[0] !== undefined) return { problem: `It is not applied: ${refused[0].reason}`, refused };
  let problem: string | null = null;
  for (const variant of variantsOf(patch)) {
    for (const reading of readingsOf(variant)) {
      const failure = await applyAs(worktree, ended(variant), reading);
      if (failure === null) return { problem: null, refused };
      problem ??= failure;
    }
  }
  return { problem, refused };
}

async function applyAs(worktree: Worktree, input: Buffer, reading: readonly string[]): Promise<string | null> {
  const { gitDirectory, directory: workTree } = worktree;
  try {
    await runGit({ gitDirectory, workTree, arguments: ["apply", "--whitespace=nowarn", ...reading, "-"], input });
    return null;
  } catch (error) {
    if (!(error instanceof GitFailure)) throw error;
    const lines = error.stderr.split("\n").map((line) => line.replace(/^(?:error|fatal): /, ""));
    const text = lines.filter((line) => line !== "").join("; ") || error.message;
    return text.startsWith("No valid patches in input") ? "It is no patch, or one that changes nothing." : text;
  }
}

/** Git takes a last line without its line end for a corrupt one; editors and models leave it out. */
function ended(patch: Buffer): Buffer {
  return patch.at(-1) === 10 ? patch : Buffer.concat([patch, Buffer.from("\n")]);
}

function nullOnFailure(error: unknown): null {
  if (error instanceof GitFailure) return null;
  throw error;
}
