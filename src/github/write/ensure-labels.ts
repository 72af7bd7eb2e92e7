import type { GitHubClient, Slice } from "../client/octokit.ts";
import { statusOf } from "../client/request-failure.ts";
import { type On, place } from "./on.ts";

/** A label of the App; colour as six hex digits, description at most 100 characters (GitHub's limit). */
export type LabelSpec = { readonly name: string; readonly color: string; readonly description: string };

type LabelsClient = Slice<"issues", "listLabelsForRepo" | "createLabel" | "updateLabel"> &
  Pick<GitHubClient, "paginate">;

/** The repository has these labels, with these colours and descriptions. Others are left alone. */
export async function ensureLabels(on: On<LabelsClient>, wanted: readonly LabelSpec[]): Promise<void> {
  const existing = await on.octokit.paginate(on.octokit.rest.issues.listLabelsForRepo, { ...place(on), per_page: 100 });
  for (const label of wanted) {
    const there = existing.find((candidate) => candidate.name.toLowerCase() === label.name.toLowerCase());
    if (there === undefined) {
      await on.beforeWrite("edit");
      await createUnlessThere(on, label);
    } else if (there.color.toLowerCase() !== label.color.toLowerCase() || there.description !== label.description) {
      await on.beforeWrite("edit");
      await on.octokit.rest.issues.updateLabel({ ...place(on), ...label });
    }
  }
}

/** 422 `already_exists`: somebody made it since the list was read. */
async function createUnlessThere(on: On<LabelsClient>, label: LabelSpec): Promise<void> {
  try {
    await on.octokit.rest.issues.createLabel({ ...place(on), ...label });
  } catch (error) {
    if (statusOf(error) !== 422) throw error;
  }
}

type IssueLabelsClient = Slice<"issues", "listLabelsOnIssue" | "addLabels" | "removeLabel">;

/** What labels of one family an issue or pull request should carry. */
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
  const names = data.map((label) => label.name);
  const wanted = families.flatMap((family) => family.wanted);
  const missing = wanted.filter((name) => !names.includes(name));
  if (missing.length > 0) {
    await on.beforeWrite("edit");
    await on.octokit.rest.issues.addLabels({ ...where, labels: missing });
  }
  const stale = names.filter(
    (name) => !wanted.includes(name) && families.some((family) => name.startsWith(family.prefix)),
  );
  for (const name of stale) {
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
