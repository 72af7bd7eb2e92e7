import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type StoryWorld, shop, startStoryWorld } from "./support/story-world.ts";

let at: StoryWorld;
beforeAll(async () => {
  at = await startStoryWorld();
});
afterAll(async () => {
  expect(at.world.github.unknownRoutes).toEqual([]);
  await at.close();
});

async function planComment(issueNumber: number): Promise<{ id: number; body: string }> {
  const found = (await at.botComments(issueNumber)).filter(({ body }) => body.includes("<!-- fleet:plan -->"));
  expect(found, "a story has one comment with its plan").toHaveLength(1);
  return found[0] ?? { id: 0, body: "" };
}

/** What the fleet says to an edit of the plan's comment. */
async function edit(login: string, issueNumber: number, change: (body: string) => string): Promise<readonly string[]> {
  const { id, body } = await planComment(issueNumber);
  return at.during(issueNumber, () =>
    at.world.as(login).rest.issues.updateComment({ ...shop, comment_id: id, body: change(body) }),
  );
}

const reasonsOf = (texts: readonly string[]) =>
  texts.map((text) => /reason: `([a-z-]+)`/.exec(text)?.[1] ?? "no reason");

describe("the plan's comment", () => {
  test("shows the plan as a block, which the product owner edits into the next version", async () => {
    const story = await at.plannedStory();
    expect((await planComment(story)).body).toContain("- [ ] 2. Show the total (developer, 1h, after 1, covers 2)");
    const said = await edit("olga", story, (body) => body.replace("(developer, 1h, after 1", "(qa, 3h, after 1"));
    expect(said).toEqual([]);
    const { plan, state } = await at.storyOf(story);
    expect([state, plan?.version, plan?.status, plan?.source]).toEqual(["planned", 2, "proposed", "typed"]);
    expect(plan?.tasks[1]).toMatchObject({ role: "qa", type: "test", estimateHours: 3, dependsOn: [1] });
    const { body, id } = await planComment(story);
    expect(body).toContain("### Plan 2: proposed");
    const { data: reactions } = await at.world
      .as("olga")
      .rest.reactions.listForIssueComment({ ...shop, comment_id: id });
    expect(reactions.map((reaction) => reaction.content).toSorted()).toEqual(["eyes", "rocket"]);
  });

  test("binds the approval to what it shows, and takes no edit after that", async () => {
    const story = await at.plannedStory();
    await edit("olga", story, (body) => body.replace("Show the total", "Show the sum"));
    expect(await at.say("olga", story, "/approve")).toEqual([]);
    const { plan } = await at.storyOf(story);
    expect([plan?.version, plan?.status]).toEqual([2, "approved"]);
    expect((await at.taskOf(story, 2)).title).toBe("Show the sum");
    const before = await planComment(story);
    expect(before.body).toContain("### Plan 2: approved");
    const said = await edit("olga", story, (body) => body.replace("2h", "9h"));
    expect(reasonsOf(said)).toEqual(["not-in-this-state"]);
    expect(await planComment(story)).toEqual(before);
  });

  test("edited by anybody else is put back, with who may", async () => {
    const story = await at.plannedStory();
    const before = await planComment(story);
    const said = await edit("dev", story, (body) => body.replace("2h", "9h"));
    expect(said).toHaveLength(1);
    expect(said[0]).toContain("Who can: the product owner.");
    expect(await planComment(story)).toEqual(before);
    expect((await at.storyOf(story)).plan?.version).toBe(1);
  });

  test("edited into a cycle, or with a criterion left out, is put back; the reply names it and keeps the words", async () => {
    const story = await at.plannedStory();
    const cycle = await edit("olga", story, (body) => body.replace("2h, covers 1", "2h, after 2, covers 1"));
    expect(cycle.join()).toContain("The dependencies form a cycle: task 1 → task 2 → task 1.");
    expect(cycle.join().replaceAll(/<!--.*?-->/g, "")).toMatchSnapshot();
    const gap = await edit("olga", story, (body) => body.replace(", covers 2)", ")"));
    expect(gap.join()).toContain("No task covers criterion 2.");
    const empty = await edit("olga", story, () => "Let us talk about this.");
    expect(empty.join()).toContain("The plan has no task; it needs 1 to 8.");
    expect((await planComment(story)).body).toContain("### Plan 1: proposed");
  });

  test("edited from an older version is refused", async () => {
    const story = await at.plannedStory();
    const old = (await planComment(story)).body;
    await edit("olga", story, (body) => body.replace("2h", "3h"));
    expect(reasonsOf(await edit("olga", story, () => old.replace("2h", "4h")))).toEqual(["plan-changed"]);
    expect((await at.storyOf(story)).plan?.tasks[0]?.estimateHours).toBe(3);
  });

  test("whose boxes are ticked, or whose words around the list are changed, says itself again in silence", async () => {
    const story = await at.plannedStory();
    const before = await planComment(story);
    expect(await edit("quinn", story, (body) => body.replace("- [ ] 1.", "- [x] 1."))).toEqual([]);
    expect(await edit("quinn", story, (body) => `Nonsense.\r\n${body}`)).toEqual([]);
    expect(await planComment(story)).toEqual(before);
  });

  test("is edited also where the hidden lines are lost, and is found again", async () => {
    const story = await at.plannedStory();
    const block = (body: string) => /```markdown\n([\s\S]*)\n```/.exec(body)?.[1] ?? "";
    expect(await edit("olga", story, (body) => block(body).replace("2h", "5h"))).toEqual([]);
    expect((await planComment(story)).body).toContain("(developer, 5h, covers 1)");
    expect((await at.storyOf(story)).plan?.version).toBe(2);
  });

  test("is written again when it is deleted, as the status comment is", async () => {
    const story = await at.plannedStory();
    for (const { id } of await at.botComments(story))
      await at.world.as("olga").rest.issues.deleteComment({ ...shop, comment_id: id });
    await at.fleet.settle();
    const markers = (await at.botComments(story)).map(({ body }) => /<!-- fleet:(\S+) -->/.exec(body)?.[1]);
    expect(markers.toSorted()).toEqual(["plan", "story"]);
  });

  test("is replaced by an edited copy that the product owner comments, and by nobody else's", async () => {
    const story = await at.plannedStory();
    const copy = (body: string) => body.slice(body.indexOf("```markdown"), body.indexOf("What `covers`"));
    const edited = copy((await planComment(story)).body).replace("2h", "6h");
    expect(reasonsOf(await at.say("dev", story, edited))).toEqual(["role-missing"]);
    expect(await at.say("olga", story, "- [ ] think about it")).toEqual([]);
    expect((await at.storyOf(story)).plan?.version).toBe(1);
    expect(await at.say("olga", story, edited)).toEqual([]);
    expect((await at.storyOf(story)).plan).toMatchObject({ version: 2, tasks: [{ estimateHours: 6 }, { number: 2 }] });
    expect((await planComment(story)).body).toContain("(developer, 6h, covers 1)");
    expect(reasonsOf(await at.say("olga", story, edited.replace("6h", "6h, after 2")))).toEqual(["plan-invalid"]);
  });

  test("of a rejected plan says so, and the next plan takes its place", async () => {
    const story = await at.plannedStory();
    await at.say("olga", story, "/reject Split it into two steps.");
    expect((await planComment(story)).body).toContain("### Plan 1: rejected");
    await at.say("dev", story, "- [ ] All in one (covers 1 2)");
    expect((await planComment(story)).body).toContain("### Plan 2: proposed");
  });

  test("every edit once more changes nothing", async () => {
    const story = await at.plannedStory();
    const first = at.fleet.deliveries.length;
    await edit("olga", story, (body) => body.replace("2h", "3h"));
    await edit("dev", story, (body) => body.replace("3h", "4h"));
    const before = [await at.storyOf(story), await at.botComments(story)];
    for (const delivery of at.fleet.deliveries.slice(first).toReversed()) await at.fleet.receive(delivery);
    await at.fleet.settle();
    expect([await at.storyOf(story), await at.botComments(story)]).toEqual(before);
  });
});
