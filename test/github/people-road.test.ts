import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { storyId } from "../../src/kernel/ids.ts";
import { getStory } from "../../src/planning/application/find-stories.ts";
import { findTasks } from "../../src/workflow/application/find-tasks.ts";
import { startFleet } from "./support/fleet.ts";
import { type LocalWorld, startWorld } from "./support/local-world.ts";
import { aStory } from "./support/samples.ts";

const shop = { owner: "acme", repo: "shop" };
const base64 = (text: string) => Buffer.from(text).toString("base64");
const fleetYml = [
  "roles:",
  "  product-owner: [olga]",
  "  architect: ['@acme/architects']",
  "  qa: [quinn]",
  "  developer: [dev]",
  "  devops: []",
  "  data: []",
].join("\n");

let world: LocalWorld;
let fleet: Awaited<ReturnType<typeof startFleet>>;
let issue_number: number;

beforeAll(async () => {
  world = await startWorld({ "src/coupon.ts": "// old\n", ".github/fleet.yml": fleetYml });
  fleet = await startFleet(world, { start: "auto", available: false, maxRounds: 3 });
});
afterAll(async () => {
  expect(world.github.unknownRoutes).toEqual([]);
  await fleet.close();
  await world.close();
});

const story = async () => {
  const found = await getStory(fleet.planning, storyId(world.ref.repository, issue_number));
  if (found === null) throw new Error("there is no story");
  return found;
};
const task = async () => {
  const [found] = await findTasks(fleet.workflow, { storyId: (await story()).id });
  if (found === undefined) throw new Error("there is no task");
  return found;
};

async function comment(
  login: string,
  number: number,
  body: string,
): Promise<{ reactions: string[]; replies: string[] }> {
  const { data: said } = await world.as(login).rest.issues.createComment({ ...shop, issue_number: number, body });
  await fleet.settle();
  const { data: reactions } = await world
    .as(login)
    .rest.reactions.listForIssueComment({ ...shop, comment_id: said.id });
  const { data: comments } = await world
    .as(login)
    .rest.issues.listComments({ ...shop, issue_number: number, per_page: 100 });
  const replies = comments
    .filter((each) => each.body?.includes(`fleet:reply comment-${said.id}-`))
    .map((each) => each.body ?? "");
  return { reactions: reactions.map((reaction) => reaction.content).toSorted(), replies };
}

async function label(login: string, number: number, name: string): Promise<string[]> {
  await world.as(login).rest.issues.addLabels({ ...shop, issue_number: number, labels: [name] });
  await fleet.settle();
  return labels(number);
}

async function labels(number: number): Promise<string[]> {
  const { data } = await world.as("olga").rest.issues.listLabelsOnIssue({ ...shop, issue_number: number });
  return data.map((each) => each.name).toSorted();
}

async function review(login: string, event: "APPROVE" | "REQUEST_CHANGES", body: string): Promise<void> {
  const pull_number = (await task()).pullRequest ?? 0;
  await world.as(login).rest.pulls.createReview({ ...shop, pull_number, event, body });
  await fleet.settle();
}

async function push(path: string, text: string): Promise<void> {
  const { branch } = await task();
  await world
    .as("dev")
    .rest.repos.createOrUpdateFileContents({ ...shop, path, branch, message: `Write ${path}`, content: base64(text) });
  await fleet.settle();
}

const asked = { reactions: ["eyes", "rocket"], replies: [] };

// One story, told in order: each test goes on from the one before.
describe.sequential("people take a story from issue to merge without any model", () => {
  test("an issue with the label becomes a story with a state and a status comment", async () => {
    const { title, body } = aStory();
    const { data } = await world.as("olga").rest.issues.create({ ...shop, title, body, labels: ["fleet:story"] });
    issue_number = data.number;
    await fleet.settle();
    expect(await labels(issue_number)).toEqual(["fleet:story", "story/draft"]);
    const { data: comments } = await world.as("olga").rest.issues.listComments({ ...shop, issue_number });
    expect(comments.map((each) => each.body?.includes("**Readiness** 100/100"))).toEqual([true]);
  });

  test("the author submits; a guest may not approve, and is told who may", async () => {
    expect(await comment("olga", issue_number, "/submit")).toEqual(asked);
    const refused = await comment("guest", issue_number, "/approve");
    expect(refused.reactions).toEqual(["eyes"]);
    expect(refused.replies).toEqual([expect.stringContaining("Who can: the product owner.")]);
    expect((await story()).state).toBe("po-review");
  });

  test("a state label set by somebody who may not is put back, with the reason", async () => {
    expect(await label("dev", issue_number, "story/ready-for-planning")).toEqual(["fleet:story", "story/po-review"]);
    expect(await label("olga", issue_number, "story/done")).toEqual(["fleet:story", "story/po-review"]);
    expect(await label("olga", issue_number, "story/almost")).toEqual(["fleet:story", "story/po-review"]);
    const { data: comments } = await world.as("olga").rest.issues.listComments({ ...shop, issue_number });
    const reasons = comments.flatMap((each) => /reason: `([a-z-]+)`/.exec(each.body ?? "")?.[1] ?? []);
    expect(reasons).toEqual(["role-missing", "role-missing", "not-in-this-state", "not-a-state"]);
  });

  test("a state label that is taken away is put back", async () => {
    await world.as("olga").rest.issues.removeLabel({ ...shop, issue_number, name: "story/po-review" });
    await fleet.settle();
    expect(await labels(issue_number)).toEqual(["fleet:story", "story/po-review"]);
  });

  test("the product owner approves the scope by a label", async () => {
    expect(await label("olga", issue_number, "story/ready-for-planning")).toEqual([
      "fleet:story",
      "story/ready-for-planning",
    ]);
  });

  test("/council says that there is none; a guest's plan is refused; a developer's is taken", async () => {
    expect((await comment("dev", issue_number, "/council")).replies).toEqual([
      expect.stringContaining("reason: `no-model`"),
    ]);
    const plan = "- [ ] Check the date (developer, 2h, covers 1 2)";
    expect((await comment("guest", issue_number, plan)).replies).toEqual([
      expect.stringContaining("reason: `role-missing`"),
    ]);
    expect(await comment("dev", issue_number, plan)).toEqual(asked);
    expect((await story()).plan?.tasks.map((each) => each.title)).toEqual(["Check the date"]);
  });

  test("the approved plan becomes sub-issues", async () => {
    expect(await comment("olga", issue_number, "/approve")).toEqual(asked);
    const { data: subs } = await world.as("olga").rest.issues.listSubIssues({ ...shop, issue_number });
    expect(subs.map((sub) => sub.number)).toEqual([(await task()).issueNumber]);
    expect((await story()).state).toBe("ready-for-execution");
  });

  test("a developer claims the task on its issue; help, why and status answer once each", async () => {
    const sub = (await task()).issueNumber ?? 0;
    expect((await comment("dev", issue_number, "/claim")).replies).toEqual([expect.stringContaining(`issue ${sub}`)]);
    expect((await comment("guest", sub, "/claim")).replies).toEqual([
      expect.stringContaining("reason: `role-missing`"),
    ]);
    expect(await comment("dev", sub, "/claim")).toEqual(asked);
    expect(await labels(sub)).toEqual(["fleet:task", "task/implementing"]);
    expect((await story()).state).toBe("in-progress");
    const answers = await comment("dev", sub, "/status\n/why\n/help\n/aprove");
    expect(answers.replies).toHaveLength(4);
    expect(answers.replies.join("\n")).toContain("Did you mean `/approve`?");
    expect((await comment("olga", issue_number, "/status\n/why\n/help")).replies).toHaveLength(3);
  });

  test("pushed commits hand the task in: pull request, gate, review request", async () => {
    const { data: main } = await world.as("dev").rest.git.getRef({ ...shop, ref: "heads/main" });
    const { branch } = await task();
    await world.as("dev").rest.git.createRef({ ...shop, ref: `refs/heads/${branch}`, sha: main.object.sha });
    await fleet.settle();
    expect((await task()).state, "a branch alone is no work").toBe("implementing");
    await push("src/date.ts", "// new\n");
    const { state, pullRequest, authors, headSha } = await task();
    expect([state, authors]).toEqual(["pending-arch-review", [`human:${world.people["dev"]?.id}`]]);
    const { data: requested } = await world
      .as("olga")
      .rest.pulls.listRequestedReviewers({ ...shop, pull_number: pullRequest ?? 0 });
    expect(requested.teams.map((team) => team.slug)).toEqual(["architects"]);
    const { data: checks } = await world.on.octokit.rest.checks.listForRef({ ...shop, ref: headSha ?? "" });
    expect(checks.check_runs.map((run) => [run.name, run.status])).toEqual([["fleet/gate", "in_progress"]]);
  });

  test("the architect rejects once, the developer answers, the architect approves", async () => {
    await review("arno", "REQUEST_CHANGES", "Put the check into one place.");
    expect((await task()).state).toBe("arch-rejected");
    expect((await task()).feedback.map((said) => said.text)).toEqual(["Put the check into one place."]);
    expect(await comment("dev", (await task()).pullRequest ?? 0, "/claim")).toEqual(asked);
    await push("src/check.ts", "// one place\n");
    expect((await task()).state).toBe("pending-arch-review");
    await review("arno", "APPROVE", "");
    expect((await task()).state).toBe("pending-qa");
  });

  test("a review by an outsider changes nothing and says nothing; one by a developer is explained once", async () => {
    await review("guest", "APPROVE", "");
    await review("arno", "APPROVE", "");
    await review("arno", "APPROVE", "");
    const { data: comments } = await world
      .as("olga")
      .rest.issues.listComments({ ...shop, issue_number: (await task()).pullRequest ?? 0 });
    expect(comments.filter((each) => each.body?.includes("fleet:reply review-"))).toHaveLength(1);
    expect((await task()).state).toBe("pending-qa");
  });

  test("a red check holds qa's approval back, a green one lets it pass", async () => {
    const { headSha } = await task();
    const ci = world.on.octokit.rest.checks;
    const { data: run } = await ci.create({
      ...shop,
      name: "ci",
      head_sha: headSha ?? "",
      status: "completed",
      conclusion: "failure",
    });
    await review("quinn", "APPROVE", "");
    expect((await task()).state).not.toBe("pending-po-approval");
    await ci.update({ ...shop, check_run_id: run.id, status: "completed", conclusion: "success" });
    const report = (state: "failure" | "success") =>
      world.as("dev").rest.repos.createCommitStatus({ ...shop, sha: headSha ?? "", context: "ci/build", state });
    await report("failure");
    await review("quinn", "APPROVE", "");
    expect((await task()).state, "a red commit status counts likewise").not.toBe("pending-po-approval");
    expect((await task()).failingChecks).toMatchObject([{ by: "github", name: "ci/build" }]);
    await report("success");
    await review("quinn", "APPROVE", "");
    expect((await task()).failingChecks).toBeUndefined();
    expect((await task()).state).toBe("pending-po-approval");
    expect((await story()).state).toBe("ready-to-review");
  });

  test("one /approve by the product owner approves the tasks, merges and finishes the story", async () => {
    expect(await comment("olga", issue_number, "/approve")).toEqual(asked);
    expect([(await task()).state, (await task()).merged]).toEqual(["done", true]);
    expect((await story()).state).toBe("done");
    const { data: pull } = await world
      .as("olga")
      .rest.pulls.get({ ...shop, pull_number: (await task()).pullRequest ?? 0 });
    const { data: main } = await world.as("dev").rest.git.getRef({ ...shop, ref: "heads/main" });
    expect([pull.merged, main.object.sha]).toEqual([true, (await task()).mergeSha]);
    expect(await labels(issue_number)).toEqual(["fleet:story", "story/done"]);
    const { data: issue } = await world.as("olga").rest.issues.get({ ...shop, issue_number });
    expect([issue.state, issue.state_reason]).toEqual(["closed", "completed"]);
  });

  test("every delivery once more, in any order, changes nothing", async () => {
    const before = {
      events: fleet.events.length,
      writes: world.github.contentWrites,
      task: await task(),
      story: await story(),
    };
    for (const delivery of fleet.deliveries.toReversed()) await fleet.receive(delivery);
    await fleet.settle();
    expect(fleet.events.slice(before.events).map((event) => event.type)).toEqual([]);
    expect([(await task()).state, (await story()).state]).toEqual(["done", "done"]);
    const { data: comments } = await world
      .as("olga")
      .rest.issues.listComments({ ...shop, issue_number, per_page: 100 });
    const markers = comments.flatMap((each) => /fleet:reply (\S+)/.exec(each.body ?? "")?.[1] ?? []);
    expect(new Set(markers).size).toBe(markers.length);
  });
});
