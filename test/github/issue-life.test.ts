import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { transitionStory } from "../../src/planning/application/transition-story.ts";
import { type StoryWorld, shop, startStoryWorld } from "./support/story-world.ts";

let at: StoryWorld;
beforeAll(async () => {
  at = await startStoryWorld();
});
afterAll(async () => {
  expect(at.world.github.unknownRoutes).toEqual([]);
  await at.close();
});

type Change = {
  state?: "open" | "closed";
  state_reason?: "completed" | "not_planned" | "duplicate" | "reopened";
  title?: string;
};

/** What the fleet says on an issue to a change of it. */
function change(login: string, issue_number: number, to: Change, where = issue_number): Promise<readonly string[]> {
  return at.during(where, () => at.world.as(login).rest.issues.update({ ...shop, issue_number, ...to }));
}

const standing = async (issueNumber: number) => {
  const { state, state_reason } = await at.issue(issueNumber);
  return [state, state_reason ?? null];
};

/** Without hidden lines, and with the same numbers in every run. */
const readable = (texts: readonly string[]) =>
  texts.map((text) =>
    text
      .replaceAll(/<!--.*?-->/g, "")
      .replaceAll(/#\d+/g, "#n")
      .replaceAll(/fleet\/\d+\//g, "fleet/n/")
      .trim(),
  );

/** A delivery about an issue that the local GitHub cannot send: issues are deleted and transferred over GraphQL. */
async function gone(
  action: "deleted" | "transferred",
  issueNumber: number,
  changes = {},
  labels?: object[],
): Promise<void> {
  const payload = {
    action,
    issue: { ...(await at.issue(issueNumber)), ...(labels === undefined ? {} : { labels }) },
    changes,
    installation: { id: at.world.ref.installation },
    repository: { id: at.world.ref.repository, name: "shop", owner: { login: "acme" }, default_branch: "main" },
    sender: { id: at.world.people["dev"]?.id, login: "dev" },
  };
  await at.fleet.receive({ id: `${action}-${issueNumber}`, event: "issues", rawBody: JSON.stringify(payload) });
  await at.fleet.settle();
}

describe("a story's issue", () => {
  test("closed as completed by hand is opened again, with what is still to be done", async () => {
    const story = await at.newStory();
    const said = await change("olga", story, { state: "closed", state_reason: "completed" });
    expect(readable(said)).toMatchSnapshot();
    expect(await standing(story)).toEqual(["open", "reopened"]);
    expect((await at.storyOf(story)).state).toBe("draft");
  });

  test("closed as not planned by somebody who may not is opened again", async () => {
    const story = await at.newStory();
    const said = await change("dev", story, { state: "closed", state_reason: "not_planned" });
    expect(said.join()).toContain("Who can: the product owner.");
    expect(await standing(story)).toEqual(["open", "reopened"]);
  });

  test("closed as a duplicate by the product owner is cancelled, and stays closed when it is opened again", async () => {
    const story = await at.newStory();
    expect(await change("olga", story, { state: "closed", state_reason: "duplicate" })).toEqual([]);
    expect((await at.storyOf(story)).state).toBe("archived");
    expect(readable(await change("olga", story, { state: "open" }))).toMatchSnapshot();
    expect((await at.issue(story)).state).toBe("closed");
  });

  test("closed as completed by the product owner where the result waits is accepted, merged and done", async () => {
    const story = await at.storyWithTasks("- [ ] Check the date (covers 1 2)");
    const { pullRequest } = await at.handIn(story);
    await at.say("arno", pullRequest ?? 0, "/approve");
    await at.say("quinn", pullRequest ?? 0, "/approve");
    expect((await at.storyOf(story)).state).toBe("ready-to-review");
    const refused = await change("dev", story, { state: "closed", state_reason: "completed" });
    expect(refused.join()).toContain("reason: `role-missing`");
    expect((await at.issue(story)).state).toBe("open");
    expect(await change("olga", story, { state: "closed", state_reason: "completed" })).toEqual([]);
    expect((await at.storyOf(story)).state).toBe("done");
    expect(await standing(story)).toEqual(["closed", "completed"]);
    expect(readable(await change("olga", story, { state: "open" }))).toMatchSnapshot();
    expect(await standing(story)).toEqual(["closed", "completed"]);
    await transitionStory(at.fleet.planning, {
      storyId: (await at.storyOf(story)).id,
      action: "reset",
      principal: { kind: "human", id: at.world.people["olga"]?.id ?? 0, login: "olga" },
      roles: { known: true, roles: ["product-owner"] },
      feedback: "It has to work for gift cards, too.",
      deliveryId: "reset-1",
      at: new Date().toISOString(),
    });
    await at.fleet.settle();
    expect(await standing(story), "begun again").toEqual(["open", "reopened"]);
  });

  test("keeps its label fleet:story, whoever takes it away", async () => {
    const story = await at.newStory();
    const said = await at.during(story, () =>
      at.world.as("olga").rest.issues.removeLabel({ ...shop, issue_number: story, name: "fleet:story" }),
    );
    expect(readable(said)).toMatchSnapshot();
    const { labels } = await at.issue(story);
    expect(labels.map((label) => (typeof label === "string" ? label : label.name))).toContain("fleet:story");
  });

  test("that is transferred or deleted ends the story and its tasks, and is written to no more", async () => {
    for (const action of ["transferred", "deleted"] as const) {
      const story = await at.storyWithTasks();
      const sub = (await at.taskOf(story)).issueNumber ?? 0;
      const before = await at.issue(story);
      await gone(
        action,
        story,
        action === "transferred" ? { new_issue: { number: 5 }, new_repository: { full_name: "acme/other" } } : {},
      );
      const { state, withdrawn, note } = await at.storyOf(story);
      expect([state, withdrawn]).toEqual(["archived", true]);
      expect(note).toMatchSnapshot();
      expect([(await at.taskOf(story)).state, (await at.issue(sub)).state]).toEqual(["cancelled", "closed"]);
      expect({ ...(await at.issue(story)), sub_issues_summary: 0 }).toEqual({ ...before, sub_issues_summary: 0 });
    }
  });

  test("that nobody made a story is not made one by its end", async () => {
    const { data } = await at.world.as("olga").rest.issues.create({ ...shop, title: "Another" });
    await at.fleet.settle();
    await gone("deleted", data.number, {}, [{ name: "fleet:story" }]);
    await expect(at.storyOf(data.number)).rejects.toThrow("is no story");
  });
});

describe("a task's issue", () => {
  test("closed as completed by hand is opened again; by a merge it is not", async () => {
    const story = await at.storyWithTasks();
    const sub = (await at.taskOf(story)).issueNumber ?? 0;
    expect(readable(await change("dev", sub, { state: "closed", state_reason: "completed" }))).toMatchSnapshot();
    expect(await standing(sub)).toEqual(["open", "reopened"]);
    expect((await at.taskOf(story)).state).toBe("todo");
  });

  test("discarded stays closed when it is opened again", async () => {
    const story = await at.storyWithTasks();
    const sub = (await at.taskOf(story, 2)).issueNumber ?? 0;
    expect(await change("olga", sub, { state: "closed", state_reason: "not_planned" })).toEqual([]);
    expect((await at.taskOf(story, 2)).state).toBe("cancelled");
    expect(readable(await change("dev", sub, { state: "open" }))).toMatchSnapshot();
    expect((await at.issue(sub)).state).toBe("closed");
  });

  test("takes a title of the product owner's, and gives any other back", async () => {
    const story = await at.storyWithTasks();
    const sub = (await at.taskOf(story)).issueNumber ?? 0;
    expect(readable(await change("dev", sub, { title: "Something else" }))).toMatchSnapshot();
    expect((await at.issue(sub)).title).toBe("Check the date");
    expect(await change("olga", sub, { title: "Check the coupon's date" })).toEqual([]);
    expect((await at.taskOf(story)).title).toBe("Check the coupon's date");
    expect((await change("olga", sub, { title: "No" })).join()).toContain("has 3 to 120 characters");
    expect((await at.issue(sub)).title).toBe("Check the coupon's date");
  });

  test("that is deleted is made anew, and the story says so", async () => {
    const story = await at.storyWithTasks();
    const sub = (await at.taskOf(story)).issueNumber ?? 0;
    const { data: issue } = await at.world.as("olga").rest.issues.get({ ...shop, issue_number: sub });
    await at.world.as("olga").rest.issues.update({ ...shop, issue_number: sub, body: "Its marker is gone with it." });
    await at.fleet.settle();
    const said = await at.during(story, () => gone("deleted", sub));
    expect(readable(said)).toMatchSnapshot();
    const { issueNumber } = await at.taskOf(story);
    expect(issueNumber).not.toBe(sub);
    expect((await at.issue(issueNumber ?? 0)).title).toBe(issue.title);
  });
});

describe("sub-issues", () => {
  const idOf = async (number: number) => (await at.issue(number)).id;

  test("a task that is taken from its story is put back", async () => {
    const story = await at.storyWithTasks();
    const sub = (await at.taskOf(story)).issueNumber ?? 0;
    const sub_issue_id = await idOf(sub);
    const said = await at.during(sub, () =>
      at.world.as("dev").rest.issues.removeSubIssue({ ...shop, issue_number: story, sub_issue_id }),
    );
    expect(readable(said)).toMatchSnapshot();
    const { data } = await at.world.as("dev").rest.issues.listSubIssues({ ...shop, issue_number: story });
    expect(data.map((each) => each.number)).toContain(sub);
  });

  test("another issue below a story is no task, and it is said how one becomes one", async () => {
    for (const story of [await at.newStory(), await at.storyWithTasks()]) {
      const { data: other } = await at.world.as("dev").rest.issues.create({ ...shop, title: "Do this too" });
      const said = await at.during(story, () =>
        at.world.as("dev").rest.issues.addSubIssue({ ...shop, issue_number: story, sub_issue_id: other.id }),
      );
      expect(readable(said)).toMatchSnapshot();
    }
  });

  test("a story below another issue belongs to that epic, until it is taken away", async () => {
    const story = await at.newStory();
    const { data: epic } = await at.world.as("olga").rest.issues.create({ ...shop, title: "Coupons" });
    const link = { ...shop, issue_number: epic.number, sub_issue_id: await idOf(story) };
    expect(await at.during(story, () => at.world.as("olga").rest.issues.addSubIssue(link))).toEqual([]);
    expect((await at.storyOf(story)).parent).toEqual({ number: epic.number, title: "Coupons" });
    await at.world.as("olga").rest.issues.removeSubIssue(link);
    await at.fleet.settle();
    expect((await at.storyOf(story)).parent).toBeNull();
  });
});

describe("blocked by", () => {
  test("an open issue costs readiness, until it is closed or the link is taken away", async () => {
    const story = await at.newStory();
    const { data: blocker } = await at.world.as("olga").rest.issues.create({ ...shop, title: "First this" });
    const blockers = async () => (await at.storyOf(story)).openBlockers;
    const dependency = { ...shop, issue_number: story, issue_id: blocker.id };
    await at.world.as("olga").rest.issues.addBlockedByDependency(dependency);
    await at.fleet.settle();
    expect(await blockers()).toBe(1);
    await change("olga", blocker.number, { state: "closed" });
    expect(await blockers()).toBe(0);
    await change("olga", blocker.number, { state: "open" });
    expect(await blockers()).toBe(1);
    await at.world.as("olga").rest.issues.removeDependencyBlockedBy(dependency);
    await at.fleet.settle();
    expect(await blockers()).toBe(0);
  });
});

describe("the order of tasks", () => {
  const blockedBy = async (issue_number: number) => {
    const { data } = await at.world.as("dev").rest.issues.listDependenciesBlockedBy({ ...shop, issue_number });
    return data.map((blocker) => blocker.number);
  };

  test("stands on their issues, also where the first depends on the last", async () => {
    const story = await at.storyWithTasks("- [ ] Ship it (after 2, covers 1)\n- [ ] Build it (covers 2)");
    const [first, second] = [await at.taskOf(story, 1), await at.taskOf(story, 2)];
    expect(await blockedBy(first.issueNumber ?? 0)).toEqual([second.issueNumber]);
    expect(await blockedBy(second.issueNumber ?? 0)).toEqual([]);
  });

  test("follows the links that the product owner sets and takes away; anybody else's, and a cycle, are put back", async () => {
    const story = await at.storyWithTasks();
    const [first, second] = [await at.taskOf(story, 1), await at.taskOf(story, 2)];
    const [one, two] = [first.issueNumber ?? 0, second.issueNumber ?? 0];
    const link = { ...shop, issue_number: two, issue_id: (await at.issue(one)).id };
    const dependsOn = async (number: number) => (await at.taskOf(story, number)).dependsOn;
    expect(await blockedBy(two)).toEqual([one]);

    const byDev = await at.during(two, () => at.world.as("dev").rest.issues.removeDependencyBlockedBy(link));
    expect(readable(byDev)).toMatchSnapshot();
    expect([await blockedBy(two), await dependsOn(2)]).toEqual([[one], [1]]);

    expect(await at.during(two, () => at.world.as("olga").rest.issues.removeDependencyBlockedBy(link))).toEqual([]);
    expect([await blockedBy(two), await dependsOn(2)]).toEqual([[], []]);
    expect(await at.during(two, () => at.world.as("olga").rest.issues.addBlockedByDependency(link))).toEqual([]);
    expect([await blockedBy(two), await dependsOn(2)]).toEqual([[one], [1]]);

    const back = { ...shop, issue_number: one, issue_id: (await at.issue(two)).id };
    const cycle = await at.during(one, () => at.world.as("olga").rest.issues.addBlockedByDependency(back));
    expect(cycle.join()).toContain("The dependencies would form a cycle: task 1 after task 2");
    expect([await blockedBy(one), await dependsOn(1)]).toEqual([[], []]);
  });

  test("leaves links to other issues alone", async () => {
    const story = await at.storyWithTasks();
    const sub = (await at.taskOf(story, 2)).issueNumber ?? 0;
    const { data: other } = await at.world.as("dev").rest.issues.create({ ...shop, title: "Elsewhere" });
    const link = { ...shop, issue_number: sub, issue_id: other.id };
    expect(await at.during(sub, () => at.world.as("dev").rest.issues.addBlockedByDependency(link))).toEqual([]);
    await at.fleet.write({ kind: "task-issue", taskId: (await at.taskOf(story, 2)).id });
    await at.fleet.settle();
    expect(await blockedBy(sub)).toContain(other.number);
  });
});

describe("a locked conversation", () => {
  test("is written to all the same", async () => {
    const story = await at.newStory();
    await at.world.as("olga").rest.issues.lock({ ...shop, issue_number: story });
    await at.world.as("olga").rest.issues.addLabels({ ...shop, issue_number: story, labels: ["story/po-review"] });
    await at.fleet.settle();
    expect((await at.botComments(story))[0]?.body).toContain("Story: `po-review`");
    await at.world.as("olga").rest.issues.unlock({ ...shop, issue_number: story });
    await at.fleet.settle();
    expect((await at.storyOf(story)).state).toBe("po-review");
  });
});

describe("every delivery once more, in any order", () => {
  test("says nothing again and leaves every story where it is", async () => {
    const numbers = (await at.fleet.planning.graph.read((tx) => at.fleet.planning.stories.find(tx, {}))).map(
      ({ issueNumber, state }) => [issueNumber, state],
    );
    const texts = async () =>
      Promise.all(
        numbers.map(async ([number]) => (await at.botComments(Number(number))).map(({ body }) => body.split("\n")[0])),
      );
    const before = await texts();
    for (const delivery of at.fleet.deliveries.filter(({ event }) => event === "issues").toReversed())
      await at.fleet.receive(delivery);
    await at.fleet.settle();
    for (const [number, state] of numbers)
      expect([number, (await at.storyOf(Number(number))).state]).toEqual([number, state]);
    expect(await texts()).toEqual(before);
  });
});
