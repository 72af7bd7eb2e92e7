import { runGit } from "../../platform/git/run-git.ts";
import { decodeFile } from "./file-encoding.ts";
import type { FoundCommit } from "./find-commit.ts";

/** A larger file is not read (bytes). */
const maxBytes = 1_000_000;

/**
 * The text of a regular file as a commit holds it, without a checkout; null where it holds none at that path, or one that is
 * binary or too large. `path` is one of ours.
 */
export async function readCommitFile({ gitDirectory, sha }: FoundCommit, path: string): Promise<string | null> {
  const entry = await runGit({ gitDirectory, arguments: ["ls-tree", "--full-tree", "--long", sha, "--", path] });
  const [mode = "", , blob = "", size = ""] = entry.toString("latin1").split(/\s+/);
  if (!["100644", "100755"].includes(mode) || Number(size) > maxBytes) return null;
  const bytes = await runGit({ gitDirectory, arguments: ["cat-file", "blob", blob] });
  return bytes.includes(0) ? null : (decodeFile(bytes)?.text ?? null);
}
