import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { idOfRepository, parseNamedRepository } from "../../src/github/reconcile/named-repository.ts";
import { reconcile } from "../../src/github/reconcile/reconcile.ts";
import { findStories } from "../../src/planning/application/find-stories.ts";
import { type StoryWorld, shop, startStoryWorld } from "./support/story-world.ts";

let at: StoryWorld;
beforeAll(async () => {
  at = await startStoryWorld();
});
afterAll(async () => {
  expect(at.world.github.unknownRoutes).toEqual([]);
  await at.close();
});

/** People act while the fleet is down: what is sent then is lost. */
async function unheard(act: () => Promise<unknown>): Promise<void> {
  await act();
  await at.world.github.deliveriesSettled();
  at.fleet.waiting.splice(0);
}

/** Compares with GitHub; `later`: how much time has gone by since, in milliseconds. */
async function repaired(later = 0): Promise<readonly string[]> {
  const { repairs } = await reconcile({
    app: { ...at.fleet.deps, clock: () => Date.now() + later },
    findStories: () => findStories(at.fleet.planning, {}),
    forget: async () => {},
    log: at.world.log,
  });
  await at.fleet.settle();
  return repairs.map(({ what, number }) => `${what} #${number}`);
}

const hour = 60 * 60_000;
const olga = () => at.world.as("olga").rest;
const dev = () => at.world.as("dev").rest;

async function sprint(title: string): Promise<number> {
  return (await olga().issues.createMilestone({ ...shop, title })).data.number;
}

/** What the story's comment says to have been put back. */
async function told(story: number): Promise<string | undefined> {
  const [sticky = ""] = (await at.botComments(story)).map(({ body }) => body);
  const day = new Date().toISOString().slice(0, 10);
  return /^> Put back.*$/m.exec(sticky)?.[0].replace(day, "DAY");
}

describe("where a story stands", () => {
  test("its sprint, its epic and what blocks it are taken over; a second look finds nothing", async () => {
    const [story, epic, blocker] = [await at.newStory(), await at.newStory(), await at.newStory()];
    const milestone = await sprint("Sprint 1");
    const { data: issue } = await olga().issues.get({ ...shop, issue_number: story });
    const { data: other } = await olga().issues.get({ ...shop, issue_number: blocker });
    const id = { ...shop, issue_number: story };
    await unheard(() => olga().issues.update({ ...id, milestone }));
    await unheard(() => olga().issues.addSubIssue({ ...shop, issue_number: epic, sub_issue_id: issue.id }));
    await unheard(() => olga().issues.addBlockedByDependency({ ...id, issue_id: other.id }));
    expect(await repaired()).toEqual([`milestone #${story}`, `epic #${story}`, `blockers #${story}`]);
    expect(await at.storyOf(story)).toMatchObject({
      milestone: { number: milestone, title: "Sprint 1" },
      parent: { number: epic },
      openBlockers: 1,
      putBack: null,
    });
    expect(await repaired()).toEqual([]);

    await unheard(() => olga().issues.updateMilestone({ ...shop, milestone_number: milestone, title: "Sprint one" }));
    expect(await repaired(), "the sprint's new title").toEqual([`milestone #${story}`]);
    await unheard(() => olga().issues.update({ ...id, milestone: null }));
    await unheard(() => olga().issues.removeSubIssue({ ...shop, issue_number: epic, sub_issue_id: issue.id }));
    await unheard(() => olga().issues.removeDependencyBlockedBy({ ...id, issue_id: other.id }));
    expect(await repaired()).toEqual([`milestone #${story}`, `epic #${story}`, `blockers #${story}`]);
    expect(await at.storyOf(story)).toMatchObject({ milestone: null, parent: null, openBlockers: 0 });
  });

  test("whose its epics are is taken over, each asked for once; what was kept of a text is made whole", async () => {
    const [first, second] = [await at.newStory(), await at.newStory()];
    const { data: epic } = await olga().issues.create({ ...shop, title: "Coupons" });
    const number = await sprint("Sprint 1b");
    for (const story of [first, second]) {
      const { data: issue } = await olga().issues.update({ ...shop, issue_number: story, milestone: number });
      await olga().issues.addSubIssue({ ...shop, issue_number: epic.number, sub_issue_id: issue.id });
    }
    await at.fleet.settle();
    await repaired();
    await unheard(() => olga().issues.addAssignees({ ...shop, issue_number: epic.number, assignees: ["arno"] }));
    // As a fleet left it that knew neither what a text is made of nor whose a milestone is.
    const { id } = await at.storyOf(second);
    await at.fleet.planning.graph.write(async (tx) => {
      await tx.run("MATCH (s:Story {id: $id}) REMOVE s.description, s.criteria", { id });
      await tx.run(
        "MATCH (e:Epic)-[:CONTAINS]->(:Story {id: $id}) WHERE e.title = 'Sprint 1b' REMOVE e.people, e.peopleAt",
        {
          id,
        },
      );
    });
    expect(await repaired()).toEqual([
      `text parts #${second}`,
      `epic assigned #${epic.number}`,
      `epic assigned #${first}`,
    ]);
    const people = await at.fleet.planning.graph.read((tx) =>
      tx.run(
        "MATCH (e:Epic)-[:CONTAINS]->(:Story {id: $id}) RETURN e.title AS title, e.people AS people ORDER BY title",
        {
          id,
        },
      ),
    );
    expect(people.map(({ title, people: who }) => [title, /"login":"(\w+)"/.exec(String(who))?.[1]])).toEqual([
      ["Coupons", "arno"],
      ["Sprint 1b", "olga"],
    ]);
    expect(await repaired()).toEqual([]);
  });

  test("a sprint that was closed unheard carries over what was under way, once; what goes on afterwards stays", async () => {
    const milestone = await sprint("Sprint 2");
    const [running, draft] = [await at.storyWithTasks(undefined, { milestone }), await at.newStory({ milestone })];
    const close = { ...shop, milestone_number: milestone, state: "closed" } as const;
    // GitHub's times have whole seconds: what happens in the second of the closing is not told from what was before.
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    await unheard(() => olga().issues.updateMilestone(close));
    const before = (await at.botComments(running)).length;
    expect(await repaired()).toEqual([`sprint closed #${running}`]);
    expect([(await at.storyOf(running)).state, (await at.storyOf(draft)).state]).toEqual(["carry-over", "draft"]);
    expect((await at.botComments(running)).length).toBe(before + 1);
    await at.say("olga", running, "/continue");
    expect(await repaired()).toEqual([]);
    expect((await at.storyOf(running)).state).toBe("ready-for-execution");
  });
});

describe("what the approved plan says of tasks is put back, and told in the story's comment", () => {
  test("title, dependencies and place below the story", async () => {
    const story = await at.storyWithTasks();
    const [one, two] = [await at.taskOf(story, 1), await at.taskOf(story, 2)];
    const [first, second] = [one.issueNumber ?? 0, two.issueNumber ?? 0];
    const { data: blocking } = await olga().issues.get({ ...shop, issue_number: first });
    const { data: blocked } = await olga().issues.get({ ...shop, issue_number: second });
    expect(await repaired()).toEqual([]);
    expect(await told(story)).toBeUndefined();

    await unheard(() => dev().issues.update({ ...shop, issue_number: first, title: "Something else" }));
    await unheard(() =>
      dev().issues.removeDependencyBlockedBy({ ...shop, issue_number: second, issue_id: blocking.id }),
    );
    await unheard(() => dev().issues.removeSubIssue({ ...shop, issue_number: story, sub_issue_id: blocked.id }));
    const comments = (await at.botComments(story)).length;
    expect(await repaired()).toEqual([`title #${first}`, `sub-issue #${second}`, `dependencies #${second}`]);
    expect((await at.issue(first)).title).toBe(one.title);
    const { data: blockers } = await olga().issues.listDependenciesBlockedBy({ ...shop, issue_number: second });
    expect(blockers.map(({ number }) => number)).toEqual([first]);
    expect((await olga().issues.getParent({ ...shop, issue_number: second })).data.number).toBe(story);
    expect((await told(story))?.replaceAll(`#${first}`, "#1").replaceAll(`#${second}`, "#2")).toBe(
      "> Put back on DAY, because GitHub had not told the fleet who changed it: the title of #1, the place below this story of #2 and the dependencies of #2. What should stay changed is to be changed again.",
    );
    expect((await at.botComments(story)).length, "no comment of its own").toBe(comments);
    expect(await repaired()).toEqual([]);
    expect(await told(story), "it is told until the story moves on").toBeDefined();
    await at.say("dev", first, "/claim");
    expect((await at.storyOf(story)).state).toBe("in-progress");
    expect(await told(story)).toBeUndefined();
  });

  test("labels of a task's issue and pull request, and the base; a label that is only shown late is no news", async () => {
    const story = await at.storyWithTasks("- [ ] Check the date (covers 1 2)");
    const task = await at.handIn(story);
    const [sub, pull] = [task.issueNumber ?? 0, task.pullRequest ?? 0];
    await unheard(() => dev().issues.removeLabel({ ...shop, issue_number: pull, name: "task/pending-arch-review" }));
    expect(await repaired(), "it may be on its way").toEqual([]);
    const { data: main } = await dev().git.getRef({ ...shop, ref: "heads/main" });
    await dev().git.createRef({ ...shop, ref: "refs/heads/next", sha: main.object.sha });
    await unheard(() => dev().issues.addLabels({ ...shop, issue_number: sub, labels: ["task/done"] }));
    await unheard(() => dev().pulls.update({ ...shop, pull_number: pull, base: "next" }));
    expect((await repaired(hour)).toSorted()).toEqual([`base #${pull}`, `labels #${sub}`]);
    expect((await at.issue(sub)).labels).toHaveLength(2);
    expect((await dev().pulls.get({ ...shop, pull_number: pull })).data.base.ref).toBe("main");
    expect(await told(story)).toContain(`the base branch of #${pull}`);
    expect(await repaired(hour)).toEqual([]);
  });
});

describe("a task's pull request", () => {
  const review = (login: string, pull_number: number) =>
    at.world.as(login).rest.pulls.createReview({ ...shop, pull_number, event: "APPROVE", body: "" });

  test("an approval that was dismissed unheard no longer counts", async () => {
    const story = await at.storyWithTasks("- [ ] Check the date (covers 1 2)");
    const pull_number = (await at.handIn(story)).pullRequest ?? 0;
    const { data: first } = await review("arno", pull_number);
    await at.fleet.settle();
    await review("quinn", pull_number);
    await at.fleet.settle();
    expect((await at.taskOf(story)).state).toBe("pending-po-approval");
    const dismissal = { ...shop, pull_number, review_id: first.id, message: "Not like this." };
    await unheard(() => olga().pulls.dismissReview(dismissal));
    expect(await repaired()).toEqual([`dismissal #${pull_number}`]);
    expect(await at.taskOf(story)).toMatchObject({ state: "pending-arch-review", approvals: [] });
    expect((await at.taskOf(story)).note).toContain("dismissed the approval by @arno");
    expect(await repaired()).toEqual([]);
  });

  test("a draft that was made ready unheard is merged", async () => {
    const story = await at.storyWithTasks("- [ ] Check the date (covers 1 2)");
    const pull_number = (await at.handIn(story)).pullRequest ?? 0;
    const { node_id } = (await dev().pulls.get({ ...shop, pull_number })).data;
    const graphql = (name: string) =>
      at.world.as("dev").graphql(`mutation { ${name}(input: { pullRequestId: "${node_id}" }) { clientMutationId } }`);
    await unheard(() => graphql("convertPullRequestToDraft"));
    for (const login of ["arno", "quinn"]) await at.say(login, pull_number, "/approve");
    await at.say("olga", story, "/approve");
    expect(await at.taskOf(story)).toMatchObject({ state: "done", merged: false });
    await unheard(() => graphql("markPullRequestReadyForReview"));
    await repaired();
    expect((await at.taskOf(story)).merged).toBe(true);
  });
});

describe("one repository is named by its id or as owner/name", () => {
  const known = [{ repository: 7, owner: "acme", repo: "shop" }];

  test("what is neither, and one that is not known, is refused with what to write", () => {
    expect([parseNamedRepository("7"), parseNamedRepository("acme/shop")]).toEqual([7, "acme/shop"]);
    for (const wrong of ["", "0", "shop", "acme/shop/x", "acme /shop"])
      expect(() => parseNamedRepository(wrong), wrong).toThrow(`--repo=${wrong}: must be a repository as owner/name`);
    expect([idOfRepository(known, 7), idOfRepository(known, "Acme/Shop")]).toEqual([7, 7]);
    expect(() => idOfRepository(known, "acme/shp")).toThrow(
      "The fleet does not know the repository acme/shp. It knows: acme/shop.",
    );
    expect(() => idOfRepository([], 8)).toThrow("It knows: none.");
  });
});
