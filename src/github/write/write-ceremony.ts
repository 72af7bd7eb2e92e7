import { type CeremonyId, reviewId } from "../../kernel/ids.ts";
import type { Ceremony } from "../../planning/domain/ceremony/ceremony.ts";
import type { GitHubClient } from "../client/octokit.ts";
import { ceremonyComment } from "../present/ceremony-comment.ts";
import { ensureStickyComment } from "./ensure-comment.ts";
import type { On } from "./on.ts";
import type { WriterDeps } from "./writer-deps.ts";

/** Makes a backlog review's comment right, on the issue on which it was called. */
export async function writeCeremony(deps: WriterDeps, on: On<GitHubClient>, id: CeremonyId): Promise<void> {
  const ceremony = await deps.reads.ceremony(id);
  const host = ceremony === null ? null : await deps.reads.story(ceremony.calledOn);
  if (ceremony === null || host === null || host.withdrawn) return;
  const text = ceremonyComment(ceremony, deps.simulated, await whyWaiting(deps, ceremony));
  await ensureStickyComment(on, ceremony.issueNumber, `ceremony ${ceremony.id}`, text);
}

/** Why a council of the ceremony has not begun; null where none waits. */
async function whyWaiting({ reads }: WriterDeps, { id, state, stories }: Ceremony): Promise<string | null> {
  if (state !== "in-progress") return null;
  for (const story of stories.filter(({ reviews }) => reviews === null)) {
    const council = await reads.council(reviewId(id, story.storyId));
    if (council?.status === "waiting") return council.note;
  }
  return null;
}
