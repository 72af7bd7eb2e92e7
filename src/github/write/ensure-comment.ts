import { isOwn } from "../client/app-identity.ts";
import type { GitHubClient, Slice } from "../client/octokit.ts";
import { hiddenMarker, isUpToDate, withMarker } from "./content-hash.ts";
import { type On, place } from "./on.ts";

type CommentsClient = Slice<"issues", "listComments" | "createComment" | "updateComment"> &
  Pick<GitHubClient, "paginate">;

async function findOwnComment(on: On<CommentsClient>, issueNumber: number, marker: string) {
  const comments = await on.octokit.paginate(on.octokit.rest.issues.listComments, {
    ...place(on),
    issue_number: issueNumber,
    per_page: 100,
  });
  return comments.find((comment) => isOwn(comment, on.app) && comment.body?.includes(hiddenMarker(marker)));
}

/**
 * The issue or pull request has exactly one comment of the App with this marker, and it says this. Found by App id and
 * marker; skipped when its content hash is the same (GITHUB.md, manner 2). Returns the comment's URL.
 */
export async function ensureStickyComment(
  on: On<CommentsClient>,
  issueNumber: number,
  marker: string,
  text: string,
): Promise<string> {
  const existing = await findOwnComment(on, issueNumber, marker);
  const body = withMarker(marker, text);
  if (existing === undefined) {
    await on.beforeWrite("content");
    const { data } = await on.octokit.rest.issues.createComment({ ...place(on), issue_number: issueNumber, body });
    return data.html_url;
  }
  if (!isUpToDate(existing.body, marker, text)) {
    await on.beforeWrite("edit");
    await on.octokit.rest.issues.updateComment({ ...place(on), comment_id: existing.id, body });
  }
  return existing.html_url;
}

/** One reply to a trigger; a repeat finds it and says nothing. `trigger` is the id of what it answers. */
export async function ensureReply(
  on: On<CommentsClient>,
  issueNumber: number,
  trigger: string,
  text: string,
): Promise<void> {
  const marker = `reply ${trigger}`;
  if ((await findOwnComment(on, issueNumber, marker)) !== undefined) return;
  await on.beforeWrite("content");
  await on.octokit.rest.issues.createComment({
    ...place(on),
    issue_number: issueNumber,
    body: `${hiddenMarker(marker)}\n${text}`,
  });
}

export type ReactionContent = "eyes" | "rocket" | "-1" | "confused";

/** The App's reaction stands on a comment. GitHub answers a second one with the first, so nothing needs to be read. */
export async function ensureReaction(
  on: On<Slice<"reactions", "createForIssueComment">>,
  commentId: number,
  content: ReactionContent,
): Promise<void> {
  await on.beforeWrite("edit");
  await on.octokit.rest.reactions.createForIssueComment({ ...place(on), comment_id: commentId, content });
}
