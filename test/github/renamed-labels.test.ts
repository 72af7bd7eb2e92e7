import { afterAll, beforeAll, expect, test } from "vitest";
import { issueFormOffer, issueForms, readIssueForm } from "../../src/github/issue-forms/issue-form.ts";
import { reconcile } from "../../src/github/reconcile/reconcile.ts";
import { findStories } from "../../src/planning/application/find-stories.ts";
import { type StoryWorld, shop, startStoryWorld } from "./support/story-world.ts";

/** What people call our labels here. */
const renamed = {
  "fleet:story": "Geschichte",
  "fleet:task": "Aufgabe",
  "fleet:attention": "Bitte ansehen",
  "fleet:overdue": "zu spät",
  "story/draft": "✏️ writing",
  "story/po-review": "ready?",
  "story/ready-for-execution": "Story/Ready-For-Execution",
  "task/todo": "offen",
} as const;
const plan = "- [ ] Check the date (covers 1 2)";

let at: StoryWorld;
beforeAll(async () => {
  at = await startStoryWorld();
  await at.fleet.write({ kind: "labels", ref: at.world.ref });
  await at.fleet.settle();
  for (const [name, new_name] of Object.entries(renamed)) await olga().issues.updateLabel({ ...shop, name, new_name });
  await at.fleet.settle();
});
afterAll(async () => {
  // Nothing came back under its first name.
  const { data } = await olga().issues.listLabelsForRepo({ ...shop, per_page: 100 });
  const names = data.map(({ name }) => name);
  expect(names.filter((name) => Object.keys(renamed).includes(name))).toEqual([]);
  expect(at.world.github.unknownRoutes).toEqual([]);
  await at.close();
});

const olga = () => at.world.as("olga").rest;

async function labelsOf(issue_number: number): Promise<readonly string[]> {
  const { data } = await olga().issues.listLabelsOnIssue({ ...shop, issue_number });
  return data.map(({ name }) => name).toSorted();
}

async function storyIn(milestone?: number): Promise<number> {
  const { title, body } = { title: "Reject coupons that have expired", body: storyText };
  const { data } = await olga().issues.create({
    ...shop,
    title,
    body: `${body}\n\n### Plan\n${plan}`,
    labels: [renamed["fleet:story"]],
    ...(milestone === undefined ? {} : { milestone }),
  });
  await at.fleet.settle();
  await at.say("olga", data.number, "/submit\n/approve");
  await at.say("olga", data.number, "/approve");
  return data.number;
}

const storyText = [
  "As a shop owner I want expired coupons refused so that nobody gets a discount by mistake.",
  "",
  "### Acceptance criteria",
  '- Given an expired coupon, when it is applied, then `applyCoupon` throws "expired"',
  "- Given a valid coupon, when it is applied, then the total is 90",
  "",
  "Component: `src/coupon.ts`",
].join("\n");

test("stories and tasks carry the names in use, and a sprint's end carries its stories over", async () => {
  const { data: sprint } = await olga().issues.createMilestone({ ...shop, title: "Sprint 1" });
  const story = await storyIn(sprint.number);
  expect(await labelsOf(story)).toEqual(["Geschichte", "Story/Ready-For-Execution"]);
  const { issueNumber } = await at.taskOf(story);
  expect(await labelsOf(issueNumber ?? 0)).toEqual(["Aufgabe", "offen"]);
  await olga().issues.updateMilestone({ ...shop, milestone_number: sprint.number, state: "closed" });
  await at.fleet.settle();
  expect((await at.storyOf(story)).state).toBe("carry-over");
});

test("a label set or taken off under its new name is policed as under its first", async () => {
  const story = await storyIn();
  const said = await at.during(story, () =>
    at.world.as("dev").rest.issues.addLabels({ ...shop, issue_number: story, labels: [renamed["story/draft"]] }),
  );
  expect(said.join()).toContain("`label ✏️ writing` was not done");
  expect(await labelsOf(story)).toEqual(["Geschichte", "Story/Ready-For-Execution"]);
});

test("what the fleet says names a label as it is called here", async () => {
  const { data } = await olga().issues.create({
    ...shop,
    title: "Reject coupons that have expired",
    body: storyText,
    labels: [renamed["fleet:story"]],
  });
  const story = data.number;
  await at.fleet.settle();
  const [status] = await at.botComments(story);
  expect(status?.body).toContain("set the label `ready?`");
  const help = (await at.say("olga", story, "/help")).join();
  expect(help).toContain("label `ready?`");
  const done = { ...shop, issue_number: story, labels: ["story/done"] };
  const refused = (await at.during(story, () => olga().issues.addLabels(done))).join();
  expect(refused).toContain("`label story/done` was not done");
  expect(refused).toContain("Labels that lead on: `ready?`");
  expect([help, refused].join()).not.toContain("story/po-review");
  await olga().issues.addLabels({ ...shop, issue_number: story, labels: [renamed["story/po-review"]] });
  await at.fleet.settle();
  expect((await at.storyOf(story)).state).toBe("po-review");
});

test("a task's issue that was made and not noted is found again, not made twice", async () => {
  const story = await storyIn();
  const task = await at.taskOf(story);
  await at.fleet.deps.workflow.linkTask({ taskId: task.id, issueNumber: null });
  await at.fleet.write({ kind: "task", taskId: task.id });
  await at.fleet.settle();
  expect((await at.taskOf(story)).issueNumber).toBe(task.issueNumber);
});

test("the nightly look finds nothing to repair", async () => {
  await storyIn();
  const result = await reconcile({
    app: at.fleet.deps,
    findStories: () => findStories(at.fleet.planning, {}),
    forget: async () => {},
    log: at.world.log,
  });
  await at.fleet.settle();
  expect(result.repairs).toEqual([]);
});

test("the issue about the settings carries its label and is found again by it", async () => {
  const path = ".github/fleet.yml";
  const write = async (text: string) => {
    const { data: file } = await olga().repos.getContent({ ...shop, path });
    const sha = "sha" in file ? file.sha : "";
    const content = Buffer.from(text).toString("base64");
    await olga().repos.createOrUpdateFileContents({ ...shop, path, message: "Settings", content, sha });
    await at.fleet.settle();
  };
  const attention = async () =>
    (await olga().issues.listForRepo({ ...shop, state: "all", labels: renamed["fleet:attention"] })).data.map(
      ({ number, state }) => ({ number, state }),
    );
  const { data: before } = await olga().repos.getContent({ ...shop, path });
  const good = "content" in before ? Buffer.from(before.content, "base64").toString() : "";
  await write("roles: [nonsense");
  const [opened] = await attention();
  expect(opened?.state).toBe("open");
  await write(good);
  expect(await attention()).toEqual([{ number: opened?.number, state: "closed" }]);
  await write("roles: 7");
  expect(await attention()).toEqual([{ number: opened?.number, state: "open" }]);
  await write(good);
});

test("the offered form names the label in use; an issue of a form without its label is a story and gets it", async () => {
  await at.fleet.write({ kind: "issue-form", ref: at.world.ref });
  await at.fleet.settle();
  const { branch } = issueFormOffer();
  const { data: file } = await olga().repos.getContent({ ...shop, path: issueForms.story.path, ref: branch });
  const text = "content" in file ? Buffer.from(file.content, "base64").toString() : "";
  expect(text).toBe(readIssueForm(issueForms.story, "Geschichte"));
  expect(text).toContain('labels: ["Geschichte"]');
  const { data: pulls } = await olga().pulls.list({ ...shop, head: `acme:${branch}`, state: "all" });
  expect(pulls[0]?.body).toContain("the label `Geschichte`");

  // Merged before the rename: the form names a label that is not there, and GitHub leaves it out.
  const body = ["### Value", "", "So that", "", "### Acceptance criteria", "", "_No response_", ""];
  body.push("### Affected area", "", "_No response_", "", "### Notes", "", "_No response_");
  const create = async (lines: readonly string[]) => {
    const { data } = await olga().issues.create({ ...shop, title: "Show the total", body: lines.join("\r\n") });
    await at.fleet.settle();
    return labelsOf(data.number);
  };
  expect(await create(body)).toEqual(["Geschichte", "✏️ writing"]);
  expect(await create(body.slice(0, -4))).toEqual([]);
  expect(await create(["Before", ...body])).toEqual([]);
});
