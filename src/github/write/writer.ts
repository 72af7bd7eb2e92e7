import { PermanentError } from "../../kernel/errors.ts";
import type { GitHubClient, RepositoryRef } from "../client/octokit.ts";
import { asJobError, isLacking, statusOf } from "../client/request-failure.ts";
import { labelSet } from "../present/label-set.ts";
import { ensureReaction, ensureReply } from "./ensure-comment.ts";
import { ensureLabels } from "./ensure-labels.ts";
import { createNoteLack, whereOffered } from "./lacks.ts";
import { createMergeTries } from "./merge-tries.ts";
import type { On } from "./on.ts";
import { putBaseRight, putPlanCommentRight, putStoryIssueRight, putTaskIssueRight } from "./put-right.ts";
import { writeStory } from "./write-story.ts";
import { type WriteTarget, writeKey, writeTargetSchema } from "./write-target.ts";
import { writeTask } from "./write-task.ts";
import type { WriterDeps } from "./writer-deps.ts";

/** Works on the jobs of `github-writes`. */
export type Writer = {
  /**
   * Makes one target right on GitHub; any target may be written again at any time.
   * @throws RetryableError after a fault or a limit of GitHub's; PermanentError where GitHub says that it is gone or
   * that the App may not.
   */
  process(data: unknown): Promise<void>;
};

/** The only code that writes to GitHub (ARCHITECTURE.md, "Processes"). */
export function createWriter(deps: WriterDeps): Writer {
  /** Repositories whose labels were made right by this process. */
  const labelled = new Set<number>();
  const noteLack = createNoteLack(deps.log);
  const mergeTries = createMergeTries();

  async function on(ref: RepositoryRef, target: WriteTarget): Promise<On<GitHubClient>> {
    return {
      octokit: await deps.octokitFor(ref.installation),
      owner: ref.owner,
      repo: ref.repo,
      app: await deps.identityOf(ref.installation),
      beforeWrite: async (cost) => deps.written?.(writeKey(target), cost),
      lacks: (feature, status) => noteLack(ref, feature, status),
    };
  }

  async function labels(ref: RepositoryRef, site: On<GitHubClient>, again: boolean): Promise<void> {
    if (labelled.has(ref.repository) && !again) return;
    await ensureLabels(site, labelSet);
    labelled.add(ref.repository);
  }

  async function write(target: WriteTarget): Promise<void> {
    switch (target.kind) {
      case "story": {
        const story = await deps.reads.story(target.storyId);
        if (story === null) return;
        const site = await on(story, target);
        await labels(story, site, false);
        return writeStory(deps, site, story);
      }
      case "task": {
        const task = await deps.reads.task(target.taskId);
        if (task === null) return;
        const site = await on(task, target);
        await labels(task, site, false);
        return writeTask({ ...deps, mergeTries }, site, task);
      }
      case "plan-comment": {
        const story = await deps.reads.story(target.storyId);
        if (story === null) return;
        return putPlanCommentRight(await on(story, target), story, target.commentId, deps.simulated);
      }
      case "story-issue": {
        const story = await deps.reads.story(target.storyId);
        return story === null ? undefined : putStoryIssueRight(await on(story, target), story);
      }
      case "task-issue": {
        const task = await deps.reads.task(target.taskId);
        return task === null ? undefined : putTaskIssueRight(deps, await on(task, target), task);
      }
      case "pull-request-base": {
        const task = await deps.reads.task(target.taskId);
        return task === null ? undefined : putBaseRight(await on(task, target), task);
      }
      case "labels":
        return labels(target.ref, await on(target.ref, target), true);
      case "reply":
        return ensureReply(await on(target.ref, target), target.issueNumber, target.trigger, target.text);
      case "reaction": {
        const site = await on(target.ref, target);
        await whereOffered(site, "reactions", () => ensureReaction(site, target.commentId, target.content));
        return;
      }
    }
  }

  return {
    async process(data) {
      const target = writeTargetSchema.safeParse(data);
      if (!target.success) throw new PermanentError("the job names no write target", { cause: target.error });
      try {
        await write(target.data);
      } catch (error) {
        const mapped = asJobError(error, deps.clock());
        if (isLacking(error)) {
          throw new PermanentError(`GitHub refused the write (${statusOf(error)})`, { cause: error });
        }
        throw mapped;
      }
    },
  };
}
