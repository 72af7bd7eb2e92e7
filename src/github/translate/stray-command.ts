import type { RepositoryRef } from "../client/octokit.ts";
import { nullWhenMissing } from "../client/request-failure.ts";
import type { AppDeps } from "./app-deps.ts";
import { noTasksPull } from "./label-refusals.ts";
import { numberOf, type Said, type SaidOn } from "./said.ts";
import { acknowledge, conclude, refused } from "./trigger.ts";

type Pull = Extract<SaidOn, { kind: "pull" }>["pull"];

/** The branches of tasks begin like this (GITHUB.md, "Surfaces"). */
const taskBranches = "fleet/";

/**
 * Answers commands (`words`) on a pull request that looks like a task's and is none: its branch is named like one, in a fork or
 * here. Once for each person, who hears why nothing there moves anything. On every other pull request the words may be
 * another bot's, and nobody is answered.
 */
export async function answerStrayCommand(
  deps: AppDeps,
  said: Said,
  pull: Pull,
  words: readonly string[],
): Promise<void> {
  const { ref, sender, comment } = said;
  const branch = pull.head?.branch ?? (await branchOf(deps, ref, pull.number));
  if (branch === null || !branch.startsWith(taskBranches)) return;
  if (comment !== null) await acknowledge(deps, ref, comment);
  const id = `stray-command-${pull.number}-${sender.id}`;
  const trigger = {
    deliveryId: id,
    id,
    ref,
    issueNumber: numberOf(said),
    comment,
    principal: { kind: "human", id: sender.id, login: sender.login },
    // Whoever asks: it is the place that is wrong.
    roles: { known: true, roles: [] },
    asked: words.join(" "),
    at: said.at,
  } as const;
  await conclude(deps, trigger, null, refused(noTasksPull("No command works here")));
}

async function branchOf(deps: AppDeps, { installation, owner, repo }: RepositoryRef, pull_number: number) {
  const octokit = await deps.octokitFor(installation);
  return (await nullWhenMissing(octokit.rest.pulls.get({ owner, repo, pull_number })))?.data.head.ref ?? null;
}
