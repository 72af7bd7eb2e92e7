import { found } from "./github-error.ts";
import type { Mergeability } from "./present/pull.ts";
import type { PullRequestRow } from "./rows.ts";
import type { World } from "./world.ts";

const remembered = new WeakMap<World, Map<string, boolean>>();
const rememberedPairs = 500;

/** Asks git whether the head merges into the base as it is now; remembered for each pair of commits. */
export async function mergeabilityOf(world: World, pull: PullRequestRow): Promise<Mergeability> {
  if (pull.state === "closed") return { mergeable: null, state: "unknown" };
  const repository = found(world.store.tables.repositories.get(pull.repositoryId));
  const base = repository.refs[`refs/heads/${pull.pull.baseRef}`] ?? pull.pull.baseSha;
  const mergeable = await mergesCleanly(world, pull, base);
  if (!mergeable) return { mergeable, state: "dirty" };
  if (pull.pull.draft) return { mergeable, state: "draft" };
  return { mergeable, state: hasFailedChecks(world, pull) ? "unstable" : "clean" };
}

async function mergesCleanly(world: World, pull: PullRequestRow, base: string): Promise<boolean> {
  const pairs = remembered.get(world) ?? new Map<string, boolean>();
  remembered.set(world, pairs);
  const key = `${pull.repositoryId}:${base}:${pull.pull.headSha}`;
  const known = pairs.get(key);
  if (known !== undefined) return known;
  const repository = found(world.store.tables.repositories.get(pull.repositoryId));
  const clean = (await world.git(repository).mergeTree(base, pull.pull.headSha)) !== null;
  if (pairs.size >= rememberedPairs) pairs.clear();
  pairs.set(key, clean);
  return clean;
}

function hasFailedChecks(world: World, pull: PullRequestRow): boolean {
  const { checkRuns, statuses } = world.store.tables;
  const { headSha } = pull.pull;
  const runs = checkRuns.in(pull.repositoryId).filter((row) => row.headSha === headSha);
  const latest = new Map(runs.map((run) => [`${run.appId}:${run.name}`, run]));
  if ([...latest.values()].some((run) => !["success", "neutral", "skipped"].includes(run.conclusion ?? "")))
    return true;
  const said = statuses.in(pull.repositoryId).filter((row) => row.sha === headSha);
  const newest = new Map(said.map((row) => [row.context, row]));
  return [...newest.values()].some((row) => row.state !== "success");
}
