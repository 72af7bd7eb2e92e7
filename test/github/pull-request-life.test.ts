import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { system } from "../../src/kernel/principal.ts";
import { type StoryWorld, shop, startStoryWorld } from "./support/story-world.ts";

let at: StoryWorld;
beforeAll(async () => {
  at = await startStoryWorld();
});
afterAll(async () => {
  expect(at.world.github.unknownRoutes).toEqual([]);
  await at.close();
});

const plan = "- [ ] Check the date (covers 1 2)";

/** A task that waits for the architect, with its pull request. */
async function handedIn() {
  const story = await at.storyWithTasks(plan);
  const task = await at.handIn(story);
  const pull = task.pullRequest ?? 0;
  const update = (login: string, change: object) =>
    at.during(pull, () => at.world.as(login).rest.pulls.update({ ...shop, pull_number: pull, ...change }));
  const pullRequest = async () => (await at.world.as("olga").rest.pulls.get({ ...shop, pull_number: pull })).data;
  return { story, task, pull, update, pullRequest };
}

const readable = (texts: readonly string[]) =>
  texts.map((text) =>
    text
      .replaceAll(/<!--.*?-->/g, "")
      .replaceAll(/#\d+/g, "#n")
      .replaceAll(/fleet\/\d+\//g, "fleet/n/")
      .trim(),
  );

describe("a task's pull request", () => {
  test("closed without a merge says what is possible; opened again it goes on over the gates", async () => {
    const { story, pull, update } = await handedIn();
    expect(readable(await update("dev", { state: "closed" }))).toMatchSnapshot();
    expect((await at.taskOf(story)).state).toBe("pending-arch-review");
    expect(await update("dev", { state: "open" })).toEqual([]);
    for (const login of ["arno", "quinn"]) expect(await at.say(login, pull, "/approve")).toEqual([]);
    expect(await at.say("olga", story, "/approve")).toEqual([]);
    expect((await at.storyOf(story)).state).toBe("done");
  });

  test("gets its base back", async () => {
    const { update, pullRequest } = await handedIn();
    const dev = at.world.as("dev").rest.git;
    const { data: main } = await dev.getRef({ ...shop, ref: "heads/main" });
    await dev.createRef({ ...shop, ref: "refs/heads/release", sha: main.object.sha });
    expect(readable(await update("dev", { base: "release" }))).toMatchSnapshot();
    expect((await pullRequest()).base.ref).toBe("main");
    expect(await update("dev", { title: "Another title" })).toEqual([]);
  });

  test("merged by hand before the gates says so once, there and on the story; the gates still decide", async () => {
    const { story, pull } = await handedIn();
    const merge = () => at.world.as("dev").rest.pulls.merge({ ...shop, pull_number: pull });
    const onStory = await at.during(story, async () => {
      expect(readable(await at.during(pull, merge))).toMatchSnapshot();
    });
    expect(onStory).toHaveLength(1);
    expect(await at.taskOf(story)).toMatchObject({ state: "pending-arch-review", merged: true });
    expect((await at.storyOf(story)).state).toBe("code-review");
    for (const login of ["arno", "quinn"]) expect(await at.say(login, pull, "/approve")).toEqual([]);
    expect(await at.say("olga", story, "/approve")).toEqual([]);
    expect((await at.storyOf(story)).state).toBe("done");
  });

  test("merged by hand after a rejection can only be given up", async () => {
    const { story, pull, task } = await handedIn();
    await at.say("arno", pull, "/reject It is in the wrong place.");
    const said = await at.during(pull, () => at.world.as("dev").rest.pulls.merge({ ...shop, pull_number: pull }));
    expect(readable(said)).toMatchSnapshot();
    const closing = { state: "closed", state_reason: "not_planned" } as const;
    await at.world.as("olga").rest.issues.update({ ...shop, issue_number: task.issueNumber ?? 0, ...closing });
    await at.fleet.settle();
    expect((await at.issue(task.issueNumber ?? 0)).state).toBe("closed");
    expect((await at.taskOf(story)).merged).toBe(true);
  });

  test("merged into another branch is no merge of the task", async () => {
    const { story, pull } = await handedIn();
    const dev = at.world.as("dev").rest;
    const { data: main } = await dev.git.getRef({ ...shop, ref: "heads/main" });
    await dev.git.createRef({ ...shop, ref: "refs/heads/side", sha: main.object.sha });
    // Faster than the fleet, which would put the base back.
    await dev.pulls.update({ ...shop, pull_number: pull, base: "side" });
    const said = await at.during(pull, () => dev.pulls.merge({ ...shop, pull_number: pull }));
    expect(said.join()).toContain("that is no merge of task 1");
    expect(await at.taskOf(story)).toMatchObject({ state: "pending-arch-review", merged: false });
    for (const login of ["arno", "quinn"]) await at.say(login, pull, "/approve");
    await at.say("olga", story, "/approve");
    expect(await at.taskOf(story)).toMatchObject({ state: "done", merged: false });
    expect((await at.botComments(pull)).map(({ body }) => body).join()).toContain(
      "It was merged into side, not into main.",
    );
  });

  test("made a draft is not merged, and is merged when it is ready again", async () => {
    const { story, pull, pullRequest } = await handedIn();
    const draft = async (name: string) => {
      const query = `mutation { ${name}(input: { pullRequestId: "${(await pullRequest()).node_id}" }) { clientMutationId } }`;
      expect(await at.during(pull, () => at.world.as("dev").graphql(query))).toEqual([]);
    };
    await draft("convertPullRequestToDraft");
    for (const login of ["arno", "quinn"]) await at.say(login, pull, "/approve");
    await at.say("olga", story, "/approve");
    expect(await at.taskOf(story)).toMatchObject({ state: "done", merged: false });
    expect((await at.botComments(pull)).map(({ body }) => body).join()).toContain("The pull request is a draft.");
    await draft("markPullRequestReadyForReview");
    expect((await at.storyOf(story)).state).toBe("done");
  });
});

describe("a task's branch", () => {
  const remove = (branch: string) => at.world.as("dev").rest.git.deleteRef({ ...shop, ref: `heads/${branch}` });

  test("deleted with work on it says once what is possible; restored, it goes on as it was", async () => {
    const { story, task, pull, update } = await handedIn();
    await at.say("arno", pull, "/approve");
    const said = await at.during(pull, () => remove(task.branch));
    expect(readable(said)).toMatchSnapshot();
    expect((await at.taskOf(story)).state).toBe("pending-qa");
    const sha = task.headSha ?? "";
    await at.world.as("dev").rest.git.createRef({ ...shop, ref: `refs/heads/${task.branch}`, sha });
    expect(await update("dev", { state: "open" })).toEqual([]);
    expect((await at.taskOf(story)).state).toBe("pending-qa");
    await at.say("quinn", pull, "/approve");
    expect(await at.say("olga", story, "/approve")).toEqual([]);
    expect((await at.storyOf(story)).state).toBe("done");
    expect(await at.during(pull, () => remove(task.branch)), "after the merge").toEqual([]);
  });

  test("deleted before there is work on it is nothing to speak of", async () => {
    const story = await at.storyWithTasks(plan);
    const { issueNumber, branch } = await at.taskOf(story);
    await at.say("dev", issueNumber ?? 0, "/claim");
    const { data: main } = await at.world.as("dev").rest.git.getRef({ ...shop, ref: "heads/main" });
    await at.world.as("dev").rest.git.createRef({ ...shop, ref: `refs/heads/${branch}`, sha: main.object.sha });
    await at.fleet.settle();
    expect(await at.during(issueNumber ?? 0, () => remove(branch))).toEqual([]);
    expect((await at.taskOf(story)).state).toBe("implementing");
  });
});

describe("a task's branch, pushed to by force after a review", () => {
  /** A commit on the default branch in the place of what is on the branch: with another text, or with the same tree. */
  async function force(branch: string, headSha: string, text: string | null): Promise<string> {
    const dev = at.world.as("dev").rest.git;
    const { data: main } = await dev.getRef({ ...shop, ref: "heads/main" });
    const { data: head } = await dev.getCommit({ ...shop, commit_sha: headSha });
    const blob = { path: "src/coupon.ts", mode: "100644", type: "blob", content: text ?? "" } as const;
    const tree =
      text === null
        ? head.tree.sha
        : (await dev.createTree({ ...shop, base_tree: head.tree.sha, tree: [blob] })).data.sha;
    const parents = [main.object.sha];
    const { data: made } = await dev.createCommit({ ...shop, message: `Squashed ${text}`, tree, parents });
    await dev.updateRef({ ...shop, ref: `heads/${branch}`, sha: made.sha, force: true });
    return made.sha;
  }
  const notes = async (pull: number) => (await at.botComments(pull)).map(({ body }) => body).join();

  test("keeps its approvals where the tree is the same", async () => {
    const { story, task, pull } = await handedIn();
    await at.say("arno", pull, "/approve");
    const said = await at.during(pull, () => force(task.branch, task.headSha ?? "", null));
    expect(said).toEqual([]);
    const now = await at.taskOf(story);
    expect([now.state, now.headSha === task.headSha, now.headTree]).toEqual(["pending-qa", false, task.headTree]);
    const pushed = at.fleet.deliveries.filter(({ event }) => event === "push").at(-1);
    expect(JSON.parse(pushed?.rawBody ?? "{}").forced).toBe(true);
    for (const [login, number] of [
      ["quinn", pull],
      ["olga", story],
    ] as const)
      expect(await at.say(login, number, "/approve")).toEqual([]);
    expect((await at.storyOf(story)).state).toBe("done");
  });

  test("loses them where it is another, says so, and asks the gate again", async () => {
    const { story, task, pull } = await handedIn();
    const approve = { ...shop, pull_number: pull, event: "APPROVE" } as const;
    await at.world.as("arno").rest.pulls.createReview(approve);
    await at.fleet.settle();
    expect((await at.taskOf(story)).state).toBe("pending-qa");
    await at.during(pull, () => force(task.branch, task.headSha ?? "", "// by force\n"));
    expect((await at.taskOf(story)).state).toBe("pending-arch-review");
    expect(await notes(pull)).toContain("the approval is void, and every gate decides again");
    // A verdict on the commit that was taken away moves nothing, and is told why.
    const old = { ...approve, commit_id: task.headSha ?? "" };
    const said = await at.during(pull, () => at.world.as("arno").rest.pulls.createReview(old));
    expect(said.join()).toContain("reason: `tree-changed`");
    expect((await at.taskOf(story)).state).toBe("pending-arch-review");
    await at.world.as("arno").rest.pulls.createReview(approve);
    await at.fleet.settle();
    expect((await at.taskOf(story)).state).toBe("pending-qa");
  });

  test("after a rejection hands the next round in, with what the rejection said", async () => {
    const { story, task, pull } = await handedIn();
    await at.say("arno", pull, "/reject It is in the wrong place.");
    await at.during(pull, () => force(task.branch, task.headSha ?? "", "// elsewhere\n"));
    const now = await at.taskOf(story);
    expect([now.state, now.feedback.map(({ text }) => text)]).toEqual([
      "pending-arch-review",
      ["It is in the wrong place."],
    ]);
    expect(now.headSha).not.toBe(task.headSha);
  });
});

describe("people's commits on a task's branch", () => {
  test("count like a council's: another person's are recorded, and nobody who committed may judge", async () => {
    const { story, task, pull } = await handedIn();
    const content = Buffer.from("// arno\n").toString("base64");
    const file = { ...shop, path: "src/arno.ts", branch: task.branch, message: "Help", content };
    await at.world.as("arno").rest.repos.createOrUpdateFileContents(file);
    await at.fleet.settle();
    const { authors } = await at.taskOf(story);
    expect(authors.toSorted()).toEqual(
      ["arno", "dev"].map((login) => `human:${at.world.people[login]?.id}`).toSorted(),
    );
    expect((await at.say("arno", pull, "/approve")).join()).toContain("reason: `own-work`");
  });

  test("more of them than are read keep everybody from deciding, until the branch is shorter", async () => {
    const { story, task, pull } = await handedIn();
    const sha = task.headSha ?? "";
    const { recordHead } = at.fleet.deps.workflow;
    const { authors, headTree } = task;
    const head = { taskId: task.id, headTree: headTree ?? "", authors, committer: system, deliveryId: null };
    const { data: main } = await at.world.as("dev").rest.git.getRef({ ...shop, ref: "heads/main" });
    await recordHead({ ...head, headSha: main.object.sha, authorsKnown: false });
    expect(readable(await at.say("arno", pull, "/approve"))).toMatchSnapshot();
    await recordHead({ ...head, headSha: sha, authorsKnown: true });
    expect(await at.say("arno", pull, "/approve")).toEqual([]);
    expect((await at.taskOf(story)).state).toBe("pending-qa");
  });
});
