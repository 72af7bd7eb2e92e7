import { PermanentError } from "../../kernel/errors.ts";
import { storyId } from "../../kernel/ids.ts";
import type { GitHubClient, RepositoryRef } from "../client/octokit.ts";
import { asJobError, isLacking, statusOf } from "../client/request-failure.ts";
import { strayFamilies } from "../present/label-families.ts";
import { namesLabel, withLabelNames } from "../present/label-names.ts";
import { labelSet } from "../present/label-set.ts";
import { isAttentionIssue } from "./ensure-attention.ts";
import { ensureReaction, ensureReply } from "./ensure-comment.ts";
import { ensureIssueLabels } from "./ensure-issue-labels.ts";
import { ensureLabels } from "./ensure-labels.ts";
import { createNoteLack, whereOffered } from "./lacks.ts";
import { createMergeTries } from "./merge-tries.ts";
import { offerIssueForms } from "./offer-issue-forms.ts";
import { type On, place } from "./on.ts";
import { putBaseRight, putPlanCommentRight, putStoryIssueRight, putTaskIssueRight } from "./put-right.ts";
import { createReviewAsks } from "./review-asks.ts";
import { updateBranch } from "./update-branch.ts";
import { writeCeremony } from "./write-ceremony.ts";
import { reviewSettings, writeSettings } from "./write-settings.ts";
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
  const labelled = new Map<number, Promise<ReadonlyMap<string, string>>>();
  const noteLack = createNoteLack(deps.log);
  const memory = { mergeTries: createMergeTries(), reviewAsks: createReviewAsks() };

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

  /** The site with the names of the repository's labels, which are made right first. */
  async function labels(ref: RepositoryRef, site: On<GitHubClient>, again: boolean): Promise<On<GitHubClient>> {
    const known = again ? undefined : labelled.get(ref.repository);
    const names = known ?? namesAfter(ensureLabels(site, labelSet));
    labelled.set(ref.repository, names);
    try {
      return { ...site, labelNames: await names };
    } catch (error) {
      if (labelled.get(ref.repository) === names) labelled.delete(ref.repository);
      throw error;
    }
  }

  /** Makes the labels right of what the fleet does not follow, unless it has become a story meanwhile. */
  async function writeStrayLabels(site: On<GitHubClient>, ref: RepositoryRef, issueNumber: number): Promise<void> {
    if ((await deps.reads.story(storyId(ref.repository, issueNumber))) !== null) return;
    const { data: issue } = await site.octokit.rest.issues.get({ ...place(site), issue_number: issueNumber });
    const families = strayFamilies(isAttentionIssue(issue, site.app));
    return ensureIssueLabels(await labels(ref, site, false), issueNumber, families);
  }

  /** Where the target is; null when there is nothing to be written any more. */
  async function placeOf(target: WriteTarget): Promise<RepositoryRef | null> {
    if ("storyId" in target) return deps.reads.story(target.storyId);
    if ("ceremonyId" in target) return deps.reads.ceremony(target.ceremonyId);
    return "taskId" in target ? deps.reads.task(target.taskId) : target.ref;
  }

  async function writeAboutStory(
    target: Extract<WriteTarget, { storyId: unknown }>,
    site: On<GitHubClient>,
  ): Promise<void> {
    const story = await deps.reads.story(target.storyId);
    if (story === null) return;
    switch (target.kind) {
      case "story":
        return writeStory(deps, await labels(story, site, false), story);
      case "story-label":
        return writeStoryLabels(await labels(story, site, false), story);
      case "plan-comment":
        return putPlanCommentRight(site, story, target.commentId, deps.simulated);
      case "story-issue":
        return putStoryIssueRight(site, story);
    }
  }

  async function writeAboutTask(
    target: Extract<WriteTarget, { taskId: unknown }>,
    site: On<GitHubClient>,
  ): Promise<void> {
    const task = await deps.reads.task(target.taskId);
    if (task === null) return;
    switch (target.kind) {
      case "task":
        return writeTask({ ...deps, ...memory }, await labels(task, site, false), task);
      case "task-label":
        return writeTaskLabels(await labels(task, site, false), task);
      case "task-issue":
        return putTaskIssueRight(deps, site, task);
      case "pull-request-base":
        return putBaseRight(site, task);
    }
  }

  /** The reply with its labels as they are called here. */
  async function writeReply(
    { issueNumber, trigger, text }: Extract<WriteTarget, { kind: "reply" }>,
    site: On<GitHubClient>,
    ref: RepositoryRef,
  ): Promise<void> {
    const { labelNames } = namesLabel(text) ? await labels(ref, site, false) : site;
    return ensureReply(site, issueNumber, trigger, withLabelNames(text, labelNames));
  }

  async function write(target: WriteTarget, site: On<GitHubClient>, ref: RepositoryRef): Promise<void> {
    if ("storyId" in target) return writeAboutStory(target, site);
    if ("taskId" in target) return writeAboutTask(target, site);
    if ("ceremonyId" in target) return writeCeremony(deps, site, target.ceremonyId);
    switch (target.kind) {
      case "labels":
        await labels(ref, site, true);
        return;
      case "no-label":
        return writeStrayLabels(site, ref, target.issueNumber);
      case "settings":
        return writeSettings(deps, await labels(ref, site, false), ref);
      case "settings-review":
        return reviewSettings(site, ref, target.pullNumber);
      case "issue-form":
        return offerIssueForms(await labels(ref, site, false));
      case "update-branch":
        return updateBranch(site, target);
      case "reply":
        return writeReply(target, site, ref);
      case "reaction":
        await whereOffered(site, "reactions", () => ensureReaction(site, target, target.content));
    }
  }

  /**
   * GitHub's refusal for good (401: the token was revoked; 451: taken down): the repository may be archived, gone or out
   * of reach, which is noted once and for all.
   */
  async function refused(ref: RepositoryRef, status: number | null, cause: unknown): Promise<never> {
    await deps.follow(ref);
    throw new PermanentError(`GitHub refused the write (${status})`, { cause });
  }

  async function process(target: WriteTarget): Promise<void> {
    const asked = await placeOf(target);
    if (asked === null) return;
    const standing = await deps.standingOf(asked.repository);
    if (standing !== null && standing.paused !== null) {
      // Everything is written again when the pause ends.
      deps.log.info(
        { repository: asked.repository, paused: standing.paused },
        "nothing is written to a paused repository",
      );
      return;
    }
    const ref = standing ?? asked;
    try {
      await write(target, await on(ref, target), ref);
    } catch (error) {
      const status = statusOf(error);
      if (isLacking(error) || status === 401 || status === 451) await refused(ref, status, error);
      throw error;
    }
  }

  return {
    async process(data) {
      const target = writeTargetSchema.safeParse(data);
      if (!target.success) throw new PermanentError("the job names no write target", { cause: target.error });
      try {
        await process(target.data);
      } catch (error) {
        throw asJobError(error, deps.clock());
      }
    },
  };
}

async function namesAfter(steps: ReturnType<typeof ensureLabels>): Promise<ReadonlyMap<string, string>> {
  return new Map((await steps).map(({ label, as }) => [label.name, as]));
}
