import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkStoryDeadlines } from "../../src/planning/application/check-story-deadlines.ts";
import { checkDeadlines } from "../../src/workflow/application/check-deadlines.ts";
import { type StoryWorld, shop, startStoryWorld } from "./support/story-world.ts";

let at: StoryWorld;
beforeAll(async () => {
  at = await startStoryWorld();
});
afterAll(async () => {
  expect(at.world.github.unknownRoutes).toEqual([]);
  await at.close();
});

const overdue = "fleet:overdue";
const attention = "fleet:attention";
const week = 7 * 24 * 3_600_000;

async function labelsOf(issue_number: number): Promise<readonly string[]> {
  const { data } = await at.world.as("olga").rest.issues.listLabelsOnIssue({ ...shop, issue_number });
  return data.map(({ name }) => name).toSorted();
}
const label = (login: string, issue_number: number, name: string) =>
  at.during(issue_number, () => at.world.as(login).rest.issues.addLabels({ ...shop, issue_number, labels: [name] }));
const unlabel = (login: string, issue_number: number, name: string) =>
  at.during(issue_number, () => at.world.as(login).rest.issues.removeLabel({ ...shop, issue_number, name }));
/** What was said, without the marker that holds the delivery's id. */
const words = (said: readonly string[]) => said.map((text) => text.replace(/^<!--.*-->\n/, ""));

/** A week goes by, and the timers look. */
async function aWeekLater(): Promise<void> {
  const clock = () => Date.now() + week;
  const decisionTime = async () => ({ decisionMs: 3_600_000, quiet: null });
  await checkStoryDeadlines({ ...at.fleet.planning, clock, decisionTime });
  await checkDeadlines({ ...at.fleet.workflow, clock });
  await at.fleet.settle();
}

describe("fleet:overdue", () => {
  test("on a story that waits for nobody too long is taken off, also when a product owner sets it", async () => {
    const story = await at.newStory();
    expect(words(await label("olga", story, overdue))).toMatchSnapshot();
    expect(await labelsOf(story)).toEqual(["fleet:story", "story/draft"]);
  });

  test("of a story that is late is put back", async () => {
    const story = await at.newStory();
    await at.say("olga", story, "/submit");
    await aWeekLater();
    expect(await labelsOf(story)).toContain(overdue);
    expect(words(await unlabel("olga", story, overdue))).toMatchSnapshot();
    expect(await labelsOf(story)).toEqual([overdue, "fleet:story", "story/po-review"].toSorted());
    // It goes with the state, and its going is nobody's request.
    expect(await at.say("olga", story, "/approve")).toHaveLength(0);
    expect(await labelsOf(story)).not.toContain(overdue);
  });

  test("of a task is policed on its issue and on its pull request", async () => {
    const story = await at.storyWithTasks();
    const { issueNumber, pullRequest } = await at.handIn(story);
    for (const number of [issueNumber ?? 0, pullRequest ?? 0]) {
      expect((await label("dev", number, overdue)).join()).toContain("nobody is at the moment, so it was taken off");
      expect(await labelsOf(number)).toEqual(["fleet:task", "task/pending-arch-review"]);
    }
    await aWeekLater();
    for (const number of [issueNumber ?? 0, pullRequest ?? 0]) {
      expect(await labelsOf(number)).toContain(overdue);
      expect((await unlabel("dev", number, overdue)).join()).toContain("so it was put back");
      expect(await labelsOf(number)).toContain(overdue);
    }
  });
});

describe("fleet:attention", () => {
  const plain = async () => {
    const { data } = await at.world.as("olga").rest.issues.create({ ...shop, title: "A plain issue" });
    await at.fleet.settle();
    return data.number;
  };

  test("on a story, a task and a plain issue is taken off", async () => {
    const story = await at.storyWithTasks();
    const { issueNumber } = await at.taskOf(story);
    for (const number of [story, issueNumber ?? 0, await plain()]) {
      const before = await labelsOf(number);
      expect((await label("olga", number, attention)).join()).toContain("so it was taken off");
      expect(await labelsOf(number)).toEqual(before);
    }
  });

  test("of an issue about the settings is put back, and no other label of ours stays on it", async () => {
    const path = ".github/fleet.yml";
    const { repos } = at.world.as("olga").rest;
    const { data: file } = await repos.getContent({ ...shop, path });
    const sha = "sha" in file ? file.sha : "";
    const content = Buffer.from("roles: 7\n").toString("base64");
    await repos.createOrUpdateFileContents({ ...shop, path, message: "Break it", content, sha });
    await at.fleet.settle();
    const { data: issues } = await at.world.as("olga").rest.issues.listForRepo({ ...shop, labels: attention });
    const number = issues[0]?.number ?? 0;
    expect(words(await unlabel("dev", number, attention))).toMatchSnapshot();
    expect(await labelsOf(number)).toEqual([attention]);
    expect((await label("dev", number, "task/done")).join()).toContain("this issue is no story");
    expect(await labelsOf(number)).toEqual([attention]);
  });

  test("every label of ours on a plain issue is taken off; what only looks alike stays", async () => {
    const number = await plain();
    expect(await label("dev", number, "story/points-3")).toEqual([]);
    for (const name of ["fleet:task", overdue, "story/done"])
      expect((await label("dev", number, name)).join()).toContain("this issue is no story");
    expect(await labelsOf(number)).toEqual(["story/points-3"]);
    expect(await unlabel("dev", number, "story/points-3")).toEqual([]);
  });
});
