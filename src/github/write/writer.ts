import { PermanentError } from "../../kernel/errors.ts";
import { storyId } from "../../kernel/ids.ts";
import type { GitHubClient, RepositoryRef } from "../client/octokit.ts";
import { asJobError, isLacking, statusOf } from "../client/request-failure.ts";
import { labelSet, statePrefixes, storyLabel } from "../present/label-set.ts";
import { ensureReaction, ensureReply } from "./ensure-comment.ts";
import { ensureIssueLabels } from "./ensure-issue-labels.ts";
import { ensureLabels } from "./ensure-labels.ts";
import { createNoteLack, whereOffered } from "./lacks.ts";
import { createMergeTries } from "./merge-tries.ts";
import type { On } from "./on.ts";
import { putBaseRight, putPlanCommentRight, putStoryIssueRight, putTaskIssueRight } from "./put-right.ts";
import { writeStory, writeStoryLabels } from "./write-story.ts";
import { type WriteTarget, writeKey, writeTargetSchema } from "./write-target.ts";
import { writeTask, writeTaskLabels } from "./write-task.ts";
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
  /** Repositories whose labels were made right by this process, with the names that the labels have there. */
  const labelled = new Map<number, ReadonlyMap<string, string>>();
  const noteLack = createNoteLack(deps.log);
  const mergeTries = createMergeTries();

  async function on(ref: RepositoryRef, target: WriteTarget): Promise<On<GitHubClient>> {
    return {
      octokit: await deps.octokitFor(ref.installation),
      owner: ref.owner,
      repo: ref.repo,
      app: await deps.identityOf(ref.installation),
      beforeWrite: async (cost) => {
        await deps.spend(ref.installation, cost);
        deps.written?.(writeKey(target), cost);
      },
      lacks: (feature, status) => noteLack(ref, feature, status),
    };
  }

  /** The site with the names of the repository's labels, which are made right first. */
  async function labels(ref: RepositoryRef, site: On<GitHubClient>, again: boolean): Promise<On<GitHubClient>> {
    const known = again ? undefined : labelled.get(ref.repository);
    const labelNames = known ?? new Map((await ensureLabels(site, labelSet)).map(({ label, as }) => [label.name, as]));
    labelled.set(ref.repository, labelNames);
    return { ...site, labelNames };
  }

  /** Takes the fleet's labels off what it does not follow, unless it has become a story meanwhile. */
  async function takeLabelsOff(site: On<GitHubClient>, ref: RepositoryRef, issueNumber: number): Promise<void> {
    if ((await deps.reads.story(storyId(ref.repository, issueNumber))) !== null) return;
    const prefixes = [statePrefixes.story, statePrefixes.task, storyLabel];
    return ensureIssueLabels(
      site,
      issueNumber,
      prefixes.map((prefix) => ({ prefix, wanted: [] })),
    );
  }

  async function write(target: WriteTarget): Promise<void> {
    switch (target.kind) {
      case "story":
      case "story-label": {
        const story = await deps.reads.story(target.storyId);
        if (story === null) return;
        const site = await labels(story, await on(story, target), false);
        return target.kind === "story" ? writeStory(deps, site, story) : writeStoryLabels(site, story);
      }
      case "task":
      case "task-label": {
        const task = await deps.reads.task(target.taskId);
        if (task === null) return;
        const site = await labels(task, await on(task, target), false);
        return target.kind === "task" ? writeTask({ ...deps, mergeTries }, site, task) : writeTaskLabels(site, task);
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
      case "labels": {
        await labels(target.ref, await on(target.ref, target), true);
        return;
      }
      case "no-label":
        return takeLabelsOff(await on(target.ref, target), target.ref, target.issueNumber);
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
