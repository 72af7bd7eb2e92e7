import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { type StoryWorld, shop, startStoryWorld } from "./support/story-world.ts";

let at: StoryWorld;
beforeAll(async () => {
  at = await startStoryWorld();
});
afterAll(async () => {
  expect(at.world.github.unknownRoutes).toEqual([]);
  await at.close();
});

async function sprint(title: string): Promise<number> {
  const { data } = await at.world.as("olga").rest.issues.createMilestone({ ...shop, title });
  return data.number;
}

async function epicsOf(issueNumber: number): Promise<readonly unknown[]> {
  const { id } = await at.storyOf(issueNumber);
  return at.fleet.planning.graph.read(async (tx) => {
    const rows = await tx.run("MATCH (e:Epic)-[:CONTAINS]->(:Story {id: $id}) RETURN e.title AS title ORDER BY title", {
      id,
    });
    return rows.map((row) => row["title"]);
  });
}

/** To whom the epics of a story are assigned: the milestone first. */
async function peopleOf(issueNumber: number): Promise<readonly (readonly string[])[]> {
  const { id } = await at.storyOf(issueNumber);
  const rows = await at.fleet.planning.graph.read((tx) =>
    tx.run("MATCH (e:Epic)-[:CONTAINS]->(:Story {id: $id}) RETURN e.people AS people ORDER BY e.id DESC", { id }),
  );
  const people = z.array(z.object({ id: z.int(), login: z.string() }));
  return rows.map((row) => people.parse(JSON.parse(String(row["people"]))).map(({ login }) => login));
}

const plan = "- [ ] Check the date (covers 1 2)";

describe("a milestone is a sprint", () => {
  test("closing it carries the stories over that are worked on, each with one sentence; others stay", async () => {
    const milestone = await sprint("Sprint 7");
    const [running, waiting, draft] = [
      await at.storyWithTasks(plan, { milestone }),
      await at.storyWithTasks(plan, { milestone }),
      await at.newStory({ milestone }),
    ];
    const elsewhere = await at.storyWithTasks(plan);
    await at.handIn(running);
    expect((await at.storyOf(running)).state).toBe("code-review");
    const before = new Map(
      await Promise.all(
        [running, waiting, draft, elsewhere].map(
          async (number) => [number, (await at.botComments(number)).length] as const,
        ),
      ),
    );
    await at.world.as("dev").rest.issues.updateMilestone({ ...shop, milestone_number: milestone, state: "closed" });
    await at.fleet.settle();
    const now = async (number: number) => [
      (await at.storyOf(number)).state,
      (await at.botComments(number)).length - (before.get(number) ?? 0),
    ];
    expect(await now(running)).toEqual(["carry-over", 1]);
    expect(await now(waiting)).toEqual(["carry-over", 1]);
    expect(await now(draft)).toEqual(["draft", 0]);
    expect(await now(elsewhere)).toEqual(["ready-for-execution", 0]);
    expect((await at.botComments(running)).at(-1)?.body.replaceAll(/<!--.*?-->\n?/g, "")).toMatchSnapshot();

    const closed = at.fleet.deliveries.filter(({ event }) => event === "milestone").at(-1);
    if (closed === undefined) throw new Error("nothing was delivered");
    await at.fleet.receive(closed);
    await at.fleet.settle();
    expect(await now(running), "once more").toEqual(["carry-over", 1]);
  });

  test("a story that was taken out of it in time, or carried over by hand, is left alone", async () => {
    const milestone = await sprint("Sprint 8");
    const [moved, byHand] = [
      await at.storyWithTasks(plan, { milestone }),
      await at.storyWithTasks(plan, { milestone }),
    ];
    await at.world.as("olga").rest.issues.addLabels({ ...shop, issue_number: byHand, labels: ["story/carry-over"] });
    await at.fleet.settle();
    expect((await at.storyOf(byHand)).state).toBe("carry-over");
    const said = await at.during(byHand, async () => {
      await at.world.as("olga").rest.issues.update({ ...shop, issue_number: moved, milestone: null });
      await at.world.as("olga").rest.issues.updateMilestone({ ...shop, milestone_number: milestone, state: "closed" });
    });
    expect(said).toEqual([]);
    expect([(await at.storyOf(moved)).state, (await at.storyOf(moved)).milestone]).toEqual([
      "ready-for-execution",
      null,
    ]);
  });

  test("its title is followed, and its end takes it from its stories; the graph holds both epics of a story", async () => {
    const milestone = await sprint("Sprint 9");
    const story = await at.newStory({ milestone });
    const olga = at.world.as("olga").rest.issues;
    const { data: epic } = await olga.create({ ...shop, title: "Coupons" });
    await olga.addSubIssue({ ...shop, issue_number: epic.number, sub_issue_id: (await at.issue(story)).id });
    await olga.updateMilestone({ ...shop, milestone_number: milestone, title: "Sprint nine" });
    await at.fleet.settle();
    expect((await at.storyOf(story)).milestone).toEqual({ number: milestone, title: "Sprint nine" });
    expect(await epicsOf(story)).toEqual(["Coupons", "Sprint nine"]);
    const other = await sprint("Sprint 10");
    await olga.update({ ...shop, issue_number: story, milestone: other });
    await at.fleet.settle();
    expect(await epicsOf(story)).toEqual(["Coupons", "Sprint 10"]);
    await olga.deleteMilestone({ ...shop, milestone_number: other });
    await at.fleet.settle();
    expect((await at.storyOf(story)).milestone).toBeNull();
    expect(await epicsOf(story)).toEqual(["Coupons"]);
  });

  test("is whose opened it, and a parent issue its assignees': architects among them see its stories", async () => {
    const olga = at.world.as("olga").rest.issues;
    const { data: epic } = await olga.create({ ...shop, title: "Vouchers", assignees: ["dev"] });
    const story = await at.newStory({ milestone: await sprint("Sprint 11") });
    await olga.addSubIssue({ ...shop, issue_number: epic.number, sub_issue_id: (await at.issue(story)).id });
    await at.fleet.settle();
    expect(await peopleOf(story)).toEqual([["olga"], ["dev"]]);
    const link = { ...shop, issue_number: epic.number };
    await olga.addAssignees({ ...link, assignees: ["olga"] });
    await olga.removeAssignees({ ...link, assignees: ["dev"] });
    await at.fleet.settle();
    expect(await peopleOf(story)).toEqual([["olga"], ["olga"]]);
    // What a story's own issue is assigned to makes no epic of it.
    await olga.addAssignees({ ...shop, issue_number: story, assignees: ["dev"] });
    await at.fleet.settle();
    expect(await peopleOf(story)).toEqual([["olga"], ["olga"]]);
  });
});
