export type FileChange = {
  readonly path: string;
  /** Its name before, where the commit renamed it. */
  readonly renamedFrom: string | null;
};

export type Commit = {
  readonly id: string;
  /** ISO date of the commit, its day only. */
  readonly day: string;
  readonly subject: string;
  readonly changes: readonly FileChange[];
};

export type Together = { readonly path: string; readonly commits: number };

export type History = {
  /** How many commits were looked at. */
  readonly commits: number;
  /** In how many of them a file changed, by its present name: a hotspot is a file near the top. */
  readonly changes: ReadonlyMap<string, number>;
  /** What changed in the same commits, most often first, 10 at most. */
  readonly together: ReadonlyMap<string, readonly Together[]>;
};

/** A commit of more files moved or formatted them; it says nothing of what belongs together. */
const widestCommit = 30;
const partners = 10;

/** Two changes in one commit happen; from the second on it is a habit. */
const leastTogether = 2;

/** What each commit changed, by the names that these files have now. `commits` come newest first, as their renames are followed. */
export function* byPresentNames<C extends Pick<Commit, "changes">>(
  commits: readonly C[],
): Generator<{ readonly commit: C; readonly paths: readonly string[] }> {
  const nameNow = new Map<string, string>();
  for (const commit of commits) {
    const { changes } = commit;
    yield { commit, paths: [...new Set(changes.map(({ path }) => nameNow.get(path) ?? path))] };
    for (const { path, renamedFrom } of changes)
      if (renamedFrom !== null) nameNow.set(renamedFrom, nameNow.get(path) ?? path);
  }
}

/** Counts what changed, and what changed together, following renames back in time. `commits` come newest first. */
export function readHistoryOf(commits: readonly Commit[], present: ReadonlySet<string>): History {
  const changes = new Map<string, number>();
  const pairs = new Map<string, Map<string, number>>();
  for (const { commit, paths: changed } of byPresentNames(commits)) {
    const paths = changed.filter((path) => present.has(path));
    for (const path of paths) changes.set(path, (changes.get(path) ?? 0) + 1);
    if (commit.changes.length > widestCommit) continue;
    for (const path of paths) {
      const row = pairs.get(path) ?? new Map<string, number>();
      for (const other of paths) if (other !== path) row.set(other, (row.get(other) ?? 0) + 1);
      pairs.set(path, row);
    }
  }
  const together = new Map(
    [...pairs].map(([path, row]) => [
      path,
      [...row]
        .filter(([, count]) => count >= leastTogether)
        .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
        .slice(0, partners)
        .map(([other, count]) => ({ path: other, commits: count })),
    ]),
  );
  return { commits: commits.length, changes, together };
}
