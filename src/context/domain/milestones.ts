import type { Commit } from "./code/history.ts";

const most = 12;

/** The commits that changed what a text is about, newest first; the latest ones where none did. */
export function milestonesOf(commits: readonly Commit[], paths: ReadonlySet<string>): readonly Commit[] {
  const about = commits.filter(({ changes }) => changes.some(({ path }) => paths.has(path)));
  return (about.length > 0 ? about : commits).slice(0, most);
}
