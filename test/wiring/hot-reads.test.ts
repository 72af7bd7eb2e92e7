import pino from "pino";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { repositoryOf } from "../../src/kernel/ids.ts";
import type { PlanningDeps } from "../../src/planning/application/ports.ts";
import { recordIssue } from "../../src/planning/application/record-issue.ts";
import { transitionStory } from "../../src/planning/application/transition-story.ts";
import type { Cache } from "../../src/platform/cache/cache.ts";
import { createMemoryCache } from "../../src/platform/cache/memory-cache.ts";
import { createGraphRepositories } from "../../src/wiring/graph-repositories.ts";
import { createHotReads, type HotReads } from "../../src/wiring/hot-reads.ts";
import { graphTasks } from "../../src/workflow/infrastructure/graph-tasks.ts";
import { alice, at, holding, issueFacts } from "../planning/a-story.ts";
import { openPlanningWorld, type PlanningWorld } from "../planning/a-world.ts";
import { aTask } from "../workflow/a-task.ts";

const id = "100-42";
const task = aTask({ version: 1 });
const logger = pino({ level: "silent" });
let world: PlanningWorld;
let cache: Cache;
let hot: HotReads;
let planning: PlanningDeps;

beforeEach(async () => {
  world = await openPlanningWorld();
  cache = createMemoryCache();
  hot = createHotReads({ cache, graph: world.graph, stories: world.deps.stories, tasks: graphTasks, logger });
  planning = { ...world.deps, graph: hot.graph, stories: hot.stories };
});

afterEach(() => world.graph.close());

const submit = { storyId: id, action: "submit", principal: alice, roles: holding("product-owner"), at } as const;

/** As the graph has it, without the cache. */
const stored = () => world.graph.read((tx) => world.deps.stories.load(tx, id));

test("a story is read from the graph once, and after each change not at all", async () => {
  expect(await hot.getStory(id)).toBeNull();
  await recordIssue(planning, issueFacts());
  const load = vi.spyOn(world.deps.stories, "load");
  const read = vi.spyOn(world.graph, "read");
  expect(await hot.getStory(id)).toMatchObject({ id, state: "draft" });
  await transitionStory(planning, { ...submit, deliveryId: "d-2" });
  load.mockClear();
  read.mockClear();
  expect(await hot.getStory(id)).toMatchObject({ state: "po-review" });
  expect([load.mock.calls.length, read.mock.calls.length]).toEqual([0, 0]);
  expect(await hot.getStory(id)).toEqual(await stored());
});

test("a story whose change is rolled back stays as it was", async () => {
  const story = await recordIssue(planning, issueFacts());
  const failing = hot.graph.write(async (tx) => {
    await hot.stories.save(tx, story, { ...story, title: "Never" }, []);
    throw new Error("taken back");
  });
  await expect(failing).rejects.toThrow("taken back");
  expect(await hot.getStory(id)).toEqual(await stored());
  expect((await hot.getStory(id))?.title).toBe(story.title);
});

test("nobody reads an older story between a commit and what follows it", async () => {
  const story = await recordIssue(planning, issueFacts());
  const before = await hot.getStory(id);
  const setIfNewer = vi.spyOn(cache, "setIfNewer").mockResolvedValue(false);
  await hot.graph.write((tx) => hot.stories.save(tx, story, { ...story, title: "Another title" }, []));
  expect(setIfNewer).toHaveBeenCalled();
  expect([before?.title, (await hot.getStory(id))?.title]).toEqual([story.title, "Another title"]);
});

test("a task is written through as it is made and changed", async () => {
  expect(await hot.getTask(task.id)).toBeNull();
  await hot.graph.write((tx) => hot.tasks.create(tx, [task], "test"));
  expect(await hot.getTask(task.id)).toEqual(await world.graph.read((tx) => graphTasks.load(tx, task.id)));
  await hot.graph.write((tx) => hot.tasks.save(tx, task, { ...task, note: "Changed." }, []));
  expect(await hot.getTask(task.id)).toMatchObject({ note: "Changed.", version: 2 });
  expect(await hot.getTask(task.id)).toEqual(await world.graph.read((tx) => graphTasks.load(tx, task.id)));
});

test("nobody reads an older task between a commit and what follows it, and then it is kept", async () => {
  await hot.graph.write((tx) => hot.tasks.create(tx, [task], "test"));
  const before = await hot.getTask(task.id);
  const setIfNewer = vi.spyOn(cache, "setIfNewer").mockResolvedValueOnce(false);
  await hot.graph.write((tx) => hot.tasks.save(tx, task, { ...task, note: "Changed." }, []));
  expect([before?.note, (await hot.getTask(task.id))?.note]).toEqual([task.note, "Changed."]);
  setIfNewer.mockRestore();
  const now = (await hot.getTask(task.id)) ?? expect.fail("no task");
  await hot.graph.write((tx) => hot.tasks.save(tx, now, { ...now, note: "Again." }, []));
  expect(await cache.get(`system/${repositoryOf(task.id)}/${task.id}`)).toContain("Again.");
  expect(await hot.getTask(task.id)).toMatchObject({ note: "Again.", version: 3 });
});

test("a change in a transaction of its own is written through as well", async () => {
  const story = await recordIssue(planning, issueFacts());
  await hot.getStory(id);
  const setIfNewer = vi.spyOn(cache, "setIfNewer").mockResolvedValueOnce(false);
  await hot.stories.saveAlone(hot.graph, story, { ...story, title: "Alone" }, [], []);
  expect((await hot.getStory(id))?.title, "between its commit and what follows").toBe("Alone");
  setIfNewer.mockRestore();
  const now = (await hot.getStory(id)) ?? expect.fail("no story");
  await hot.stories.saveAlone(hot.graph, now, { ...now, title: "Alone again" }, [], []);
  expect(await cache.get(`system/100/${id}`)).toContain("Alone again");
  expect((await hot.getStory(id))?.title).toBe("Alone again");
});

test("the role is in every key", async () => {
  const keys: string[] = [];
  const getOrLoad = vi.spyOn(cache, "getOrLoad").mockImplementation(async (key, load) => {
    keys.push(key);
    return (await load()).value;
  });
  await Promise.all([hot.getStory(id), hot.getTask(task.id)]);
  expect(getOrLoad).toHaveBeenCalledTimes(2);
  expect(keys).toEqual([`system/100/${id}`, `system/${repositoryOf(task.id)}/${task.id}`]);
});

test("a repository that has another name is seen at once on its stories", async () => {
  const story = await recordIssue(planning, issueFacts());
  const { installation, repository } = story;
  const repositories = createGraphRepositories(hot.graph, hot.moved);
  const place = { installation, repository, owner: "acme", repo: "renamed", paused: null, missing: [], shown: false };
  await repositories.save(place);
  expect(await hot.getStory(id)).toMatchObject({ owner: "acme", repo: "renamed", version: story.version });
});

test("a text of another version of the code is not trusted", async () => {
  const story = await recordIssue(planning, issueFacts());
  await cache.setIfNewer(`system/100/${id}`, story.version + 1, '{"story":{"old":1},"plan":null}', 60_000);
  expect(await hot.getStory(id)).toEqual(await stored());
});
