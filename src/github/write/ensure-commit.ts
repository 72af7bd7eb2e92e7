import type { Slice } from "../client/octokit.ts";
import { nullWhenMissing, statusOf } from "../client/request-failure.ts";
import { type On, place } from "./on.ts";

/** A file as it stands after the change; `content` in base64, null when it is deleted. */
export type PublishedFile = {
  readonly path: string;
  readonly mode: "100644" | "100755";
  readonly content: string | null;
};

export type CommitRequest = {
  readonly branch: string;
  /** The commit that the changes were made on. */
  readonly parentSha: string;
  readonly changes: readonly PublishedFile[];
  /** With its trailers. */
  readonly message: string;
  /** A line of the message that no other commit has, e.g. `Fleet-Deliberation: …`: a repeat finds the commit by it. */
  readonly trailer: string;
};

export type CommitResult =
  /** The branch's head is the commit. */
  | { readonly kind: "committed"; readonly sha: string; readonly tree: string }
  /** Somebody moved the branch since: nothing was written, so that nobody's work is lost. */
  | { readonly kind: "diverged"; readonly headSha: string };

type CommitClient = Slice<
  "git",
  "getRef" | "getCommit" | "createTree" | "createBlob" | "createCommit" | "createRef" | "updateRef"
>;

/**
 * The branch's head is a commit with these changes on the given parent. Made with the Git Data API, which signs the
 * commit and keeps file modes (GITHUB.md, "Traps"); the branch is created when it is missing.
 */
export async function ensureCommit(on: On<CommitClient>, wanted: CommitRequest): Promise<CommitResult> {
  const { git } = on.octokit.rest;
  const head = await branchHead(on, wanted.branch);
  if (head !== null) {
    const { data } = await git.getCommit({ ...place(on), commit_sha: head });
    if (data.message.split("\n").includes(wanted.trailer)) return { kind: "committed", sha: head, tree: data.tree.sha };
    if (head !== wanted.parentSha) return { kind: "diverged", headSha: head };
  }
  const { data: parent } = await git.getCommit({ ...place(on), commit_sha: wanted.parentSha });
  await on.beforeWrite("edit");
  const tree = await createTree(on, parent.tree.sha, wanted.changes);
  await on.beforeWrite("content");
  const commit = await git.createCommit({ ...place(on), message: wanted.message, tree, parents: [wanted.parentSha] });
  const result = { kind: "committed", sha: commit.data.sha, tree } as const;
  return (await moveBranch(on, wanted, head, commit.data.sha)) ?? result;
}

/** The commit that a branch points to; null when there is no such branch. */
export async function branchHead(on: On<Slice<"git", "getRef">>, branch: string): Promise<string | null> {
  const found = await nullWhenMissing(on.octokit.rest.git.getRef({ ...place(on), ref: `heads/${branch}` }));
  return found?.data.object.sha ?? null;
}

/** The branch exists; a missing one starts at `sha`. Returns its head. */
export async function ensureBranch(
  on: On<Slice<"git", "getRef" | "createRef">>,
  branch: string,
  sha: string,
): Promise<string> {
  const head = await branchHead(on, branch);
  if (head !== null) return head;
  await on.beforeWrite("edit");
  await on.octokit.rest.git.createRef({ ...place(on), ref: `refs/heads/${branch}`, sha });
  return sha;
}

async function createTree(on: On<CommitClient>, base: string, changes: readonly PublishedFile[]): Promise<string> {
  const entries = [];
  for (const { path, mode, content } of changes) {
    if (content === null) entries.push({ path, mode, type: "blob" as const, sha: null });
    else entries.push({ path, mode, type: "blob" as const, ...(await contentOf(on, content)) });
  }
  const { data } = await on.octokit.rest.git.createTree({ ...place(on), base_tree: base, tree: entries });
  return data.sha;
}

/** Text travels inside the tree's request; bytes that are no UTF-8 need a blob of their own. */
async function contentOf(on: On<CommitClient>, base64: string): Promise<{ content: string } | { sha: string }> {
  const bytes = Buffer.from(base64, "base64");
  const text = bytes.toString("utf8");
  if (Buffer.from(text, "utf8").equals(bytes)) return { content: text };
  await on.beforeWrite("edit");
  const { data } = await on.octokit.rest.git.createBlob({ ...place(on), content: base64, encoding: "base64" });
  return { sha: data.sha };
}

/**
 * 422: the ref moved, or was made, since it was read; then the answer says where it is now. That may be this very commit:
 * a request is repeated when its answer is lost.
 */
async function moveBranch(
  on: On<CommitClient>,
  wanted: CommitRequest,
  head: string | null,
  sha: string,
): Promise<CommitResult | null> {
  const { branch, parentSha } = wanted;
  await on.beforeWrite("edit");
  try {
    if (head === null) await on.octokit.rest.git.createRef({ ...place(on), ref: `refs/heads/${branch}`, sha });
    else await on.octokit.rest.git.updateRef({ ...place(on), ref: `heads/${branch}`, sha, force: false });
    return null;
  } catch (error) {
    const now = statusOf(error) === 422 ? await branchHead(on, branch) : null;
    if (now === null) throw error;
    if (now === sha) return null;
    if (head === null && now === parentSha) return moveBranch(on, wanted, now, sha);
    return { kind: "diverged", headSha: now };
  }
}
