import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { storyId } from "../../src/kernel/ids.ts";
import { getStory } from "../../src/planning/application/find-stories.ts";
import { findTasks } from "../../src/workflow/application/find-tasks.ts";
import { startFleet } from "./support/fleet.ts";
import { type LocalWorld, startWorld } from "./support/local-world.ts";
import { aCouncil, aStory } from "./support/samples.ts";

const shop = { owner: "acme", repo: "shop" };
const policy = { start: "command" as "auto" | "command", available: false, maxRounds: 3 };
const fleetYml =
  "roles: { product-owner: [olga], architect: [arno], qa: [quinn], developer: [dev], devops: [], data: [] }\n";
const checklist = "\n\n### Plan\n- [ ] Check the date (developer, 2h, covers 1 2)\n";

let world: LocalWorld;
let fleet: Awaited<ReturnType<typeof startFleet>>;
let issue_number: number;

beforeAll(async () => {
  world = await startWorld({ "src/coupon.ts": "// old\n", ".github/fleet.yml": fleetYml });
  fleet = await startFleet(world, policy);
});
afterAll(async () => {
  expect(world.github.unknownRoutes).toEqual([]);
  await fleet.close();
  await world.close();
});
beforeEach(() => {
  policy.available = false;
});

const story = async () => {
  const found = await getStory(fleet.planning, storyId(world.ref.repository, issue_number));
  if (found === null) throw new Error("there is no story");
  return found;
};
const task = async () => {
  const found = (await findTasks(fleet.workflow, { storyId: (await story()).id })).at(-1);
  if (found === undefined) throw new Error("there is no task");
  return found;
};

async function say(login: string, number: number, body: string): Promise<string[]> {
  const { data: said } = await world.as(login).rest.issues.createComment({ ...shop, issue_number: number, body });
  await fleet.settle();
  const { data } = await world.as(login).rest.issues.listComments({ ...shop, issue_number: number, per_page: 100 });
  return data
    .filter((each) => each.body?.includes(`fleet:reply comment-${said.id}-`))
    .map((each) => /reason: `([a-z-]+)`/.exec(each.body ?? "")?.[1] ?? "answer");
}

async function newIssue(labels: string[], body = aStory().body): Promise<void> {
  const { data } = await world.as("olga").rest.issues.create({ ...shop, title: aStory().title, body, labels });
  issue_number = data.number;
  await fleet.settle();
}

/** A story with an approved plan and one task. */
async function newTask(): Promise<void> {
  await newIssue(["fleet:story"], aStory().body + checklist);
  for (const command of ["/submit", "/approve", "/approve"])
    expect(await say("olga", issue_number, command)).toEqual([]);
  expect((await task()).state).toBe("todo");
}

const close = async (login: string, number: number) => {
  await world
    .as(login)
    .rest.issues.update({ ...shop, issue_number: number, state: "closed", state_reason: "not_planned" });
  await fleet.settle();
};

describe("a story", () => {
  test("may begin with /submit on a plain issue, by its author or somebody with a role", async () => {
    await newIssue([]);
    expect(await say("guest", issue_number, "/submit")).toEqual([]);
    expect(await say("dev", issue_number, "/approve")).toEqual([]);
    expect(await getStory(fleet.planning, storyId(world.ref.repository, issue_number))).toBeNull();
    expect(await say("dev", issue_number, "/submit")).toEqual([]);
    expect((await story()).state).toBe("po-review");
    const { data } = await world.as("olga").rest.issues.get({ ...shop, issue_number });
    expect(data.labels.map((label) => (typeof label === "string" ? label : label.name))).toContain("fleet:story");
  });

  test("below the threshold is refused with the score; sent back with a reason; several commands run in turn", async () => {
    await newIssue(["fleet:story"], "As a shop owner I want coupons to work so that I am happy.");
    expect(await say("olga", issue_number, "/submit\n/approve")).toEqual(["not-ready"]);
    expect(await say("olga", issue_number, "/reject no")).toEqual(["feedback-missing"]);
    expect(await say("olga", issue_number, "/reject Please write acceptance criteria.")).toEqual([]);
    expect((await story()).state).toBe("draft");
    expect(await say("olga", issue_number, "/reject Please write acceptance criteria.")).toEqual(["not-in-this-state"]);
  });

  test("whose text changed between the approval and its handling is not approved", async () => {
    await newIssue(["fleet:story"]);
    await say("olga", issue_number, "/submit");
    await world.as("olga").rest.issues.createComment({ ...shop, issue_number, body: "/approve" });
    const { data: current } = await world
      .as("olga")
      .rest.issues.update({ ...shop, issue_number, body: `${aStory().body}\nAlso refund old orders.` });
    expect(current.body).toContain("refund");
    await world.github.deliveriesSettled();
    fleet.waiting.reverse();
    await fleet.settle();
    expect((await story()).state).toBe("po-review");
  });

  test("takes its plan from its own checklist, and a rejected plan is typed anew", async () => {
    await newIssue(["fleet:story"], aStory().body + checklist);
    await say("olga", issue_number, "/submit\n/approve");
    expect((await story()).plan).toMatchObject({ source: "typed", tasks: [{ title: "Check the date" }] });
    expect(await say("olga", issue_number, "/reject Split it into two tasks, please.")).toEqual([]);
    expect((await story()).planFeedback).toEqual(["Split it into two tasks, please."]);
    expect(
      await say("arno", issue_number, "- [ ] Check the date (covers 1)\n- [ ] Show the total (after 1, covers 2)"),
    ).toEqual([]);
    expect((await story()).plan?.tasks).toHaveLength(2);
  });

  test("asks a council for its plan by /council, from people with a role", async () => {
    policy.available = true;
    await newIssue(["fleet:story"]);
    await say("olga", issue_number, "/submit\n/approve");
    expect(await say("guest", issue_number, "/council")).toEqual(["role-missing"]);
    expect(await say("dev", issue_number, "/council")).toEqual([]);
    expect(fleet.requested).toContain((await story()).id);
  });

  test("is cancelled by closing it as not planned, by the product owner only", async () => {
    await newIssue(["fleet:story"]);
    await close("dev", issue_number);
    expect((await story()).state).toBe("draft");
    const { data } = await world.as("olga").rest.issues.listComments({ ...shop, issue_number });
    expect(data.at(-1)?.body).toContain("reason: `role-missing`");
    await world.as("olga").rest.issues.update({ ...shop, issue_number, state: "open" });
    await close("olga", issue_number);
    expect((await story()).state).toBe("archived");
  });
});

describe("a task", () => {
  test("is handed to a council from its issue or from the story, and its state label is put back", async () => {
    await newTask();
    const { issueNumber } = await task();
    expect(await say("dev", issueNumber ?? 0, "/council")).toEqual(["no-model"]);
    policy.available = true;
    await world
      .as("dev")
      .rest.issues.addLabels({ ...shop, issue_number: issueNumber ?? 0, labels: ["task/done", "task/lost"] });
    await world.as("dev").rest.issues.removeLabel({ ...shop, issue_number: issueNumber ?? 0, name: "task/todo" });
    await fleet.settle();
    const { data: labels } = await world
      .as("dev")
      .rest.issues.listLabelsOnIssue({ ...shop, issue_number: issueNumber ?? 0 });
    expect(labels.map((label) => label.name).toSorted()).toEqual(["fleet:task", "task/todo"]);
    expect(await say("dev", issue_number, "/council")).toEqual([]);
    expect(await task()).toMatchObject({ state: "implementing", assignee: { kind: "council" }, round: 1 });
    expect(await say("dev", issue_number, "/council")).toEqual(["not-in-this-state"]);
  });

  test("goes from a council's winner over the gates by comments, and is merged after the blocking check", async () => {
    await newTask();
    policy.available = true;
    await say("dev", (await task()).issueNumber ?? 0, "/council");
    const { id } = await task();
    const { data: main } = await world.as("dev").rest.git.getRef({ ...shop, ref: "heads/main" });
    fleet.councils.set(id, aCouncil({ id: `${id}-r1`, startSha: main.object.sha }));
    await fleet.write({ kind: "task", taskId: id });
    await fleet.settle();
    const { pullRequest, headSha } = await task();
    const pull = pullRequest ?? 0;
    expect((await task()).state).toBe("pending-arch-review");
    expect(await say("arno", pull, "/submit")).toEqual(["wrong-place"]);
    expect(await say("arno", pull, "/claim\n/approve")).toEqual([]);
    expect(await say("quinn", pull, "/reject Criterion 2 is not met by it.")).toEqual([]);
    expect((await task()).state).toBe("qa-failed");
    expect(await say("dev", pull, "/why\n/help\n/status")).toEqual(["answer", "answer", "answer"]);
    expect(headSha).not.toBeNull();
  });

  test("is discarded by closing its issue as not planned, with its pull request", async () => {
    await newTask();
    const { issueNumber } = await task();
    await close("dev", issueNumber ?? 0);
    expect((await task()).state).toBe("todo");
    await world.as("olga").rest.issues.update({ ...shop, issue_number: issueNumber ?? 0, state: "open" });
    await close("olga", issueNumber ?? 0);
    expect((await task()).state).toBe("cancelled");
  });
});

describe("deliveries", () => {
  const common = () => ({
    installation: { id: world.ref.installation },
    repository: { id: world.ref.repository, name: "shop", owner: { login: "acme" }, default_branch: "main" },
    sender: { id: world.people["dev"]?.id ?? 0, login: "dev" },
  });
  const send = (event: string, payload: object) =>
    fleet.receive({ id: `test-${event}`, event, rawBody: JSON.stringify(payload) });

  test("of a check run are for the task of its branch", async () => {
    await newTask();
    const { id, branch } = await task();
    await send("check_run", {
      ...common(),
      action: "completed",
      check_run: { name: "ci", check_suite: { head_branch: branch }, pull_requests: [] },
    });
    await send("check_run", {
      ...common(),
      action: "completed",
      check_run: { name: "ci", check_suite: null, pull_requests: [{ number: 4711 }] },
    });
    await send("check_run", { ...common(), action: "created", check_run: { name: "ci" } });
    expect(fleet.waiting.map((job) => job.name)).toEqual([`write task-${id}`]);
    fleet.waiting.length = 0;
  });

  test("with nothing for us do nothing, and a broken one is an error of its own, not of Probot's", async () => {
    await send("push", { ...common(), ref: "refs/tags/v1", after: "0", created: true, deleted: false });
    await send("push", { ...common(), ref: "refs/heads/other", after: "0", created: true, deleted: false });
    await send("push", {
      ...common(),
      ref: "refs/heads/main",
      after: "0",
      created: false,
      deleted: false,
      commits: [{ id: "1", modified: [".github/fleet.yml"] }],
    });
    await send("issues", { ...common(), action: "pinned" });
    expect(fleet.waiting).toEqual([]);
    const failure = await send("issues", { ...common(), action: "opened" }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: "PermanentError", message: expect.stringContaining("issue") });
    expect(failure).not.toHaveProperty("event");
  });
});
