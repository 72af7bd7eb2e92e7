import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RetryableError } from "../../../src/kernel/errors.ts";
import { type StoryId, storyId } from "../../../src/kernel/ids.ts";
import { findStories, getStory, listStoryHistory } from "../../../src/planning/application/find-stories.ts";
import { mendTexts } from "../../../src/planning/application/mend-texts.ts";
import { recordIssue } from "../../../src/planning/application/record-issue.ts";
import { envelopes } from "../../../src/planning/application/story-changes.ts";
import { transitionStory } from "../../../src/planning/application/transition-story.ts";
import { graphStories } from "../../../src/planning/infrastructure/graph-stories.ts";
import { openEmbeddedGraph } from "../../../src/platform/graph/embedded-graph.ts";
import { connectTestNeo4j, testNeo4jUri, whyNoNeo4j } from "../../contract/graph-neo4j.ts";
import { alice, aPlan, at, holding, issueFacts } from "../a-story.ts";
import { openPlanningWorld, type PlanningWorld } from "../a-world.ts";

const engines = [
  { name: "the embedded graph", open: () => openEmbeddedGraph(), missing: false },
  { name: `Neo4j${whyNoNeo4j}`, open: connectTestNeo4j, missing: testNeo4jUri === undefined },
];

describe.each(engines)("stories on $name", ({ open, missing }) => {
  // A store may be shared and old: a repository of its own keeps this run's stories apart.
  const repository = Date.now();
  let world: PlanningWorld;
  let issueNumber = 0;

  beforeAll(async () => {
    if (!missing) {
      world = await openPlanningWorld(open);
    }
  });

  afterAll(async () => {
    if (!missing) {
      await world.graph.write(async (tx) => {
        await tx.run("MATCH (n)-[:NEXT]->(t) WHERE n.repository = $repository DETACH DELETE t", { repository });
        await tx.run("MATCH (n) WHERE n.repository = $repository DETACH DELETE n", { repository });
      });
      await world.graph.close();
    }
  });

  async function newStory(): Promise<StoryId> {
    issueNumber += 1;
    await recordIssue(world.deps, issueFacts({ repository, issueNumber }));
    return storyId(repository, issueNumber);
  }

  it.skipIf(missing)("are saved by one of many that had read the same version before their transactions", async () => {
    const id = await newStory();
    const story = await getStory(world.deps, id);
    if (story === null) throw new Error("The story is missing.");
    const saves = Array.from({ length: 20 }, (_, n) =>
      world.graph.write((tx) => graphStories.save(tx, story, { ...story, note: `writer ${n}` }, [])),
    );
    const outcomes = await Promise.allSettled(saves);
    expect(outcomes.filter((outcome) => outcome.status === "fulfilled")).toHaveLength(1);
    expect((await getStory(world.deps, id))?.version).toBe(story.version + 1);
  });

  it.skipIf(missing).each([
    ["alone", {}],
    ["with a plan", { plan: aPlan() }],
  ])("are saved %s with their events, by one of many in transactions of their own", async (_, beside) => {
    const id = await newStory();
    const story = await getStory(world.deps, id);
    if (story === null) throw new Error("The story is missing.");
    // Other tests share the server, and remove what is theirs.
    const eventsOfStory = async () => (await world.events()).filter((event) => event.subject.story === id);
    const known = (await eventsOfStory()).length;
    const saves = Array.from({ length: 20 }, (_, n) => {
      const after = { ...story, ...beside, note: `writer ${n}` };
      const body = { type: "planning.story.created", payload: { title: after.note, bodyHash: "h" } } as const;
      return graphStories.saveAlone(world.graph, story, after, [], envelopes(world.deps, story, [body], null));
    });
    const outcomes = await Promise.allSettled(saves);
    const refused = outcomes.filter((outcome) => outcome.status === "rejected");
    expect(refused).toHaveLength(19);
    for (const { reason } of refused) expect(reason).toBeInstanceOf(RetryableError);
    const saved = await getStory(world.deps, id);
    expect(saved).toMatchObject({ ...beside, version: story.version + 1 });
    // The event of the one that won, and of no other.
    const added = (await eventsOfStory()).slice(known);
    expect(added.map((event) => event.payload)).toEqual([{ title: saved?.note, bodyHash: "h" }]);
  });

  it.skipIf(missing)("come back as they were saved", async () => {
    const id = await newStory();
    const before = await getStory(world.deps, id);
    if (before === null) {
      throw new Error("The story is not there.");
    }
    const full = {
      ...before,
      edited: { title: "Another", body: "text\n\n💥 \u0000" },
      labels: ["a", "b"],
      milestone: { number: 3, title: "Sprint" },
      state: "planned",
      approvedBodyHash: "h",
      plan: aPlan(),
      planFeedback: ["one", "two"],
      note: "note",
      handled: ["d/submit"],
    } as const;
    await world.graph.write((tx) => graphStories.save(tx, before, full, []));
    expect(await getStory(world.deps, id)).toEqual({ ...full, version: before.version + 1 });
    const bare = {
      ...full,
      edited: null,
      milestone: null,
      approvedBodyHash: null,
      planFeedback: [],
      labels: [],
      note: null,
    };
    const saved = { ...full, version: before.version + 1 };
    await world.graph.write((tx) => graphStories.save(tx, saved, { ...saved, ...bare }, []));
    expect(await getStory(world.deps, id)).toEqual({ ...bare, version: before.version + 2 });
    expect((await findStories(world.deps, { repository })).map((story) => story.id)).toContain(id);
  });

  it.skipIf(missing)(
    "of an earlier version get what is read out of their texts, once, and nothing of a newer story",
    async () => {
      const body =
        "As a buyer I want it.\n\n### Business notes\n\nIt pays.\n\n### Acceptance criteria\n\n- Given a, when b, then c.\n";
      const stored = [1001, 1002, 1003].map((issueNumber) => issueFacts({ repository, issueNumber, body }));
      const stories = [];
      for (const facts of stored) stories.push(await recordIssue(world.deps, facts));
      const [first, second, third] = stories;
      if (first === undefined || second === undefined || third === undefined) throw new Error("three stories");
      const parts = "s.description AS description, s.businessNotes AS notes, s.criteria AS criteria";
      const partsOf = (id: string) => world.graph.query(`MATCH (s:Story {id: $id}) RETURN ${parts}`, { id });
      const before = await partsOf(first.id);
      await world.graph.write((tx) =>
        tx.run("MATCH (s:Story {repository: $repository}) REMOVE s.description, s.criteria, s.businessNotes", {
          repository,
        }),
      );
      await world.graph.write((tx) =>
        tx.run("MATCH (s:Story {id: $id}) SET s.description = $text", { id: second.id, text: body }),
      );
      const newer = { ...third, version: third.version + 1 };
      expect(await mendTexts(world.deps, [first, second, newer])).toEqual([first.id, second.id]);
      expect(await partsOf(first.id)).toEqual(before);
      expect(await partsOf(second.id)).toEqual(before);
      expect(await partsOf(third.id)).toEqual([{ description: null, notes: null, criteria: null }]);
      expect(await mendTexts(world.deps, [first, second])).toEqual([]);
      expect((await getStory(world.deps, first.id))?.version, "it is no change of the story").toBe(first.version);
    },
  );

  it.skipIf(missing)("are made once by many deliveries, and moved once by many commands", async () => {
    const id = storyId(repository, 1000);
    const facts = issueFacts({ repository, issueNumber: 1000 });
    await Promise.all(
      Array.from({ length: 30 }, (_, index) => recordIssue(world.deps, { ...facts, deliveryId: `d-${index}` })),
    );
    const submit = { storyId: id, action: "submit", principal: alice, roles: holding("qa"), at } as const;
    const outcomes = await Promise.all(
      Array.from({ length: 30 }, (_, index) => transitionStory(world.deps, { ...submit, deliveryId: `s-${index}` })),
    );
    expect(outcomes.filter((outcome) => outcome.kind === "moved")).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome.kind === "unchanged")).toHaveLength(29);
    expect(await listStoryHistory(world.deps, id)).toHaveLength(1);
    const events = await world.graph.query("MATCH (e:Event {story: $id}) RETURN e.type AS type ORDER BY type", { id });
    expect(events.map((event) => event["type"])).toEqual(["planning.story.created", "planning.story.transitioned"]);
  });
});
