import type { GitHubClient, Slice } from "../client/octokit.ts";
import { whereOffered } from "./lacks.ts";
import { type On, place } from "./on.ts";

type BlockedByClient = Slice<
  "issues",
  "get" | "listDependenciesBlockedBy" | "addBlockedByDependency" | "removeDependencyBlockedBy"
> &
  Pick<GitHubClient, "paginate">;

/** Issue numbers of one repository. */
export type Blockers = {
  readonly wanted: readonly number[];
  /** The issues that are spoken of at all: links to others are people's own and left alone. */
  readonly family: readonly number[];
};

/**
 * Of the family, exactly the wanted issues block this one. Where GitHub has no dependencies the task's text says what comes
 * before it.
 */
export async function ensureBlockedBy(
  on: On<BlockedByClient>,
  issue_number: number,
  { wanted, family }: Blockers,
): Promise<void> {
  const where = { ...place(on), issue_number };
  const { issues } = on.octokit.rest;
  await whereOffered(on, "dependencies", async () => {
    const there = await on.octokit.paginate(issues.listDependenciesBlockedBy, { ...where, per_page: 100 });
    for (const number of wanted.filter((each) => !there.some((blocker) => blocker.number === each))) {
      const { data } = await issues.get({ ...place(on), issue_number: number });
      await on.beforeWrite("edit");
      await issues.addBlockedByDependency({ ...where, issue_id: data.id });
    }
    for (const { id } of there.filter((each) => family.includes(each.number) && !wanted.includes(each.number))) {
      await on.beforeWrite("edit");
      await issues.removeDependencyBlockedBy({ ...where, issue_id: id });
    }
  });
}
