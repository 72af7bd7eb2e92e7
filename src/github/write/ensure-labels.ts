import type { GitHubClient, Slice } from "../client/octokit.ts";
import { statusOf } from "../client/request-failure.ts";
import { type On, place } from "./on.ts";

/** A label of the App; colour as six hex digits, description at most 100 characters (GitHub's limit). */
export type LabelSpec = { readonly name: string; readonly color: string; readonly description: string };

/** A label as a repository has it. */
type ExistingLabel = { readonly name: string; readonly color: string; readonly description: string | null };

/** What one label needs. `as` is its name in this repository: people may have renamed it, and their name is kept. */
export type LabelStep = {
  readonly label: LabelSpec;
  readonly as: string;
  readonly change: "create" | "update" | "none";
};

/**
 * What is to be done so that a repository has these labels. A label is found by its name, without its case, or by the
 * mark at the end of its description (`[story/draft]`), which a renamed label keeps.
 */
export function planLabels(existing: readonly ExistingLabel[], wanted: readonly LabelSpec[]): readonly LabelStep[] {
  const names = new Set(wanted.map((label) => label.name.toLowerCase()));
  return wanted.map((label) => {
    const there =
      existing.find(({ name }) => name.toLowerCase() === label.name.toLowerCase()) ??
      existing.find(
        ({ name, description }) =>
          !names.has(name.toLowerCase()) && description?.trimEnd().endsWith(`[${label.name}]`) === true,
      );
    if (there === undefined) return { label, as: label.name, change: "create" };
    const same = there.color.toLowerCase() === label.color.toLowerCase() && there.description === label.description;
    return { label, as: there.name, change: same ? "none" : "update" };
  });
}

export type LabelsClient = Slice<"issues", "listLabelsForRepo" | "createLabel" | "updateLabel"> &
  Pick<GitHubClient, "paginate">;

/** Reads a repository's labels and says what they need. Writes nothing. */
export async function readLabelSteps(
  on: Pick<On<LabelsClient>, "octokit" | "owner" | "repo">,
  wanted: readonly LabelSpec[],
): Promise<readonly LabelStep[]> {
  const existing = await on.octokit.paginate(on.octokit.rest.issues.listLabelsForRepo, { ...place(on), per_page: 100 });
  return planLabels(existing, wanted);
}

/**
 * The repository has these labels, with these colours and descriptions. Others are left alone, and so are names that
 * people gave to ours. Returns the labels with the names that they have here.
 */
export async function ensureLabels(on: On<LabelsClient>, wanted: readonly LabelSpec[]): Promise<readonly LabelStep[]> {
  const steps = await readLabelSteps(on, wanted);
  for (const { label, as, change } of steps) {
    if (change === "none") continue;
    await on.beforeWrite("edit");
    if (change === "create") await createUnlessThere(on, label);
    else await on.octokit.rest.issues.updateLabel({ ...place(on), ...label, name: as });
  }
  return steps;
}

/** 422 `already_exists`: somebody made it since the list was read. */
async function createUnlessThere(on: On<LabelsClient>, label: LabelSpec): Promise<void> {
  try {
    await on.octokit.rest.issues.createLabel({ ...place(on), ...label });
  } catch (error) {
    if (statusOf(error) !== 422) throw error;
  }
}
