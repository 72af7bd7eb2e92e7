import { z } from "zod";
import type { Properties } from "../../kernel/changed-properties.ts";
import type { StoryId } from "../../kernel/ids.ts";
import { isStoryId } from "../../kernel/parse-ids.ts";
import { planTaskSchema } from "../../kernel/plan.ts";
import { storyStates } from "../../kernel/states.ts";
import type { GraphProperty } from "../../kernel/transaction.ts";
import { findCriteria } from "../domain/acceptance-criteria.ts";
import { partStory } from "../domain/business-sections.ts";
import { putBackKinds } from "../domain/put-back.ts";
import type { Plan, Story } from "../domain/story.ts";
import { outlineStory } from "../domain/story-outline.ts";

const texts = z.array(z.string());
const deadline = z.object({ since: z.string(), dueAt: z.string(), remindedAt: z.string().nullable() });

const putBack = z.object({
  at: z.string(),
  changes: z.array(z.object({ what: z.enum(putBackKinds), number: z.int() })),
});

/** A story's node as the graph returns it: what is null in the story is absent from the node. */
const storyRow = z.object({
  id: z.custom<StoryId>((id) => typeof id === "string" && isStoryId(id)),
  version: z.int(),
  installation: z.int(),
  repository: z.int(),
  owner: z.string(),
  repo: z.string(),
  issueNumber: z.int(),
  title: z.string(),
  body: z.string(),
  bodyHash: z.string(),
  editedTitle: z.string().nullish(),
  editedBody: z.string().nullish(),
  issueUpdatedAt: z.string(),
  labels: texts,
  openBlockers: z.int(),
  milestoneNumber: z.int().nullish(),
  milestoneTitle: z.string().nullish(),
  parentNumber: z.int().nullish(),
  parentTitle: z.string().nullish(),
  withdrawn: z.boolean().nullish(),
  authorId: z.int(),
  authorLogin: z.string(),
  state: z.enum(storyStates),
  approvedBodyHash: z.string().nullish(),
  planVersion: z.int().nullish(),
  planFeedback: texts,
  deadline: z
    .string()
    .transform((text) => deadline.parse(JSON.parse(text)))
    .nullish(),
  note: z.string().nullish(),
  putBack: z
    .string()
    .transform((text) => putBack.parse(JSON.parse(text)))
    .nullish(),
  handled: z.string().transform((text) => text.split(" ").filter((key) => key !== "")),
});

const planRow = z.object({
  version: z.int(),
  hash: z.string(),
  tasks: z.string().transform((text) => z.array(planTaskSchema).parse(JSON.parse(text))),
  source: z.enum(["council", "typed"]),
  status: z.enum(["proposed", "approved", "rejected"]),
  derivedAt: z.string(),
});

/** A story as its own node tells it, and which plan belongs to it. */
export type StoredStory = { readonly story: Story; readonly planVersion: number | null };

/** Reads a story's node (`s {.*}`); its plan is a node of its own. */
export function readStoryRow(row: unknown): StoredStory {
  const {
    editedTitle,
    editedBody,
    milestoneNumber,
    milestoneTitle,
    parentNumber,
    parentTitle,
    authorId,
    authorLogin,
    planVersion,
    ...rest
  } = storyRow.parse(row);
  const story: Story = {
    ...rest,
    edited: editedTitle == null || editedBody == null ? null : { title: editedTitle, body: editedBody },
    milestone:
      milestoneNumber == null || milestoneTitle == null ? null : { number: milestoneNumber, title: milestoneTitle },
    parent: parentNumber == null || parentTitle == null ? null : { number: parentNumber, title: parentTitle },
    withdrawn: rest.withdrawn ?? false,
    author: { id: authorId, login: authorLogin },
    approvedBodyHash: rest.approvedBodyHash ?? null,
    deadline: rest.deadline ?? null,
    note: rest.note ?? null,
    putBack: rest.putBack ?? null,
    plan: null,
  };
  return { story, planVersion: planVersion ?? null };
}

/** The properties of a story's node. */
export function storyProperties(story: Story): Properties {
  const { edited, milestone, parent, author, plan, handled } = story;
  // Name by name: both sides of every save are made here, and copying "the rest" of an object is slow.
  return {
    id: story.id,
    version: story.version,
    installation: story.installation,
    repository: story.repository,
    owner: story.owner,
    repo: story.repo,
    issueNumber: story.issueNumber,
    title: story.title,
    body: story.body,
    bodyHash: story.bodyHash,
    editedTitle: edited?.title ?? null,
    editedBody: edited?.body ?? null,
    issueUpdatedAt: story.issueUpdatedAt,
    labels: story.labels,
    openBlockers: story.openBlockers,
    milestoneNumber: milestone?.number ?? null,
    milestoneTitle: milestone?.title ?? null,
    parentNumber: parent?.number ?? null,
    parentTitle: parent?.title ?? null,
    withdrawn: story.withdrawn,
    authorId: author.id,
    authorLogin: author.login,
    state: story.state,
    approvedBodyHash: story.approvedBodyHash,
    planVersion: plan?.version ?? null,
    planFeedback: story.planFeedback,
    note: story.note,
    putBack: story.putBack === null ? null : JSON.stringify(story.putBack),
    deadline: story.deadline === null ? null : JSON.stringify(story.deadline),
    // One text: it changes with every move, and both engines take a list in an item at a time.
    handled: handled.join(" "),
  } satisfies Record<keyof z.input<typeof storyRow>, GraphProperty>;
}

/**
 * What is read out of a story's text, for whoever may see no more of it (DOMAIN.md §4: `criteria`, and `description` without
 * the business's own notes). Apart from the rest: to read it out takes longer than all else, and only another text makes it
 * another.
 */
export function textProperties({ body }: Pick<Story, "body">): Properties {
  return { ...partStory(body), criteria: findCriteria(outlineStory(body)).map(({ text }) => text) };
}

/** Reads a plan's node (`p {.*}`). */
export function readPlanRow(row: unknown): Plan {
  return planRow.parse(row);
}

/** The properties of a plan's node; the tasks are JSON, since a property is never a map. */
export function planProperties(story: Story, plan: Plan): Properties {
  const { id, installation, repository } = story;
  return {
    ...plan,
    id: planId(id, plan.version),
    story: id,
    installation,
    repository,
    tasks: JSON.stringify(plan.tasks),
  };
}

export function planId(story: StoryId, version: number): string {
  return `${story}-p${version}`;
}
