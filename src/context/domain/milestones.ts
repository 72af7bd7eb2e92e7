import { byPresentNames, type Commit } from "./code/history.ts";

const most = 12;

/** The commits that changed what a text is about, whatever it was called then, newest first; the latest ones where none did. */
export function milestonesOf(commits: readonly Commit[], paths: ReadonlySet<string>): readonly Commit[] {
  const about = [...byPresentNames(commits)]
    .filter((changed) => changed.paths.some((path) => paths.has(path)))
    .map(({ commit }) => commit);
  return (about.length > 0 ? about : commits).slice(0, most);
}
