import { isOwn } from "../client/app-identity.ts";
import type { GitHubClient, Slice } from "../client/octokit.ts";
import { nullWhenLacking, statusOf } from "../client/request-failure.ts";
import { hasMarker, isUpToDate, withMarker } from "./content-hash.ts";
import { whereOffered } from "./lacks.ts";
import { nameHere, type On, place } from "./on.ts";

type SubIssueClient = Slice<"issues", "get" | "create" | "update" | "listForRepo" | "addSubIssue"> &
  Pick<GitHubClient, "paginate">;

/** The sub-issue of a task, as it should be. */
export type SubIssue = {
  readonly parent: number;
  /** Found again by it: the task's id. */
  readonly marker: string;
  /** Its number, once known. */
  readonly number: number | null;
  readonly title: string;
  readonly text: string;
  /** Set at its creation, by their names in the App's own set; the first is the one by which own issues are listed. */
  readonly labels: readonly [string, ...string[]];
};

/**
 * The parent has a sub-issue with this text. A crash between its creation and the note of its number is mended by
 * looking for the marker. Where sub-issues are off, the issue stands alone and the story's comment lists it.
 * Returns its number.
 */
export async function ensureSubIssue(on: On<SubIssueClient>, wanted: SubIssue): Promise<number> {
  const existing = wanted.number === null ? await findOwnIssue(on, wanted) : await read(on, wanted.number);
  if (existing === undefined) {
    await on.beforeWrite("content");
    const { data } = await on.octokit.rest.issues.create({
      ...place(on),
      title: issueTitle(wanted.title),
      body: withMarker(wanted.marker, wanted.text),
      labels: wanted.labels.map((label) => nameHere(on, label)),
    });
    await attach(on, wanted.parent, data.id);
    return data.number;
  }
  if (wanted.number === null) await attach(on, wanted.parent, existing.id);
  if (!isUpToDate(existing.body, wanted.marker, wanted.text) || existing.title !== issueTitle(wanted.title)) {
    await on.beforeWrite("edit");
    const body = withMarker(wanted.marker, wanted.text);
    const title = issueTitle(wanted.title);
    await on.octokit.rest.issues.update({ ...place(on), issue_number: existing.number, title, body });
  }
  return existing.number;
}

/** A title as GitHub keeps it: one line without white space at its ends. */
export function issueTitle(title: string): string {
  return title.replace(/\s+/g, " ").trim();
}

async function read(on: On<SubIssueClient>, number: number) {
  const { data } = await on.octokit.rest.issues.get({ ...place(on), issue_number: number });
  return data;
}

/** The newest come first; what is older than the parent is none of its tasks, so that a long list is not read to its end. */
async function findOwnIssue(on: On<SubIssueClient>, wanted: SubIssue) {
  const issues = await on.octokit.paginate(
    on.octokit.rest.issues.listForRepo,
    {
      ...place(on),
      labels: nameHere(on, wanted.labels[0]),
      state: "all",
      sort: "created",
      direction: "desc",
      per_page: 100,
    },
    ({ data }, done) => {
      if ((data.at(-1)?.number ?? 0) < wanted.parent) done();
      return data;
    },
  );
  return issues.find((issue) => isOwn(issue, on.app) && hasMarker(issue.body, wanted.marker));
}

/** The issue stands below this parent. */
export async function ensureBelow(
  on: On<Slice<"issues", "get" | "addSubIssue">>,
  parent: number,
  issueNumber: number,
): Promise<void> {
  const { data } = await on.octokit.rest.issues.get({ ...place(on), issue_number: issueNumber });
  await attach(on, parent, data.id, true);
}

/** 422: it is one already, or the parent has as many as it may have. */
async function attach(
  on: On<Slice<"issues", "addSubIssue">>,
  parent: number,
  id: number,
  replace = false,
): Promise<void> {
  await on.beforeWrite("edit");
  await whereOffered(on, "sub-issues", async () => {
    try {
      await on.octokit.rest.issues.addSubIssue({
        ...place(on),
        issue_number: parent,
        sub_issue_id: id,
        ...(replace ? { replace_parent: true } : {}),
      });
    } catch (error) {
      if (statusOf(error) !== 422) throw error;
    }
  });
}

/** The numbers of an issue's sub-issues; none where sub-issues are off. */
export async function readSubIssues(
  on: On<Slice<"issues", "listSubIssues"> & Pick<GitHubClient, "paginate">>,
  parent: number,
): Promise<readonly number[]> {
  const where = { ...place(on), issue_number: parent, per_page: 100 };
  const found = await nullWhenLacking(on.octokit.paginate(on.octokit.rest.issues.listSubIssues, where));
  return (found ?? []).map(({ number }) => number);
}

/** The issue is open, or closed for this reason. Nothing is written when it is so already. */
export async function ensureIssueState(
  on: On<Slice<"issues", "get" | "update">>,
  issueNumber: number,
  wanted: "open" | "completed" | "not_planned",
): Promise<void> {
  const where = { ...place(on), issue_number: issueNumber };
  const { data } = await on.octokit.rest.issues.get(where);
  const state = wanted === "open" ? "open" : "closed";
  if (data.state === state) return;
  await on.beforeWrite("edit");
  await on.octokit.rest.issues.update({ ...where, state, ...(wanted === "open" ? {} : { state_reason: wanted }) });
}
