import type { Slice } from "../client/octokit.ts";
import { statusOf } from "../client/request-failure.ts";
import { canonicalName } from "../present/read-label.ts";
import { type On, place } from "./on.ts";

type IssueLabelsClient = Slice<"issues", "listLabelsOnIssue" | "addLabels" | "removeLabel">;

/** What labels of one family an issue or pull request should carry, by their names in the App's own set. */
export type LabelFamily = {
  /** The family's prefix, e.g. `story/`: other labels of the family are taken away. */
  readonly prefix: string;
  readonly wanted: readonly string[];
};

/**
 * The issue (or pull request) carries exactly the wanted labels of each family. Adds and removes one by one, because
 * replacing the whole list would drop a label that somebody sets at the same moment. Add first: the state never vanishes.
 */
export async function ensureIssueLabels(
  on: On<IssueLabelsClient>,
  issueNumber: number,
  families: readonly LabelFamily[],
): Promise<void> {
  const where = { ...place(on), issue_number: issueNumber };
  const { data } = await on.octokit.rest.issues.listLabelsOnIssue({ ...where, per_page: 100 });
  const there = data.map((label) => ({ name: label.name, own: canonicalName(label) }));
  const wanted = families.flatMap((family) => family.wanted);
  const missing = wanted.filter((name) => !there.some(({ own }) => own === name));
  if (missing.length > 0) {
    await on.beforeWrite("edit");
    await on.octokit.rest.issues.addLabels({
      ...where,
      labels: missing.map((name) => on.labelNames?.get(name) ?? name),
    });
  }
  for (const { name, own } of there) {
    const inFamily = families.some((family) => own.toLowerCase().startsWith(family.prefix));
    if (!inFamily || wanted.includes(own)) continue;
    await on.beforeWrite("edit");
    await removeUnlessGone(on, { ...where, name });
  }
}

async function removeUnlessGone(
  on: On<IssueLabelsClient>,
  label: { owner: string; repo: string; issue_number: number; name: string },
): Promise<void> {
  try {
    await on.octokit.rest.issues.removeLabel(label);
  } catch (error) {
    if (statusOf(error) !== 404) throw error;
  }
}
