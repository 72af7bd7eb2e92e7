import { z } from "zod";
import { signatureOf } from "../git/commit-author.ts";
import type { CommitObject } from "../git/commit-object.ts";
import type { GitRepository } from "../git/git-repository.ts";
import { forbidden, found, GitHubError, unprocessable } from "../github-error.ts";
import { moveRefs } from "../move-refs.ts";
import { authorOf, bodyOf, type Operation, onRepository, type RepositoryCall } from "../operation.ts";
import type { RepositoryAccess } from "../permissions.ts";
import { presentCommit } from "../present/commit.ts";
import { headRepositoryOf } from "../pull-rows.ts";
import type { PullRequestRow } from "../rows.ts";
import { timestamp } from "../world.ts";
import { callerHas, findPull, readPulls, writeContents, writePulls } from "./find.ts";

const mergeAccess: RepositoryAccess = { app: ["contents:write"], user: "write" };
const mergeSchema = z
  .object({
    commit_title: z.string().optional(),
    commit_message: z.string().optional(),
    sha: z.string().optional(),
    merge_method: z.enum(["merge", "squash", "rebase"]).optional(),
  })
  .nullable();
type MergeBody = z.output<typeof mergeSchema>;

/** The pull request of the path and its base branch as they are now; only inside {@link World.alone}. */
function current(call: RepositoryCall): { pull: PullRequestRow; base: string } {
  const pull = findPull(call);
  const refs = found(call.world.store.tables.repositories.get(call.repository.id)).refs;
  return { pull, base: refs[`refs/heads/${pull.pull.baseRef}`] ?? pull.pull.baseSha };
}

function merge(call: RepositoryCall) {
  const by = authorOf(call);
  const body = bodyOf(call, mergeSchema);
  return call.world.alone(call.repository.id, async () => {
    const { pull, base } = current(call);
    if (pull.state === "closed")
      throw new GitHubError(
        405,
        pull.pull.mergedAt === null ? "Pull Request is closed" : "Pull Request is not mergeable",
      );
    if (pull.pull.draft) throw new GitHubError(405, "Pull Request is still a draft");
    if (body?.sha !== undefined && body.sha !== pull.pull.headSha)
      throw new GitHubError(409, "Head branch was modified. Review and try the merge again.");
    const sha = await mergeCommit(call, pull, base, body);
    const move = { ref: `refs/heads/${pull.pull.baseRef}`, before: base, after: sha };
    await moveRefs(call.world, call.repository.id, [move], by, { merges: { issueId: pull.id, sha } });
    return { status: 200, body: { sha, merged: true, message: "Pull Request successfully merged" } };
  });
}

/** Makes the commit that the base branch will name. */
async function mergeCommit(call: RepositoryCall, pull: PullRequestRow, base: string, body: MergeBody): Promise<string> {
  const git = call.world.git(call.repository);
  const method = body?.merge_method ?? "merge";
  if (method === "rebase") return rebase(call, git, base, pull.pull.headSha);
  const tree = await git.mergeTree(base, pull.pull.headSha);
  if (tree === null) throw new GitHubError(405, "Pull Request is not mergeable");
  const signature = signatureOf(authorOf(call).account, timestamp(call.world));
  const commits = method === "squash" ? await git.log(base, pull.pull.headSha) : [];
  const message = messageOf(call, pull, body, commits);
  const parents = method === "squash" ? [base] : [base, pull.pull.headSha];
  return git.writeCommit({ tree, parents, message, author: signature, committer: signature });
}

function messageOf(
  call: RepositoryCall,
  pull: PullRequestRow,
  body: MergeBody,
  squashed: readonly CommitObject[],
): string {
  const squash = body?.merge_method === "squash";
  const owner = call.world.store.tables.accounts.get(headRepositoryOf(call.world.store, pull).ownerId)?.login;
  const title = squash
    ? `${pull.title} (#${pull.number})`
    : `Merge pull request #${pull.number} from ${owner}/${pull.pull.headRef}`;
  const text = squash
    ? [...squashed]
        .reverse()
        .map((commit) => `* ${commit.message}`)
        .join("\n\n")
    : pull.title;
  return [body?.commit_title ?? title, body?.commit_message ?? text].filter((part) => part !== "").join("\n\n");
}

/** Puts each commit of the head on top of the base, as "rebase and merge" does. */
async function rebase(call: RepositoryCall, git: GitRepository, base: string, head: string): Promise<string> {
  const committer = signatureOf(authorOf(call).account, timestamp(call.world));
  let tip = base;
  for (const commit of (await git.log(base, head)).reverse().filter((row) => row.parents.length < 2)) {
    // merge-tree takes the merge base from the history: give it a stand-in for the tip whose parent is the commit's own.
    const standIn = await git.writeCommit({ ...commit, tree: (await git.commit(tip)).tree, message: "stand-in" });
    const tree = await git.mergeTree(standIn, commit.sha);
    if (tree === null) throw new GitHubError(405, "This branch can't be rebased");
    tip = await git.writeCommit({ tree, parents: [tip], author: commit.author, committer, message: commit.message });
  }
  return tip;
}

function updateBranch(call: RepositoryCall) {
  const body = bodyOf(call, z.object({ expected_head_sha: z.string().optional() }).nullable());
  if (!callerHas(call, "write")) throw forbidden("Resource not accessible by personal access token");
  return call.world.alone(call.repository.id, async () => {
    const { pull, base } = current(call);
    const { headSha, headRef, baseRef } = pull.pull;
    if (pull.pull.headRepositoryId !== undefined)
      throw forbidden("The fork's branch may be changed by its owner only.");
    if (body?.expected_head_sha !== undefined && body.expected_head_sha !== headSha)
      throw unprocessable("expected head sha didn’t match current head ref.");
    const git = call.world.git(call.repository);
    if (await git.isAncestor(base, headSha)) throw unprocessable("There are no new commits on the base branch.");
    const tree = await git.mergeTree(headSha, base);
    if (tree === null) throw unprocessable("merge conflict between base and head");
    const signature = signatureOf(authorOf(call).account, timestamp(call.world));
    const message = `Merge branch '${baseRef}' into ${headRef}`;
    const after = await git.writeCommit({
      tree,
      parents: [headSha, base],
      message,
      author: signature,
      committer: signature,
    });
    await moveRefs(
      call.world,
      call.repository.id,
      [{ ref: `refs/heads/${headRef}`, before: headSha, after }],
      authorOf(call),
    );
    return {
      status: 202,
      body: { message: "Updating pull request branch.", url: `${call.world.url}/pulls/${pull.number}` },
    };
  });
}

function mergeBranches(call: RepositoryCall) {
  const body = bodyOf(call, z.object({ base: z.string(), head: z.string(), commit_message: z.string().optional() }));
  return call.world.alone(call.repository.id, async () => {
    const { world } = call;
    const git = world.git(call.repository);
    const refs = found(world.store.tables.repositories.get(call.repository.id)).refs;
    const base = refs[`refs/heads/${body.base}`];
    const head = refs[`refs/heads/${body.head}`] ?? (await git.resolve(body.head));
    if (base === undefined || head === null)
      throw new GitHubError(404, base === undefined ? "Base does not exist" : "Head does not exist");
    if (await git.isAncestor(head, base)) return { status: 204 };
    const tree = await git.mergeTree(base, head);
    if (tree === null) throw new GitHubError(409, "Merge conflict");
    const signature = signatureOf(authorOf(call).account, timestamp(world));
    const message = body.commit_message ?? `Merge ${body.head} into ${body.base}`;
    const after = await git.writeCommit({
      tree,
      parents: [base, head],
      message,
      author: signature,
      committer: signature,
    });
    await moveRefs(
      world,
      call.repository.id,
      [{ ref: `refs/heads/${body.base}`, before: base, after }],
      authorOf(call),
    );
    return { status: 201, body: presentCommit(world, call.repository, await git.commit(after)) };
  });
}

export const mergeOperations: readonly Operation[] = [
  onRepository("pulls/check-if-merged", "GET", "/pulls/{pull_number}/merge", readPulls, (call) => {
    if (findPull(call).pull.mergedAt === null) throw new GitHubError(404, "Not Found");
    return { status: 204 };
  }),
  onRepository("pulls/merge", "PUT", "/pulls/{pull_number}/merge", mergeAccess, merge),
  onRepository("pulls/update-branch", "PUT", "/pulls/{pull_number}/update-branch", writePulls, updateBranch),
  onRepository("repos/merge", "POST", "/merges", writeContents, mergeBranches),
];
