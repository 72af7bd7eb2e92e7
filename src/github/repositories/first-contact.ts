import { LRUCache } from "lru-cache";
import { z } from "zod";
import type { RepositoryRef } from "../client/octokit.ts";
import { type FollowDeps, followRepository } from "./follow-repositories.ts";
import type { RepositoryStanding } from "./repository-standing.ts";

const place = z.object({
  installation: z.object({ id: z.int() }),
  repository: z.object({ id: z.int(), name: z.string(), owner: z.object({ login: z.string() }) }),
});

/** How long a repository that was looked at is taken as it is, in milliseconds. */
const ttlMs = 10 * 60_000;

/**
 * Looks at where each delivery comes from, and follows a repository that is not known, has another name or owner than is
 * known, or is paused: then the event that says so was missed or is still on its way.
 */
export function createFirstContact(deps: FollowDeps): (payload: unknown) => Promise<void> {
  const seen = new LRUCache<number, string>({ max: 10_000, ttl: ttlMs });
  return async (payload) => {
    const parsed = place.safeParse(payload);
    if (!parsed.success) return;
    const { installation, repository } = parsed.data;
    const ref = {
      installation: installation.id,
      repository: repository.id,
      owner: repository.owner.login,
      repo: repository.name,
    };
    if (seen.get(ref.repository) === nameOf(ref)) return;
    if (!isAsKnown(await deps.repositories.of(ref.repository), ref)) await followRepository(deps, ref);
    seen.set(ref.repository, nameOf(ref));
  };
}

function nameOf({ installation, owner, repo }: RepositoryRef): string {
  return `${installation} ${owner}/${repo}`;
}

function isAsKnown(known: RepositoryStanding | null, ref: RepositoryRef): boolean {
  return known !== null && known.paused === null && known.shown && nameOf(known) === nameOf(ref);
}
