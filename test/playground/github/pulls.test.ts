import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startScene } from "./harness.ts";

describe("pull requests", () => {
  let scene: Awaited<ReturnType<typeof startScene>>;
  beforeAll(async () => {
    scene = await startScene();
  });
  afterAll(async () => {
    await scene.github.deliveriesSettled();
    expect(scene.validator.violations()).toEqual([]);
    expect(scene.github.unknownRoutes).toEqual([]);
    await scene.close();
  });

  const main = async () => (await scene.bot.git.getRef({ ...scene.where, ref: "heads/main" })).data.object.sha;

  /** Commits one file on a branch by the Git Data API; the branch is made from the default branch when it is new. */
  async function commit(branch: string, path: string, content: string): Promise<string> {
    const { bot, where } = scene;
    const refs = await bot.git.listMatchingRefs({ ...where, ref: `heads/${branch}` });
    const parent = refs.data[0]?.object.sha ?? (await main());
    const base = await bot.git.getCommit({ ...where, commit_sha: parent });
    const blob = await bot.git.createBlob({ ...where, content, encoding: "utf-8" });
    const tree = await bot.git.createTree({
      ...where,
      base_tree: base.data.tree.sha,
      tree: [{ path, mode: "100644", type: "blob", sha: blob.data.sha }],
    });
    const made = await bot.git.createCommit({
      ...where,
      message: `Write ${path}`,
      tree: tree.data.sha,
      parents: [parent],
    });
    if (refs.data.length === 0) await bot.git.createRef({ ...where, ref: `refs/heads/${branch}`, sha: made.data.sha });
    else await bot.git.updateRef({ ...where, ref: `heads/${branch}`, sha: made.data.sha });
    return made.data.sha;
  }

  const open = async (branch: string, body?: string, draft = false) =>
    (
      await scene.bot.pulls.create({
        ...scene.where,
        title: `Merge ${branch}`,
        head: branch,
        base: "main",
        draft,
        ...(body === undefined ? {} : { body }),
      })
    ).data;

  async function quiet(): Promise<void> {
    await scene.github.deliveriesSettled();
    scene.receiver.received.length = 0;
  }

  it("opens, follows pushes and merges with a real merge commit that closes the named issue", async () => {
    const { bot, where, github, receiver } = scene;
    const { data: story } = await bot.issues.create({ ...where, title: "Story" });
    await quiet();
    await commit("fleet/1/a", "a.txt", "a\n");
    const pull = await open("fleet/1/a", `Closes #${story.number}`);
    expect(pull).toMatchObject({ commits: 1, additions: 1, changed_files: 1, mergeable: null });
    const head = await commit("fleet/1/a", "b.txt", "b\n");
    const { data: now } = await bot.pulls.get({ ...where, pull_number: pull.number });
    expect(now).toMatchObject({ commits: 2, mergeable: true, mergeable_state: "clean", head: { sha: head } });
    expect(
      (await bot.pulls.listFiles({ ...where, pull_number: pull.number })).data.map((file) => [
        file.filename,
        file.status,
      ]),
    ).toEqual([
      ["a.txt", "added"],
      ["b.txt", "added"],
    ]);
    expect(
      (await bot.pulls.listCommits({ ...where, pull_number: pull.number })).data.map((row) => row.commit.message),
    ).toEqual(["Write a.txt", "Write b.txt"]);
    await expect(bot.pulls.merge({ ...where, pull_number: pull.number, sha: "0".repeat(40) })).rejects.toMatchObject({
      status: 409,
    });
    const { data: merged } = await bot.pulls.merge({ ...where, pull_number: pull.number, sha: head });
    const { data: result } = await bot.git.getCommit({ ...where, commit_sha: merged.sha });
    expect(result.parents).toHaveLength(2);
    expect(await main()).toBe(merged.sha);
    expect((await bot.pulls.get({ ...where, pull_number: pull.number })).data).toMatchObject({
      merged: true,
      merge_commit_sha: merged.sha,
      state: "closed",
    });
    expect((await bot.issues.get({ ...where, issue_number: story.number })).data.state).toBe("closed");
    expect((await bot.pulls.checkIfMerged({ ...where, pull_number: pull.number })).status).toBe(204);
    await expect(bot.pulls.merge({ ...where, pull_number: pull.number })).rejects.toMatchObject({ status: 405 });
    await expect(bot.pulls.update({ ...where, pull_number: pull.number, state: "open" })).rejects.toMatchObject({
      status: 422,
    });
    await github.deliveriesSettled();
    expect(receiver.names()).toEqual([
      "create",
      "push",
      "pull_request.opened",
      "push",
      "pull_request.synchronize",
      "push",
      "pull_request.closed",
      "issues.closed",
    ]);
    expect(receiver.received[4]?.payload).toMatchObject({ after: head, before: pull.head.sha });
    expect(receiver.received[6]?.payload["pull_request"]).toMatchObject({ merged: true, merge_commit_sha: merged.sha });
  });

  it("squashes", async () => {
    const { bot, where } = scene;
    const before = await main();
    await commit("squash", "s1.txt", "1\n");
    await commit("squash", "s2.txt", "2\n");
    const pull = await open("squash");
    const { data } = await bot.pulls.merge({ ...where, pull_number: pull.number, merge_method: "squash" });
    const { data: result } = await bot.git.getCommit({ ...where, commit_sha: data.sha });
    expect(result.parents.map((parent) => parent.sha)).toEqual([before]);
    expect(result.message).toBe(`Merge squash (#${pull.number})\n\n* Write s1.txt\n\n* Write s2.txt`);
  });

  it("rebases commits made on an older base", async () => {
    const { bot, where } = scene;
    await commit("rebase", "r1.txt", "1\n");
    await commit("rebase", "r2.txt", "2\n");
    const pull = await open("rebase");
    await commit("main", "meanwhile.txt", "m\n");
    const before = await main();
    const { data } = await bot.pulls.merge({ ...where, pull_number: pull.number, merge_method: "rebase" });
    const { data: commits } = await bot.repos.listCommits({ ...where, sha: data.sha, per_page: 3 });
    expect(commits.map((row) => row.commit.message)).toEqual(["Write r2.txt", "Write r1.txt", "Write meanwhile.txt"]);
    expect(commits[2]?.sha).toBe(before);
    expect((await bot.repos.getContent({ ...where, path: "r1.txt" })).status).toBe(200);
    expect((await bot.repos.getContent({ ...where, path: "meanwhile.txt" })).status).toBe(200);
  });

  it("knows a conflict, and does not merge it", async () => {
    const { bot, where } = scene;
    await commit("conflict", "README.md", "# One\n");
    const pull = await open("conflict");
    await commit("main", "README.md", "# Two\n");
    const { data } = await bot.pulls.get({ ...where, pull_number: pull.number });
    expect(data).toMatchObject({ mergeable: false, mergeable_state: "dirty" });
    for (const merge_method of ["merge", "squash", "rebase"] as const) {
      await expect(bot.pulls.merge({ ...where, pull_number: pull.number, merge_method })).rejects.toMatchObject({
        status: 405,
      });
    }
    await expect(bot.pulls.updateBranch({ ...where, pull_number: pull.number })).rejects.toMatchObject({ status: 422 });
    await bot.pulls.update({ ...where, pull_number: pull.number, state: "closed" });
    expect((await bot.pulls.list({ ...where, state: "all", head: "acme:conflict", base: "main" })).data[0]?.state).toBe(
      "closed",
    );
  });

  it("updates a branch with its base", async () => {
    const { bot, where } = scene;
    await commit("behind", "behind.txt", "1\n");
    const pull = await open("behind");
    await expect(bot.pulls.updateBranch({ ...where, pull_number: pull.number })).rejects.toMatchObject({ status: 422 });
    await commit("main", "ahead.txt", "1\n");
    await bot.pulls.updateBranch({ ...where, pull_number: pull.number, expected_head_sha: pull.head.sha });
    const { data } = await bot.pulls.get({ ...where, pull_number: pull.number });
    expect(data.head.sha).not.toBe(pull.head.sha);
    expect((await bot.repos.compareCommitsWithBasehead({ ...where, basehead: "main...behind" })).data).toMatchObject({
      status: "ahead",
      ahead_by: 2,
      behind_by: 0,
    });
  });

  it("refuses what GitHub refuses", async () => {
    const { bot, where } = scene;
    await commit("twice", "twice.txt", "1\n");
    await open("twice");
    await expect(open("twice")).rejects.toMatchObject({ status: 422 });
    await expect(open("nowhere")).rejects.toMatchObject({
      status: 422,
      response: { data: { errors: [{ field: "head", code: "invalid" }] } },
    });
    await bot.git.createRef({ ...where, ref: "refs/heads/same", sha: await main() });
    await expect(open("same")).rejects.toMatchObject({
      status: 422,
      response: { data: { errors: [{ message: "No commits between main and same" }] } },
    });
  });

  it("keeps a draft from merging until it is ready", async () => {
    const { bot, where, github, receiver } = scene;
    await commit("draft", "draft.txt", "1\n");
    const pull = await open("draft", undefined, true);
    expect(pull.draft).toBe(true);
    await expect(bot.pulls.merge({ ...where, pull_number: pull.number })).rejects.toMatchObject({ status: 405 });
    await quiet();
    const mutation = (name: string) =>
      `mutation($id: ID!) { ${name}(input: { pullRequestId: $id }) { pullRequest { isDraft } } }`;
    await bot.graphql(mutation("markPullRequestReadyForReview"), { id: pull.node_id });
    expect((await bot.pulls.get({ ...where, pull_number: pull.number })).data.draft).toBe(false);
    await bot.graphql(mutation("convertPullRequestToDraft"), { id: pull.node_id });
    await github.deliveriesSettled();
    expect(receiver.names()).toEqual(["pull_request.ready_for_review", "pull_request.converted_to_draft"]);
  });

  it("asks for reviews and takes them", async () => {
    const { bot, where, people, as, github, receiver } = scene;
    await commit("review", "review.txt", "one\ntwo\nthree\n");
    const pull = await open("review");
    const at = { ...where, pull_number: pull.number };
    await quiet();
    await bot.pulls.requestReviewers({ ...at, reviewers: ["ben"], team_reviewers: ["reviewers"] });
    await expect(bot.pulls.requestReviewers({ ...at, reviewers: ["eve"] })).rejects.toMatchObject({ status: 422 });
    expect((await bot.pulls.listRequestedReviewers(at)).data).toMatchObject({
      users: [{ login: "ben" }],
      teams: [{ slug: "reviewers" }],
    });
    const ben = as(people.ben.token);
    const { data: review } = await ben.pulls.createReview({
      ...at,
      event: "REQUEST_CHANGES",
      body: "Not yet",
      comments: [{ path: "review.txt", line: 2, body: "Why?" }],
    });
    expect(review.state).toBe("CHANGES_REQUESTED");
    expect((await bot.pulls.listRequestedReviewers(at)).data.users).toEqual([]);
    await expect(bot.pulls.createReview({ ...at, event: "APPROVE" })).rejects.toMatchObject({
      status: 422,
      response: { data: { errors: ["Can not approve your own pull request"] } },
    });
    await expect(
      ben.pulls.createReview({ ...at, event: "COMMENT", comments: [{ path: "review.txt", line: 99, body: "far" }] }),
    ).rejects.toMatchObject({ status: 422 });
    await expect(ben.pulls.createReview({ ...at, event: "REQUEST_CHANGES" })).rejects.toMatchObject({ status: 422 });
    const { data: pending } = await ben.pulls.createReview({ ...at, body: "draft" });
    expect(pending.state).toBe("PENDING");
    expect((await bot.pulls.listReviews(at)).data).toHaveLength(1);
    expect((await ben.pulls.listReviews(at)).data).toHaveLength(2);
    await ben.pulls.submitReview({ ...at, review_id: pending.id, event: "APPROVE" });
    await ben.pulls.updateReview({ ...at, review_id: pending.id, body: "Good" });
    await ben.pulls.dismissReview({ ...at, review_id: review.id, message: "Answered" });
    expect((await bot.pulls.listReviews(at)).data.map((row) => row.state)).toEqual(["DISMISSED", "APPROVED"]);
    const { data: comments } = await bot.pulls.listCommentsForReview({ ...at, review_id: review.id });
    expect(comments).toHaveLength(1);
    await github.deliveriesSettled();
    expect(receiver.names()).toEqual([
      "pull_request.review_requested",
      "pull_request.review_requested",
      "pull_request_review.submitted",
      "pull_request_review_comment.created",
      "pull_request_review.submitted",
      "pull_request_review.edited",
      "pull_request_review.dismissed",
    ]);
    expect(receiver.received[2]?.payload["review"]).toMatchObject({
      state: "changes_requested",
      user: { login: "ben" },
    });
    const { data: throwaway } = await ben.pulls.createReview({ ...at, body: "gone" });
    await ben.pulls.deletePendingReview({ ...at, review_id: throwaway.id });
    await bot.pulls.removeRequestedReviewers({ ...at, reviewers: [], team_reviewers: ["reviewers"] });
  });

  it("has review comments, replies and reactions", async () => {
    const { bot, where, people, as } = scene;
    const head = await commit("lines", "lines.txt", "one\ntwo\n");
    const pull = await open("lines");
    const at = { ...where, pull_number: pull.number };
    const ben = as(people.ben.token);
    await quiet();
    const { data: comment } = await ben.pulls.createReviewComment({
      ...at,
      commit_id: head,
      path: "lines.txt",
      line: 1,
      side: "RIGHT",
      body: "hm",
    });
    expect(comment.diff_hunk).toContain("+one");
    const { data: reply } = await bot.pulls.createReplyForReviewComment({
      ...at,
      comment_id: comment.id,
      body: "done",
    });
    expect(reply.in_reply_to_id).toBe(comment.id);
    // Each comment alone is a review of its own, and GitHub tells of both.
    expect(reply.pull_request_review_id).not.toBe(comment.pull_request_review_id);
    expect((await bot.pulls.listReviews(at)).data.map(({ id, state }) => [id, state])).toEqual([
      [comment.pull_request_review_id, "COMMENTED"],
      [reply.pull_request_review_id, "COMMENTED"],
    ]);
    await scene.github.deliveriesSettled();
    const told = scene.receiver.received.filter(({ event }) => event.startsWith("pull_request_review"));
    expect(told.map(({ event, payload }) => [event, payload["action"]])).toEqual([
      ["pull_request_review", "submitted"],
      ["pull_request_review_comment", "created"],
      ["pull_request_review", "submitted"],
      ["pull_request_review_comment", "created"],
    ]);
    await bot.pulls.updateReviewComment({ ...where, comment_id: reply.id, body: "done now" });
    await bot.reactions.createForPullRequestReviewComment({ ...where, comment_id: comment.id, content: "+1" });
    expect(
      (await bot.reactions.listForPullRequestReviewComment({ ...where, comment_id: comment.id })).data,
    ).toHaveLength(1);
    expect((await bot.pulls.listReviewComments(at)).data.map((row) => row.body)).toEqual(["hm", "done now"]);
    expect((await bot.pulls.getReviewComment({ ...where, comment_id: reply.id })).data.body).toBe("done now");
    await bot.pulls.deleteReviewComment({ ...where, comment_id: reply.id });
    await expect(
      ben.pulls.createReviewComment({ ...at, commit_id: head, path: "no.txt", line: 1, body: "x" }),
    ).rejects.toMatchObject({ status: 422 });
  });

  it("closes when its branch goes, and counts as merged when its commits arrive by another way", async () => {
    const { bot, where } = scene;
    await commit("gone", "gone.txt", "1\n");
    const gone = await open("gone");
    await bot.git.deleteRef({ ...where, ref: "heads/gone" });
    expect((await bot.pulls.get({ ...where, pull_number: gone.number })).data).toMatchObject({
      state: "closed",
      merged: false,
    });
    await expect(bot.pulls.update({ ...where, pull_number: gone.number, state: "open" })).rejects.toMatchObject({
      status: 422,
    });
    const head = await commit("direct", "direct.txt", "1\n");
    const direct = await open("direct");
    await bot.git.updateRef({ ...where, ref: "heads/main", sha: head });
    expect((await bot.pulls.get({ ...where, pull_number: direct.number })).data).toMatchObject({
      merged: true,
      merge_commit_sha: head,
    });
    expect(
      (await bot.repos.listPullRequestsAssociatedWithCommit({ ...where, commit_sha: head })).data.map(
        (row) => row.number,
      ),
    ).toContain(direct.number);
  });

  it("shows its checks, its diff, and that one of them fails", async () => {
    const { bot, where } = scene;
    const head_sha = await commit("checked", "checked.txt", "1\n");
    const pull = await open("checked");
    const at = { ...where, pull_number: pull.number };
    const { data: run } = await bot.checks.create({ ...where, name: "gate", head_sha, conclusion: "failure" });
    expect(run.pull_requests).toMatchObject([{ number: pull.number, head: { sha: head_sha } }]);
    expect((await bot.pulls.get(at)).data.mergeable_state).toBe("unstable");
    await bot.checks.create({ ...where, name: "gate", head_sha, conclusion: "success" });
    expect((await bot.pulls.get(at)).data.mergeable_state).toBe("clean");
    const { data: diff } = await bot.pulls.get({ ...at, mediaType: { format: "diff" } });
    expect(String(diff)).toContain("+++ b/checked.txt");
    await expect(
      bot.pulls.create({ ...where, title: "Fork", head: "eve:checked", base: "main" }),
    ).rejects.toMatchObject({ status: 422 });
  });

  it("takes pull requests from forks, follows their branch and leaves ours of the same name alone", async () => {
    const { bot, where, github, receiver, as, people } = scene;
    const fork = await github.forkRepository("acme", "shop", "cat");
    expect(await github.forkRepository("acme", "shop", "cat")).toEqual(fork);
    const cat = as(people.cat.token);
    const theirs = { owner: "cat", repo: "shop" };
    expect((await cat.repos.get(theirs)).data.fork).toBe(true);
    await commit("same-name", "ours.txt", "ours\n");
    const ours = await open("same-name");
    const write = async (path: string) => {
      const file = { ...theirs, path, branch: "same-name", message: path, content: "eA==" };
      const { data } = await cat.repos.createOrUpdateFileContents(file);
      return data.commit.sha ?? "";
    };
    const { data: tip } = await cat.git.getRef({ ...theirs, ref: "heads/main" });
    await cat.git.createRef({ ...theirs, ref: "refs/heads/same-name", sha: tip.object.sha });
    await write("theirs.txt");
    await quiet();
    const create = (head: string) => cat.pulls.create({ ...where, title: "Mine", head, base: "main" });
    await expect(create("ben:same-name")).rejects.toMatchObject({ status: 422 });
    await expect(create("same-name")).rejects.toMatchObject({ status: 403 });
    const { data: pull } = await create("cat:same-name");
    await expect(create("cat:same-name")).rejects.toMatchObject({ status: 422 });
    expect([pull.head.label, pull.head.repo?.full_name, pull.base.repo.full_name]).toEqual([
      "cat:same-name",
      "cat/shop",
      "acme/shop",
    ]);
    const { data: listed } = await bot.pulls.list({ ...where, head: "cat:same-name" });
    expect(listed.map(({ number }) => number)).toEqual([pull.number]);
    const head = await write("more.txt");
    const at = { ...where, pull_number: pull.number };
    expect((await bot.pulls.listFiles(at)).data.map(({ filename }) => filename)).toEqual(["more.txt", "theirs.txt"]);
    expect((await bot.pulls.get(at)).data.head.sha).toBe(head);
    expect((await bot.pulls.get({ ...where, pull_number: ours.number })).data.head.sha).toBe(ours.head.sha);
    await expect(bot.pulls.updateBranch(at)).rejects.toMatchObject({ status: 403 });
    await cat.git.deleteRef({ ...theirs, ref: "heads/same-name" });
    await github.deliveriesSettled();
    // The fork is not of the installation: of its pushes nobody here hears but by the pull request.
    expect(receiver.names()).toEqual(["pull_request.opened", "pull_request.synchronize", "pull_request.closed"]);
    expect((await bot.pulls.get({ ...where, pull_number: ours.number })).data.state).toBe("open");
    await expect(bot.pulls.update({ ...at, state: "open" })).rejects.toMatchObject({ status: 422 });
  });

  it("loses no change that comes while a review is worked out", async () => {
    const { bot, where, people, as } = scene;
    await commit("raced", "raced.txt", "1\n");
    const pull = await open("raced");
    const at = { ...where, issue_number: pull.number };
    const comments = [{ path: "raced.txt", line: 1, body: "hm" }];
    const review = as(people.ben.token).pulls.createReview({
      ...where,
      pull_number: pull.number,
      event: "COMMENT",
      comments,
    });
    await Promise.all([
      review,
      bot.issues.addLabels({ ...at, labels: ["kept"] }),
      bot.issues.update({ ...at, title: "Kept" }),
    ]);
    const { data } = await bot.pulls.get({ ...where, pull_number: pull.number });
    expect([data.title, data.labels.map((label) => label.name), data.review_comments]).toEqual(["Kept", ["kept"], 1]);
  });

  it("merges branches and changes titles and bases", async () => {
    const { bot, where } = scene;
    await commit("feature", "feature.txt", "1\n");
    await bot.git.createRef({ ...where, ref: "refs/heads/next", sha: await main() });
    const pull = await open("feature");
    await bot.pulls.update({ ...where, pull_number: pull.number, title: "Other", base: "next" });
    expect((await bot.pulls.get({ ...where, pull_number: pull.number })).data).toMatchObject({
      title: "Other",
      base: { ref: "next" },
    });
    expect(Number((await bot.repos.merge({ ...where, base: "next", head: "feature" })).status)).toBe(201);
    expect((await bot.pulls.get({ ...where, pull_number: pull.number })).data.merged).toBe(true);
    expect(Number((await bot.repos.merge({ ...where, base: "next", head: "feature" })).status)).toBe(204);
  });
});
