import { isOwn } from "../client/app-identity.ts";
import type { GitHubClient, Slice } from "../client/octokit.ts";
import { nullWhenMissing } from "../client/request-failure.ts";
import { hasMarker, hiddenMarker, isUpToDate, withMarker } from "./content-hash.ts";
import { type On, place } from "./on.ts";

type CommentsClient = Slice<"issues", "listComments" | "createComment" | "updateComment"> &
  Pick<GitHubClient, "paginate">;

async function findOwnComment(on: On<CommentsClient>, issueNumber: number, marker: string) {
  const comments = await on.octokit.paginate(on.octokit.rest.issues.listComments, {
    ...place(on),
    issue_number: issueNumber,
    per_page: 100,
  });
  return comments.find((comment) => isOwn(comment, on.app) && hasMarker(comment.body, marker));
}

/**
 * The issue or pull request has exactly one comment of the App with this marker, and it says this. Found by App id and
 * marker; skipped when its content hash is the same (GITHUB.md, manner 2), or for an `exact` one when it is the same to the
 * letter: what people edit there is put right. Returns the comment's URL.
 */
export async function ensureStickyComment(
  on: On<CommentsClient>,
  issueNumber: number,
  marker: string,
  text: string,
  exact = false,
): Promise<string> {
  const existing = await findOwnComment(on, issueNumber, marker);
  const body = withMarker(marker, text);
  if (existing === undefined) {
    await on.beforeWrite("content");
    const { data } = await on.octokit.rest.issues.createComment({ ...place(on), issue_number: issueNumber, body });
    return data.html_url;
  }
  if (exact ? !isSame(existing.body, body) : !isUpToDate(existing.body, marker, text)) {
    await on.beforeWrite("edit");
    await on.octokit.rest.issues.updateComment({ ...place(on), comment_id: existing.id, body });
  }
  return existing.html_url;
}

/** This comment says this, whatever people made of it. One that is gone by now is made anew by the story's write. */
export async function ensureCommentText(
  on: On<Slice<"issues", "getComment" | "updateComment">>,
  commentId: number,
  body: string,
): Promise<void> {
  const found = await nullWhenMissing(on.octokit.rest.issues.getComment({ ...place(on), comment_id: commentId }));
  if (found === null || isSame(found.data.body, body)) return;
  await on.beforeWrite("edit");
  await on.octokit.rest.issues.updateComment({ ...place(on), comment_id: commentId, body });
}

/** GitHub's text field makes CRLF of every line's end. */
function isSame(written: string | undefined, body: string): boolean {
  return written?.replaceAll("\r\n", "\n").trim() === body.trim();
}

/** Whether the App wrote a comment with this marker. */
export async function hasStickyComment(on: On<CommentsClient>, issueNumber: number, marker: string): Promise<boolean> {
  return (await findOwnComment(on, issueNumber, marker)) !== undefined;
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

/**
 * The App's reaction stands on a comment, of an issue or (`onLine`) on a line of a change. GitHub answers a second one with the first, so nothing needs to be read. A
 * comment that was deleted in the meantime takes none.
 */
export async function ensureReaction(
  on: On<Slice<"reactions", "createForIssueComment" | "createForPullRequestReviewComment">>,
  { commentId, onLine }: { readonly commentId: number; readonly onLine?: true | undefined },
  content: ReactionContent,
): Promise<void> {
  await on.beforeWrite("edit");
  const reaction = { ...place(on), comment_id: commentId, content };
  const { createForIssueComment, createForPullRequestReviewComment } = on.octokit.rest.reactions;
  await nullWhenMissing(
    onLine === true ? createForPullRequestReviewComment(reaction) : createForIssueComment(reaction),
  );
}
