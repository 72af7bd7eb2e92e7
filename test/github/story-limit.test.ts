import { afterEach, expect, test } from "vitest";
import { beginWaitingStories } from "../../src/workflow/application/begin-waiting-stories.ts";
import { type StoryWorld, startStoryWorld, twoTasks } from "./support/story-world.ts";

let at: StoryWorld;

afterEach(async () => {
  expect(at.world.github.unknownRoutes).toEqual([]);
  await at.close();
});

/** The status comment of a story. */
const statusOf = async (number: number) =>
  (await at.botComments(number)).find(({ body }) => body.startsWith("<!-- fleet:story "))?.body ?? "";
const stateOf = async (number: number) => (await at.storyOf(number)).state;
const taskStateOf = async (number: number) => (await at.taskOf(number)).state;

/** A story in `planned`, by a plan that somebody types while a council is at it. */
async function plannedStory(): Promise<number> {
  const number = await at.newStory();
  await at.say("olga", number, "/submit\n/approve");
  await at.say("olga", number, twoTasks);
  return number;
}

test("among people: a claim beyond the limit is refused, and possible once another story leaves", async () => {
  at = await startStoryWorld();
  at.fleet.limits.storiesInProgress = 1;
  const [first, second] = [await at.storyWithTasks(), await at.storyWithTasks()];
  expect(await statusOf(second)).toContain("Take a task with `/claim`");
  const task = await at.taskOf(first);
  expect(await at.say("dev", task.issueNumber ?? 0, "/claim")).toEqual([]);
  expect(await stateOf(first)).toBe("in-progress");
  expect(await statusOf(second)).toContain(
    `**Waiting for a place.** In progress here: #${first}; no more than 1 may be`,
  );
  const other = (await at.taskOf(second)).issueNumber ?? 0;
  const [refused] = await at.say("dev", other, "/claim");
  expect(refused).toContain("`stories-in-progress`");
  expect(refused).toContain("/carry-over");
  expect((await at.say("dev", other, "/why"))[0]).toContain(`issue ${first}`);
  expect((await at.say("dev", other, "/help"))[0]?.split("<details>")[0]).not.toContain("/claim");
  expect((await at.say("dev", second, "/why"))[0]).toContain("It waits for a place. 1 story is in progress");
  // A story that has begun keeps its place, whatever happens to its tasks.
  await at.say("dev", task.issueNumber ?? 0, "/release");
  expect(await at.say("dev", task.issueNumber ?? 0, "/claim")).toEqual([]);
  expect(await taskStateOf(first)).toBe("implementing");

  await at.say("olga", first, "/carry-over");
  expect(await statusOf(second)).toContain("Take a task with `/claim`");
  expect(await at.say("dev", other, "/claim")).toEqual([]);
  expect(await stateOf(second)).toBe("in-progress");
});

test("with councils: stories begin in the order of their approval, as others leave", async () => {
  at = await startStoryWorld({ available: true, start: "auto" });
  at.fleet.limits.storiesInProgress = 1;
  const first = await plannedStory();
  const [second, third] = [await plannedStory(), await plannedStory()];
  for (const number of [first, second, third]) await at.say("olga", number, "/approve");
  expect([await taskStateOf(first), await taskStateOf(second), await taskStateOf(third)]).toEqual([
    "implementing",
    "todo",
    "todo",
  ]);
  expect(await statusOf(second)).toContain("those that were approved earlier first");
  expect(at.fleet.councilJobs.filter(({ kind }) => kind === "implementation")).toHaveLength(1);
  // Nobody's council gets round it either.
  expect((await at.say("dev", second, "/council"))[0]).toContain("`stories-in-progress`");
  expect(await beginWaitingStories(at.fleet.workflow, at.world.ref.repository)).toHaveLength(2);

  await at.say("olga", first, "/carry-over");
  expect([await stateOf(second), await stateOf(third)]).toEqual(["in-progress", "ready-for-execution"]);
  // What was carried over with a council at work has begun: it takes its place again when it goes on.
  await at.say("olga", first, "/continue");
  await at.say("olga", second, "/reset It is to be written anew.");
  expect(await stateOf(third)).toBe("ready-for-execution");
  expect(await statusOf(third)).toContain(`In progress here: #${first};`);

  // A limit that is raised: the timer's look is enough.
  at.fleet.limits.storiesInProgress = 2;
  expect(await beginWaitingStories(at.fleet.workflow, at.world.ref.repository)).toEqual([]);
  await at.fleet.settle();
  expect(await stateOf(third)).toBe("in-progress");
});
