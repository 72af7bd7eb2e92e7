/** One file of a comparison, as the REST API shows it. */
export interface ChangedFile {
  readonly path: string;
  readonly previousPath: string | null;
  readonly status: "added" | "removed" | "modified" | "renamed";
  readonly sha: string;
  readonly additions: number;
  readonly deletions: number;
  /** The hunks; absent for binary files and pure renames. */
  readonly patch: string | null;
}

const statuses: Readonly<Record<string, ChangedFile["status"]>> = { A: "added", D: "removed", R: "renamed" };

interface RawFile {
  readonly path: string;
  readonly previousPath: string | null;
  readonly status: ChangedFile["status"];
  readonly sha: string;
}

/** Joins what `git diff --raw -z --numstat` and `git diff` print; both list the files in the same order. */
export function parseChangedFiles(rawAndNumstat: string, patches: string): ChangedFile[] {
  const fields = rawAndNumstat.split("\0");
  const raw: RawFile[] = [];
  let at = 0;
  for (; fields[at]?.startsWith(":"); ) at = readRaw(fields, at, raw);
  const hunks = patches.split(/^(?=diff --git )/m).map(hunksOf);
  return raw.map((file, index) => {
    const counts = fields[at] ?? "";
    at += counts.endsWith("\t") ? 3 : 1;
    const [additions = "0", deletions = "0"] = counts.split("\t");
    return {
      ...file,
      additions: Number.parseInt(additions, 10) || 0,
      deletions: Number.parseInt(deletions, 10) || 0,
      patch: hunks[index] ?? null,
    };
  });
}

function readRaw(fields: readonly string[], at: number, into: RawFile[]): number {
  const [, , oldSha = "", newSha = "", letter = ""] = (fields[at] ?? "").split(" ");
  const status = statuses[letter.charAt(0)] ?? "modified";
  const first = fields[at + 1] ?? "";
  const sha = status === "removed" ? oldSha : newSha;
  if (status !== "renamed") {
    into.push({ path: first, previousPath: null, status, sha });
    return at + 2;
  }
  into.push({ path: fields[at + 2] ?? "", previousPath: first, status, sha });
  return at + 3;
}

function hunksOf(patch: string): string | null {
  const start = patch.search(/^@@ /m);
  return start < 0 ? null : patch.slice(start).replace(/\n$/, "");
}
