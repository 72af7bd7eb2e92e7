import type { Logger } from "pino";
import type { Ceremony } from "../../planning/domain/ceremony/ceremony.ts";
import type { Story } from "../../planning/domain/story.ts";
import type { Task } from "../../workflow/domain/task.ts";
import type { GitHubClient, OctokitFor, RepositoryRef } from "../client/octokit.ts";
import type { EnqueueWrite } from "../write/write-target.ts";
import { readInstallation, readRepositories, readRepository, refreshToken } from "./read-installation.ts";
import { isSameStanding, type RepositoryStanding, type RepositoryStandings } from "./repository-standing.ts";

export type FollowDeps = {
  readonly repositories: RepositoryStandings;
  /** A client that acts as the App itself, by JWT. */
  readonly appOctokit: () => Promise<GitHubClient>;
  readonly octokitFor: OctokitFor;
  readonly storiesOf: (repository: number) => Promise<readonly Pick<Story, "id" | "state">[]>;
  /** The open ones. */
  readonly ceremoniesOf: (repository: number) => Promise<readonly Pick<Ceremony, "id">[]>;
  readonly tasksOf: (repository: number) => Promise<readonly Pick<Task, "id" | "storyId">[]>;
  readonly write: EnqueueWrite;
  readonly log: Logger;
};

/**
 * Of an installation with more new repositories than these, none is offered the issue form: as many pull requests at
 * once help nobody.
 */
const mostOffers = 10;

/**
 * Makes what is known of an installation's repositories right. What an event says of it is only the occasion: GitHub is
 * asked how it stands now, so that events may come twice, late and in any order. New repositories get their labels and
 * the offer of an issue form; where the fleet may work again, everything is shown anew. `named` are those that the event
 * names: a server that does not list its repositories is asked for these.
 */
export async function followInstallation(
  deps: FollowDeps,
  installation: number,
  named: readonly RepositoryRef[] = [],
): Promise<void> {
  const octokit = await deps.octokitFor(installation);
  const facts = await readInstallation(deps.appOctokit, octokit, installation);
  const known = await deps.repositories.in(installation);
  if (facts.kind !== "active") {
    for (const standing of known) await change(deps, standing, { ...standing, paused: facts.kind, shown: true });
    return;
  }
  await refreshToken(octokit);
  const now = await readRepositories(octokit, installation, facts.missing);
  if (now === null) {
    for (const ref of [...known, ...named]) await followRepository(deps, ref);
    return;
  }
  const before = new Map<number, RepositoryStanding | null>();
  for (const { repository } of now) before.set(repository, await deps.repositories.of(repository));
  const news = now.filter(({ repository }) => before.get(repository)?.shown !== true);
  for (const standing of now) {
    const offers = news.length <= mostOffers && news.includes(standing);
    await change(deps, before.get(standing.repository) ?? null, standing, offers);
  }
  const gone = known.filter(({ repository }) => !before.has(repository));
  for (const standing of gone) await change(deps, standing, { ...standing, paused: "gone", shown: true });
}

/**
 * The same for one repository: it was renamed, archived, deleted or transferred, or GitHub refused a write there.
 * Nobody is offered an issue form on this way.
 */
export async function followRepository(deps: FollowDeps, ref: RepositoryRef): Promise<RepositoryStanding> {
  const { installation, repository, owner, repo } = ref;
  const known = await deps.repositories.of(repository);
  const octokit = await deps.octokitFor(installation);
  const facts = await readInstallation(deps.appOctokit, octokit, installation);
  if (facts.kind !== "active") {
    const missing = known?.missing ?? [];
    return change(deps, known, { installation, repository, owner, repo, missing, paused: facts.kind, shown: true });
  }
  if (known !== null) await refreshToken(octokit);
  return change(deps, known, await readRepository(octokit, ref, facts.missing));
}

/** Looks again at what is paused: the event that ended it may have been missed. */
export async function followPaused(deps: FollowDeps): Promise<void> {
  for (const standing of await deps.repositories.paused()) await followRepository(deps, standing);
}

/**
 * Saves what changed and has it shown. The writer looks at what is saved, so that comes first; whether the writes were
 * asked for is saved after them, so that a process that dies in between does both again.
 */
async function change(
  deps: FollowDeps,
  before: RepositoryStanding | null,
  now: RepositoryStanding,
  offersForm = false,
): Promise<RepositoryStanding> {
  if (isSameStanding(before, now)) return now;
  deps.log.info({ repository: now.repository, paused: now.paused, missing: now.missing.length }, "repository changed");
  if (now.paused === null) {
    await deps.repositories.save({ ...now, shown: false });
    await showAll(deps, now, offersForm);
  }
  await deps.repositories.save(now);
  return now;
}

/** Everything of a repository that is still open is written again: GitHub may have missed any of it. */
async function showAll(deps: FollowDeps, standing: RepositoryStanding, offersForm: boolean): Promise<void> {
  const { installation, repository, owner, repo } = standing;
  const ref = { installation, repository, owner, repo };
  await deps.write({ kind: "labels", ref });
  await deps.write({ kind: "settings", ref });
  if (offersForm) await deps.write({ kind: "issue-form", ref });
  const stories = await deps.storiesOf(repository);
  const open = new Set(stories.filter((story) => story.state !== "archived").map((story) => story.id));
  for (const storyId of open) await deps.write({ kind: "story", storyId });
  for (const { id } of await deps.ceremoniesOf(repository)) await deps.write({ kind: "ceremony", ceremonyId: id });
  for (const task of await deps.tasksOf(repository)) {
    if (open.has(task.storyId)) await deps.write({ kind: "task", taskId: task.id });
  }
}
