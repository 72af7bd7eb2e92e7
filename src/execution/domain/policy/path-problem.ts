/** Characters that no path of a candidate holds: controls, and those that reorder or hide text. */
const hidden = /[\p{Cc}\u00AD\u200B-\u200F\u2028-\u202E\u2060-\u2069\uFEFF\uFFFD]/u;

/** Names that a file system takes for `.git` although they are spelled otherwise (git's own list, path.c). */
function isGitDirectory(segment: string): boolean {
  const name = segment
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[. ]+$/, "");
  return name === ".git" || name === "git~1" || name.startsWith(".git:");
}

/**
 * Why a path must not be written or read at all, as a sentence, or null: absolute or leaving the repository, inside
 * `.git` under any spelling, with characters that hide something, or longer than file systems take.
 */
export function pathProblem(path: string): string | null {
  if (path === "") return "The path is empty.";
  if (hidden.test(path)) return "The path holds control or hidden characters.";
  if (path.startsWith("/") || /^[a-z]:/i.test(path)) return "The path is absolute.";
  if (path.includes("\\")) return "The path holds a backslash.";
  if (Buffer.byteLength(path) > 1_000) return "The path is longer than 1,000 bytes.";
  for (const segment of path.split("/")) {
    if (segment === "" || segment === "." || segment === "..")
      return "The path leaves the repository or has empty parts.";
    if (Buffer.byteLength(segment) > 200) return "A part of the path is longer than 200 bytes.";
    if (isGitDirectory(segment)) return "The path lies in a .git directory.";
  }
  return null;
}
