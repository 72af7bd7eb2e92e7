import { z } from "zod";
import type { Properties } from "../../kernel/changed-properties.ts";
import { eventPayloads } from "../../kernel/event.ts";
import type { CeremonyId, StoryId } from "../../kernel/ids.ts";
import { isCeremonyId, isStoryId } from "../../kernel/parse-ids.ts";
import { roleReviewSchema } from "../../kernel/review.ts";
import { ceremonyStates } from "../../kernel/states.ts";
import { timelineFields } from "../../platform/graph/timeline-row.ts";
import type { Ceremony, CeremonyRecord } from "../domain/ceremony/ceremony.ts";
import { type CeremonyAction, isCeremonyAction } from "../domain/ceremony/ceremony-machine.ts";

const { principal } = eventPayloads["planning.ceremony.transitioned"].shape;

const storyId = z.custom<StoryId>((id) => typeof id === "string" && isStoryId(id));

const storiesSchema = z.array(
  z.object({
    storyId,
    issueNumber: z.int(),
    title: z.string(),
    reviews: z.array(roleReviewSchema).nullable(),
    word: z
      .object({ verdict: z.enum(["approve", "reject"]), by: principal, reason: z.string().nullable(), at: z.string() })
      .nullable(),
  }),
);

/** A ceremony's node as the graph returns it: what is null in the ceremony is absent from the node. */
const ceremonyRow = z.object({
  id: z.custom<CeremonyId>((id) => typeof id === "string" && isCeremonyId(id)),
  version: z.int(),
  installation: z.int(),
  repository: z.int(),
  owner: z.string(),
  repo: z.string(),
  calledOn: storyId,
  issueNumber: z.int(),
  milestoneNumber: z.int().nullish(),
  milestoneTitle: z.string().nullish(),
  state: z.enum(ceremonyStates),
  stories: z.string().transform((text) => storiesSchema.parse(JSON.parse(text))),
  createdAt: z.string(),
  handled: z.string().transform((text) => text.split(" ").filter((key) => key !== "")),
});

const recordRow = z.object({
  ...timelineFields,
  from: z.enum(ceremonyStates),
  to: z.enum(ceremonyStates),
  action: z.custom<CeremonyAction>((action) => typeof action === "string" && isCeremonyAction(action)),
});

/** Reads a ceremony's node (`c {.*}`). */
export function readCeremonyRow(row: unknown): Ceremony {
  const { milestoneNumber, milestoneTitle, ...rest } = ceremonyRow.parse(row);
  const milestone =
    milestoneNumber == null || milestoneTitle == null ? null : { number: milestoneNumber, title: milestoneTitle };
  return { ...rest, milestone };
}

/** The properties of a ceremony's node; what is said of its stories is one text, since a property is never a map. */
export function ceremonyProperties({ milestone, stories, handled, ...rest }: Ceremony): Properties {
  return {
    ...rest,
    milestoneNumber: milestone?.number ?? null,
    milestoneTitle: milestone?.title ?? null,
    stories: JSON.stringify(stories),
    handled: handled.join(" "),
  };
}

/** Reads a transition's node (`t {.*}`). */
export function readCeremonyRecord(row: unknown): CeremonyRecord {
  return recordRow.parse(row);
}
