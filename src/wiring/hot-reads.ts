import type { Logger } from "pino";
import { repositoryOf, type StoryId, type TaskId } from "../kernel/ids.ts";
import type { Transaction } from "../kernel/transaction.ts";
import type { Stories } from "../planning/application/ports.ts";
import type { Story } from "../planning/domain/story.ts";
import { storyFromText, storyToText } from "../planning/infrastructure/story-text.ts";
import type { Cache } from "../platform/cache/cache.ts";
import { createWrittenThrough } from "../platform/cache/written-through.ts";
import { followCommits } from "../platform/graph/after-commit.ts";
import type { Graph } from "../platform/graph/graph.ts";
import type { Tasks } from "../workflow/application/ports.ts";
import type { Task } from "../workflow/domain/task.ts";
import { taskFromText, taskToText } from "../workflow/infrastructure/task-text.ts";

export type HotReadsOptions = {
  readonly cache: Cache;
  readonly graph: Graph;
  readonly stories: Stories;
  readonly tasks: Tasks;
  readonly logger: Logger;
};

/** The graph and what is kept in it, through which every change goes, and the reads that the cache answers. */
export type HotReads = Pick<HotReadsOptions, "graph" | "stories" | "tasks"> & {
  /** Outside of transactions only: a use case loads what it changes in its own. */
  readonly getStory: (id: StoryId) => Promise<Story | null>;
  readonly getTask: (id: TaskId) => Promise<Task | null>;
  /** A story or task has another place, under the same version. */
  readonly moved: (id: StoryId | TaskId) => Promise<void>;
};

/**
 * Keeps single stories and tasks in a cache: GitHub is shown them over and over, many times for each change. The reads are
 * the fleet's own, and their keys say so: what people and agents may see is asked of the graph each time, since each such
 * access leaves a record there anyway.
 */
export function createHotReads({ cache, logger, ...kept }: HotReadsOptions): HotReads {
  const { graph, afterCommit } = followCommits(kept.graph);
  const ofStories = createWrittenThrough({ cache, logger, toText: storyToText, fromText: storyFromText });
  const ofTasks = createWrittenThrough({ cache, logger, toText: taskToText, fromText: taskFromText });

  async function storyChanges(tx: Transaction, story: Story): Promise<void> {
    await ofStories.expect(keyOf(story.id), story.version);
    afterCommit(tx, () => ofStories.committed(keyOf(story.id), story));
  }

  async function taskChanges(tx: Transaction, task: Task): Promise<void> {
    await ofTasks.expect(keyOf(task.id), task.version);
    afterCommit(tx, () => ofTasks.committed(keyOf(task.id), task));
  }

  const stories: Stories = {
    ...kept.stories,
    async loadOrCreate(tx, fresh) {
      const found = await kept.stories.loadOrCreate(tx, fresh);
      if (found.created) await storyChanges(tx, found.story);
      return found;
    },
    async save(tx, before, after, records) {
      await kept.stories.save(tx, before, after, records);
      await storyChanges(tx, { ...after, version: before.version + 1 });
    },
    async saveAlone(unit, before, after, records, events) {
      const story = { ...after, version: before.version + 1 };
      await ofStories.expect(keyOf(story.id), story.version);
      await kept.stories.saveAlone(unit, before, after, records, events);
      await ofStories.committed(keyOf(story.id), story);
    },
  };
  const tasks: Tasks = {
    ...kept.tasks,
    async create(tx, all, decidedBy) {
      const created = await kept.tasks.create(tx, all, decidedBy);
      for (const task of created) await taskChanges(tx, task);
      return created;
    },
    async save(tx, before, after, records) {
      await kept.tasks.save(tx, before, after, records);
      await taskChanges(tx, { ...after, version: before.version + 1 });
    },
  };
  return {
    graph,
    stories,
    tasks,
    getStory: (id) => ofStories.read(keyOf(id), () => graph.read((tx) => stories.load(tx, id))),
    getTask: (id) => ofTasks.read(keyOf(id), () => graph.read((tx) => tasks.load(tx, id))),
    moved: (id) => ofStories.forget(keyOf(id)),
  };
}

/** The role is in every key: what one sees is never another's. An id names its repository, and what it is the id of. */
function keyOf(id: StoryId | TaskId): string {
  return `system/${repositoryOf(id)}/${id}`;
}
