import { pathsNamedIn, writtenPaths } from "../../../context/domain/code/named-in-text.ts";
import type { Affected } from "../../../planning/domain/decision.ts";
import type { Task } from "../../../workflow/domain/task.ts";
import { nullWhenLacking } from "../../client/request-failure.ts";
import { type Asking, tasksAt } from "./asking.ts";

/**
 * What a decision affects that is made here in these words: on a task its pull request and head, and everywhere the files
 * that the words name and that the change holds; on a story these are the changes of all its tasks.
 */
export async function affectedBy(asking: Asking, text: string): Promise<Affected> {
  const { place } = asking;
  const files = writtenPaths(text).length === 0 ? [] : await filesNamed(asking, text);
  if (place.kind === "story") return { pullRequest: null, commit: null, files };
  const { pullRequest, headSha, headTree } = place.task;
  return { pullRequest, commit: headSha === null ? null : { sha: headSha, tree: headTree }, files };
}

async function filesNamed(asking: Asking, text: string): Promise<readonly string[]> {
  const paths = [];
  for (const task of await tasksAt(asking)) paths.push(...(await changedPaths(asking, task)));
  return [...pathsNamedIn(text, new Set(paths)).keys()];
}

async function changedPaths({ deps, trigger }: Asking, { pullRequest }: Task): Promise<readonly string[]> {
  if (pullRequest === null) return [];
  const { installation, owner, repo } = trigger.ref;
  const { paginate, rest } = await deps.octokitFor(installation);
  const where = { owner, repo, pull_number: pullRequest, per_page: 100 };
  return ((await nullWhenLacking(paginate(rest.pulls.listFiles, where))) ?? []).map(({ filename }) => filename);
}
