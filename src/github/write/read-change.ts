import type { GitHubClient, Slice } from "../client/octokit.ts";
import { nullWhenLacking } from "../client/request-failure.ts";
import { type On, place } from "./on.ts";

/** What a pull request changes, and who did. */
export type Change = {
  /** Every path, of a renamed file both. GitHub lists the first 3,000 files. */
  readonly paths: readonly string[];
  /** Logins of who opened it and of who authored or committed to its commits (the first 250). */
  readonly authors: readonly string[];
};

type ChangeClient = Slice<"pulls", "get" | "listFiles" | "listCommits"> & Pick<GitHubClient, "paginate">;

/** Reads a pull request's change; null where this GitHub does not show it to the App. */
export async function readChange(on: On<ChangeClient>, pullNumber: number): Promise<Change | null> {
  const where = { ...place(on), pull_number: pullNumber };
  const { paginate, rest } = on.octokit;
  const files = await nullWhenLacking(paginate(rest.pulls.listFiles, { ...where, per_page: 100 }));
  if (files === null) return null;
  const { data: pull } = await rest.pulls.get(where);
  const commits = await paginate(rest.pulls.listCommits, { ...where, per_page: 100 });
  const people = [pull.user, ...commits.flatMap(({ author, committer }) => [author, committer])];
  const paths = files.flatMap(({ filename, previous_filename: before }) =>
    before === undefined ? [filename] : [filename, before],
  );
  return { paths, authors: [...new Set(people.flatMap((person) => person?.login ?? []))] };
}
