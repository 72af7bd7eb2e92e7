import type { Slice } from "../client/octokit.ts";
import { statusOf } from "../client/request-failure.ts";
import { type LabelFamily, labelChanges } from "../present/label-families.ts";
import { nameHere, type On, place } from "./on.ts";

type IssueLabelsClient = Slice<"issues", "listLabelsOnIssue" | "addLabels" | "removeLabel">;

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
  const { missing, surplus } = labelChanges(data, families);
  if (missing.length > 0) {
    await on.beforeWrite("edit");
    await on.octokit.rest.issues.addLabels({ ...where, labels: missing.map((own) => nameHere(on, own)) });
  }
  for (const name of surplus) {
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
