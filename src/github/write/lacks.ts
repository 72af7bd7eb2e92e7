import { LRUCache } from "lru-cache";
import type { Logger } from "pino";
import type { RepositoryRef } from "../client/octokit.ts";
import { isLacking, statusOf } from "../client/request-failure.ts";

/** What the road can do without where GitHub lacks it or refuses it to this App: what then happens, and what mends it. */
export const optionalFeatures = {
  reactions: "Comments get no reaction; replies still say what became of a command. Permission: issues, write.",
  "sub-issues": "Tasks are listed in the story's comment instead. Sub-issues can be switched on for the repository.",
  dependencies: "What comes before a task stands in its text only. Permission: issues, write.",
  "check runs": "What checks say stands in the pull request's comment only. Permission: checks, write.",
  "review requests": "The pull request's comment says who is waited for. Permission: pull requests, write.",
  "the council's review": "Its findings stand in the council's check run. Permission: pull requests, write.",
  "ending a draft": "The pull request stays a draft until somebody marks it as ready. It needs the GraphQL API.",
} as const;

export type OptionalFeature = keyof typeof optionalFeatures;

/** Logs that a repository lacks a feature, once in the life of the process. */
export type NoteLack = (ref: RepositoryRef, feature: OptionalFeature, status: number | null) => void;

export function createNoteLack(log: Logger): NoteLack {
  const said = new LRUCache<string, true>({ max: 10_000 });
  return ({ repository, owner, repo }, feature, status) => {
    const key = `${repository}/${feature}`;
    if (said.has(key)) return;
    said.set(key, true);
    log.warn(
      { repository: `${owner}/${repo}`, feature, status, next: optionalFeatures[feature] },
      "GitHub does not do this here: the feature, the permission or the thing itself is missing; the road goes on without",
    );
  };
}

/** Does what the road can do without. False where GitHub lacks it, which is noted; every other failure is thrown on. */
export async function whereOffered(
  on: { readonly lacks: (feature: OptionalFeature, status: number | null) => void },
  feature: OptionalFeature,
  work: () => Promise<unknown>,
): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (!isLacking(error)) throw error;
    on.lacks(feature, statusOf(error));
    return false;
  }
}
