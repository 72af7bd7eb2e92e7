import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CeremonyId, type StoryId, storyId } from "../../../src/kernel/ids.ts";
import { system } from "../../../src/kernel/principal.ts";
import type { ReviewVerdict } from "../../../src/kernel/review.ts";
import { createCeremony } from "../../../src/planning/application/ceremonies/create-ceremony.ts";
import {
  ceremoniesOf,
  findCeremonies,
  getCeremony,
  isReviewAwaited,
} from "../../../src/planning/application/ceremonies/find-ceremonies.ts";
import { recordReview } from "../../../src/planning/application/ceremonies/record-review.ts";
import {
  type TransitionCeremony,
  transitionCeremony,
} from "../../../src/planning/application/ceremonies/transition-ceremony.ts";
import { recordIssue } from "../../../src/planning/application/record-issue.ts";
import { transitionStory } from "../../../src/planning/application/transition-story.ts";
import { openEmbeddedGraph } from "../../../src/platform/graph/embedded-graph.ts";
import { connectTestNeo4j, testNeo4jUri, whyNoNeo4j } from "../../contract/graph-neo4j.ts";
import { seats } from "../a-ceremony.ts";
import { alice, at, author, holding, issueFacts } from "../a-story.ts";
import { openPlanningWorld, type PlanningWorld } from "../a-world.ts";

const engines = [
  { name: "the embedded graph", open: () => openEmbeddedGraph(), missing: false },
  { name: `Neo4j${whyNoNeo4j}`, open: connectTestNeo4j, missing: testNeo4jUri === undefined },
];

describe.each(engines)("ceremonies on $name", ({ open, missing }) => {
  // A store may be shared and old: a repository of its own keeps this run's nodes apart.
  const repository = Date.now();
  let world: PlanningWorld;
  let issueNumber = 0;
  let deliveries = 0;

  beforeAll(async () => {
    if (!missing) world = await openPlanningWorld(open);
  });
  afterAll(async () => {
    if (missing) return;
    await world.graph.write(async (tx) => {
      await tx.run("MATCH (n)-[:NEXT]->(t) WHERE n.repository = $repository DETACH DELETE t", { repository });
      await tx.run("MATCH (n) WHERE n.repository = $repository DETACH DELETE n", { repository });
    });
    await world.graph.close();
  });

  /** A story in `ready-for-planning`. */
  async function readyStory(milestone: { number: number; title: string } | null = null): Promise<StoryId> {
    issueNumber += 1;
    await recordIssue(world.deps, issueFacts({ repository, issueNumber, milestone }));
    const id = storyId(repository, issueNumber);
    const asked = { storyId: id, deliveryId: null, at };
    await transitionStory(world.deps, { ...asked, action: "submit", principal: author, roles: holding() });
    await transitionStory(world.deps, {
      ...asked,
      action: "approve-scope",
      principal: alice,
      roles: holding("product-owner"),
    });
    return id;
  }

  function create(calledOn: StoryId, changes: Partial<Parameters<typeof createCeremony>[1]> = {}) {
    deliveries += 1;
    return createCeremony(world.deps, {
      calledOn,
      of: "story",
      start: true,
      principal: alice,
      roles: holding("product-owner"),
      councilAvailable: true,
      deliveryId: `c-${deliveries}`,
      at,
      ...changes,
    });
  }

  async function created(calledOn: StoryId, changes: Partial<Parameters<typeof createCeremony>[1]> = {}) {
    const decision = await create(calledOn, changes);
    if (decision.kind === "refused") throw new Error(decision.refusal.rule);
    return decision.ceremony;
  }

  function ask(ceremonyId: CeremonyId, changes: Partial<TransitionCeremony> & Pick<TransitionCeremony, "action">) {
    deliveries += 1;
    const roles = holding("product-owner");
    return transitionCeremony(world.deps, {
      ceremonyId,
      principal: alice,
      roles,
      deliveryId: `t-${deliveries}`,
      at,
      ...changes,
    });
  }

  const review = (ceremonyId: CeremonyId, id: StoryId, ...verdicts: readonly (ReviewVerdict | null)[]) =>
    recordReview(
      world.deps,
      { ceremonyId, storyId: id, reviews: seats(...verdicts) },
      { correlationId: "d", causationId: "e" },
    );

  const eventsOf = async (ceremonyId: CeremonyId) =>
    (await world.events()).flatMap((event) =>
      event.type === "planning.ceremony.transitioned" && event.payload.ceremonyId === ceremonyId
        ? [event.payload.action]
        : [],
    );

  const historyOf = async (ceremonyId: CeremonyId) =>
    (await world.graph.read((tx) => world.deps.ceremonies.history(tx, ceremonyId))).map(({ action }) => action);

  it.skipIf(missing)("come back as they were saved, with their history and an event of every step", async () => {
    const id = await readyStory({ number: 3, title: "Sprint 3" });
    const { id: ceremony } = await created(id, { of: "milestone" });
    await review(ceremony, id, "ready", "needs-changes", null);
    await ask(ceremony, { action: "reject", storyId: id, feedback: "The limit is not named." });
    await ask(ceremony, { action: "complete" });
    const found = await getCeremony(world.deps, ceremony);
    expect(found).toMatchObject({
      id: `${id}-c1`,
      version: 4,
      calledOn: id,
      milestone: { number: 3, title: "Sprint 3" },
      state: "completed",
      stories: [
        { storyId: id, reviews: seats("ready", "needs-changes", null), word: { verdict: "reject", by: alice } },
      ],
    });
    const steps = ["add-story", "start", "record-review", "present", "reject", "complete"];
    expect(await historyOf(ceremony)).toEqual(steps);
    expect(await eventsOf(ceremony)).toEqual(steps);
    const [first] = await world.graph.read((tx) => world.deps.ceremonies.history(tx, ceremony));
    expect(first).toEqual({
      from: "draft",
      to: "draft",
      action: "add-story",
      principal: alice,
      role: "product-owner",
      reason: null,
      deliveryId: expect.stringMatching(/^c-/),
      at,
    });
  });

  it.skipIf(missing)("change nothing when a delivery or a review comes again", async () => {
    const id = await readyStory();
    const first = await created(id, { deliveryId: "again" });
    expect(await create(id, { deliveryId: "again" })).toMatchObject({ kind: "unchanged", ceremony: { id: first.id } });
    await review(first.id, id, "ready", "ready", "ready");
    const presented = await getCeremony(world.deps, first.id);
    await review(first.id, id, "not-ready", "not-ready", "not-ready");
    await ask(first.id, { action: "approve", storyId: id, deliveryId: "word" });
    await ask(first.id, { action: "approve", storyId: id, deliveryId: "word" });
    const now = await getCeremony(world.deps, first.id);
    expect(now?.stories[0]?.reviews).toEqual(presented?.stories[0]?.reviews);
    expect(await eventsOf(first.id)).toEqual(["add-story", "start", "record-review", "present", "approve"]);
  });

  it.skipIf(missing)("hold a story in one open one at a time, however many are called at once", async () => {
    const id = await readyStory();
    const decisions = await Promise.all(Array.from({ length: 5 }, () => create(id)));
    expect(decisions.filter(({ kind }) => kind === "moved")).toHaveLength(1);
    expect(decisions.flatMap((each) => (each.kind === "refused" ? [each.refusal.reason] : []))).toEqual(
      Array.from({ length: 4 }, () => "in-ceremony"),
    );
    const [open] = await ceremoniesOf(world.deps, id);
    await ask(open?.id ?? "0-0-c0", { action: "cancel" });
    expect((await created(id)).id).toBe(`${id}-c2`);
    expect((await ceremoniesOf(world.deps, id)).map(({ state }) => state)).toEqual(["in-progress", "cancelled"]);
  });

  it.skipIf(missing)("take in the ready stories of a milestone that no other open one holds", async () => {
    const milestone = { number: 8, title: "Sprint 8" };
    const [one, two, three] = [await readyStory(milestone), await readyStory(milestone), await readyStory(milestone)];
    issueNumber += 1;
    await recordIssue(world.deps, issueFacts({ repository, issueNumber, milestone }));
    await created(two);
    const ceremony = await created(one, { of: "milestone" });
    expect(ceremony.stories.map((story) => story.storyId)).toEqual([one, three]);
    expect(await create(three, { of: "milestone" })).toMatchObject({
      kind: "refused",
      refusal: { reason: "ceremony-empty" },
    });
    const alone = await readyStory();
    expect(await create(alone, { of: "milestone" })).toMatchObject({
      refusal: { rule: expect.stringContaining("is in no milestone") },
    });
    expect((await ceremoniesOf(world.deps, three)).map(({ id }) => id)).toEqual([ceremony.id]);
  });

  it.skipIf(missing)("gather their stories as a draft", async () => {
    const [one, two] = [await readyStory(), await readyStory()];
    const draft = await created(one, { start: false });
    await ask(draft.id, { action: "add-story", storyId: two });
    expect(await create(two)).toMatchObject({ refusal: { reason: "in-ceremony" } });
    await ask(draft.id, { action: "remove-story", storyId: one });
    expect((await getCeremony(world.deps, draft.id))?.stories.map(({ storyId: id }) => id)).toEqual([two]);
    expect((await ceremoniesOf(world.deps, one)).map(({ id }) => id)).toEqual([draft.id]);
    expect(await isReviewAwaited(world.deps, draft.id, two)).toBe(false);
    await ask(draft.id, { action: "start", councilAvailable: true });
    expect(await isReviewAwaited(world.deps, draft.id, two)).toBe(true);
    expect(await isReviewAwaited(world.deps, draft.id, one)).toBe(false);
    const found = await findCeremonies(world.deps, { repository, states: ["in-progress"] });
    expect(found.map(({ id }) => id)).toContain(draft.id);
    expect(await findCeremonies(world.deps, { repository, states: ["draft"] })).toEqual([]);
  });

  it.skipIf(missing)("are not made by a refusal, which the audit hears of where it is about who asked", async () => {
    const id = await readyStory();
    const refused = await create(id, { roles: holding("developer"), deliveryId: "denied" });
    expect(refused).toMatchObject({ kind: "refused", refusal: { reason: "role-missing" } });
    expect(await create(id, { councilAvailable: false })).toMatchObject({ refusal: { reason: "no-model" } });
    expect(await ceremoniesOf(world.deps, id)).toEqual([]);
    expect((await world.events()).filter(({ correlationId }) => correlationId === "denied")).toMatchObject([
      { type: "access.denied", payload: { action: "add-story", reason: "role-missing" }, subject: { story: id } },
    ]);
    expect(await ask(`${id}-c9`, { action: "cancel" })).toMatchObject({ refusal: { reason: "no-ceremony" } });
    expect(await create(storyId(repository, 9_999))).toMatchObject({ refusal: { reason: "unknown-story" } });
  });

  it.skipIf(missing)("are saved by one of two that had read the same version", async () => {
    const ceremony = await created(await readyStory());
    const { ceremonies } = world.deps;
    const save = () =>
      world.graph.write((tx) => ceremonies.save(tx, ceremony, { ...ceremony, version: ceremony.version + 1 }, []));
    await save();
    await expect(save()).rejects.toThrow("changed while it was being changed");
    expect(await ask(ceremony.id, { action: "present", principal: system, roles: holding("system") })).toMatchObject({
      refusal: { reason: "reviews-open" },
    });
  });
});
