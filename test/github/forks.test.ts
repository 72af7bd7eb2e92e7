import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Task } from "../../src/workflow/domain/task.ts";
import { type StoryWorld, shop, startStoryWorld } from "./support/story-world.ts";

let at: StoryWorld;
beforeAll(async () => {
  at = await startStoryWorld();
  await at.world.github.forkRepository("acme", "shop", "guest");
});
afterAll(async () => {
  expect(at.world.github.unknownRoutes).toEqual([]);
  await at.close();
});

const fork = { owner: "guest", repo: "shop" };
const guest = () => at.world.as("guest").rest;

/** A commit in guest's fork, on a branch that is made when it is new. */
async function commit(branch: string, path: string, text: string): Promise<void> {
  const refs = await guest().git.listMatchingRefs({ ...fork, ref: `heads/${branch}` });
  if (refs.data.length === 0) {
    const { data: main } = await guest().git.getRef({ ...fork, ref: "heads/main" });
    await guest().git.createRef({ ...fork, ref: `refs/heads/${branch}`, sha: main.object.sha });
  }
  const { data: known } = await guest()
    .repos.getContent({ ...fork, path, ref: branch })
    .catch(() => ({ data: null }));
  const sha = known !== null && "sha" in known ? { sha: known.sha } : {};
  const content = Buffer.from(text).toString("base64");
  await guest().repos.createOrUpdateFileContents({ ...fork, path, branch, message: `Write ${path}`, content, ...sha });
}

async function open(branch: string): Promise<number> {
  const { data } = await guest().pulls.create({ ...shop, title: "Mine", head: `guest:${branch}`, base: "main" });
  await at.fleet.settle();
  return data.number;
}

/** What is read, without hidden lines and numbers that differ from run to run. */
const readable = (texts: readonly string[]) =>
  texts.map((text) =>
    text
      .replaceAll(/<!--.*?-->/g, "")
      .replaceAll(/fleet\/\d+\//g, "fleet/n/")
      .trim(),
  );
const reasons = (texts: readonly string[]) => texts.map((text) => /reason: `([a-z-]+)`/.exec(text)?.[1] ?? text);

describe("a fork's pull request whose branch is named like a task's", () => {
  let story: number;
  let task: Task;
  let pull: number;
  beforeEach(async () => {
    story = await at.storyWithTasks();
    task = await at.handIn(story);
    await commit(task.branch, "src/evil.ts", "// not the task's\n");
    pull = await open(task.branch);
  });

  test("is told that it is not the task's, which stays with its own; more pushes and its end change nothing", async () => {
    const said = (await at.botComments(pull)).map(({ body }) => body);
    expect(readable(said)).toMatchSnapshot();
    await commit(task.branch, "src/evil.ts", "// still not\n");
    await guest().pulls.update({ ...shop, pull_number: pull, state: "closed" });
    await at.fleet.settle();
    expect(await at.botComments(pull)).toHaveLength(1);
    expect(await at.taskOf(story)).toEqual(task);
    const { data: labels } = await guest().issues.listLabelsOnIssue({ ...shop, issue_number: pull });
    expect(labels).toEqual([]);
  });

  test("carries no state: a label of ours is taken off and explained", async () => {
    const olga = at.world.as("olga").rest.issues;
    for (const name of ["task/done", "fleet:task", "fleet:story", "fleet:overdue"]) {
      const said = await at.during(pull, () => olga.addLabels({ ...shop, issue_number: pull, labels: [name] }));
      expect(reasons(said), name).toEqual(["unknown-task"]);
    }
    const { data: labels } = await olga.listLabelsOnIssue({ ...shop, issue_number: pull });
    expect(labels).toEqual([]);
    expect(await at.taskOf(story)).toEqual(task);
  });

  test("takes no command, which each person is told once, whatever the way", async () => {
    const said = await at.say("arno", pull, "/approve");
    expect(readable(said)).toMatchSnapshot();
    expect(await at.say("arno", pull, "/approve")).toEqual([]);
    expect(reasons(await at.say("guest", pull, "/claim"))).toEqual(["unknown-task"]);
    const review = { ...shop, pull_number: pull, event: "COMMENT" } as const;
    const reviewing = () => at.world.as("quinn").rest.pulls.createReview({ ...review, body: "/approve" });
    expect(reasons(await at.during(pull, reviewing))).toEqual(["unknown-task"]);
    const beside = () =>
      at.world.as("dev").rest.pulls.createReview({
        ...review,
        body: "",
        comments: [{ path: "src/evil.ts", line: 1, body: "/release" }],
      });
    expect(reasons(await at.during(pull, beside))).toEqual(["unknown-task"]);
    expect(await at.say("dev", pull, "A remark, and no command.")).toEqual([]);
    expect(await at.taskOf(story)).toEqual(task);
  });

  test("is decided on by nobody: reviews of it are not the task's", async () => {
    const approve = { ...shop, pull_number: pull, event: "APPROVE" } as const;
    expect(await at.during(pull, () => at.world.as("arno").rest.pulls.createReview(approve))).toEqual([]);
    expect(await at.taskOf(story)).toEqual(task);
  });

  test("merged by a person is no merge of the task", async () => {
    await at.world.as("olga").rest.pulls.merge({ ...shop, pull_number: pull });
    await at.fleet.settle();
    expect(await at.taskOf(story)).toMatchObject({ state: "pending-arch-review", merged: false });
  });
});

test("a fork's pull request of any other name is nobody's business, and takes no command", async () => {
  await commit("typo", "README.md", "# Shop\n");
  const pull = await open("typo");
  expect(await at.say("arno", pull, "/approve")).toEqual([]);
  expect(await at.botComments(pull)).toEqual([]);
});

test("a fork that changes fleet.yml is judged like a branch, and nothing of it is in force", async () => {
  await commit("settings", ".github/fleet.yml", "roles: { architect: [guest] }\nsubject: []\n");
  const pull = await open("settings");
  expect((await at.botComments(pull)).map(({ body }) => body).join()).toContain(
    "`fleet.yml` would not come into force",
  );
  const check = async () => {
    const { data } = await guest().pulls.get({ ...shop, pull_number: pull });
    const runs = await at.world.as("olga").rest.checks.listForRef({ ...shop, ref: data.head.sha });
    return runs.data.check_runs.map(({ name, conclusion }) => [name, conclusion]);
  };
  expect(await check()).toEqual([["fleet/config", "failure"]]);
  await commit("settings", ".github/fleet.yml", "roles: { architect: [guest] }\n");
  await at.fleet.settle();
  expect(await check()).toEqual([["fleet/config", "success"]]);
  expect((await at.botComments(pull)).map(({ body }) => body).join()).toContain("`fleet.yml` is valid");
  const story = await at.storyWithTasks();
  const { pullRequest } = await at.handIn(story);
  expect(reasons(await at.say("guest", pullRequest ?? 0, "/approve"))).toEqual(["role-missing"]);
});
