import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { storyId } from "../../src/kernel/ids.ts";
import { getStory } from "../../src/planning/application/find-stories.ts";
import { findTasks } from "../../src/workflow/application/find-tasks.ts";
import { startFleet } from "./support/fleet.ts";
import { type LocalWorld, startWorld } from "./support/local-world.ts";
import { aStory } from "./support/samples.ts";

const shop = { owner: "acme", repo: "shop" };
const fleetYml =
  "roles: { product-owner: [olga], architect: [arno], qa: [quinn, olga], developer: [dev], devops: [], data: [] }\n";

let world: LocalWorld;
let fleet: Awaited<ReturnType<typeof startFleet>>;
let issue_number: number;
/** Every reason that was given on the way. */
const given = new Set<string>();

beforeAll(async () => {
  world = await startWorld({ "src/coupon.ts": "// old\n", ".github/fleet.yml": fleetYml });
  fleet = await startFleet(world, { start: "command", available: false, maxRounds: 3 });
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
const task = async (number = 1) => {
  const found = await findTasks(fleet.workflow, { storyId: (await story()).id });
  const one = found.find((each) => each.number === number);
  if (one === undefined) throw new Error(`there is no task ${number}`);
  return one;
};
const pullOf = async () => (await task()).pullRequest ?? 0;

async function comments(number: number): Promise<string[]> {
  const { data } = await world.as("olga").rest.issues.listComments({ ...shop, issue_number: number, per_page: 100 });
  return data.map((each) => each.body ?? "");
}

/** The newest comment, without the marker that holds the delivery's id. */
async function lastReply(): Promise<string | undefined> {
  return (await comments(issue_number)).at(-1)?.replace(/^<!--.*-->\n/, "");
}

async function labelsOf(number: number): Promise<string[]> {
  const { data } = await world.as("olga").rest.issues.listLabelsOnIssue({ ...shop, issue_number: number });
  return data.map((each) => each.name).toSorted();
}

/** Does it, lets everything settle, and says which refusals came on this issue or pull request by it. */
async function refusals(number: number, act: () => Promise<unknown>): Promise<string[]> {
  const before = (await comments(number)).filter((body) => body.includes("fleet:reply")).length;
  await act();
  await fleet.settle();
  const replies = (await comments(number)).filter((body) => body.includes("fleet:reply")).slice(before);
  const reasons = replies.map((body) => /reason: `([a-z-]+)`/.exec(body)?.[1] ?? "answer");
  for (const reason of reasons) given.add(reason);
  return reasons;
}

const label = (login: string, number: number, ...labels: string[]) =>
  refusals(number, () => world.as(login).rest.issues.addLabels({ ...shop, issue_number: number, labels }));
const unlabel = (login: string, number: number, name: string) =>
  refusals(number, () => world.as(login).rest.issues.removeLabel({ ...shop, issue_number: number, name }));
const say = (login: string, number: number, body: string) =>
  refusals(number, () => world.as(login).rest.issues.createComment({ ...shop, issue_number: number, body }));
const edit = async (body: string) => {
  await world.as("olga").rest.issues.update({ ...shop, issue_number, body });
  await fleet.settle();
};

type Review = Partial<Parameters<ReturnType<LocalWorld["as"]>["rest"]["pulls"]["createReview"]>[0]>;
let reviewId = 0;
const review = async (login: string, event: "APPROVE" | "REQUEST_CHANGES" | "COMMENT", more: Review = {}) => {
  const pull_number = await pullOf();
  return refusals(pull_number, async () => {
    const { data } = await world.as(login).rest.pulls.createReview({ ...shop, pull_number, event, body: "", ...more });
    reviewId = data.id;
  });
};
const dismiss = async (login: string, review_id: number) => {
  const pull_number = await pullOf();
  return refusals(pull_number, () =>
    world.as(login).rest.pulls.dismissReview({ ...shop, pull_number, review_id, message: "Not like this." }),
  );
};

/** A commit on the task's branch, by dev; without a text, one of the same tree. */
async function commit(text: string | null, message = "Work"): Promise<string> {
  const { git } = world.as("dev").rest;
  const { branch } = await task();
  const ref = `heads/${branch}`;
  const { data: main } = await git.getRef({ ...shop, ref: "heads/main" });
  const known = (await task()).headSha ?? main.object.sha;
  const { data: parent } = await git.getCommit({ ...shop, commit_sha: known });
  const tree =
    text === null
      ? parent.tree.sha
      : (
          await git.createTree({
            ...shop,
            base_tree: parent.tree.sha,
            tree: [{ path: "src/coupon.ts", mode: "100644", type: "blob", content: text }],
          })
        ).data.sha;
  const { data: made } = await git.createCommit({ ...shop, message, tree, parents: [known] });
  if ((await task()).headSha === null) await git.createRef({ ...shop, ref: `refs/${ref}`, sha: made.sha });
  else await git.updateRef({ ...shop, ref, sha: made.sha });
  await fleet.settle();
  return made.sha;
}

async function status(): Promise<string> {
  return (await comments(await pullOf())).find((body) => body.includes("<!-- fleet:pull-request -->")) ?? "";
}

// One story, told in order: each test goes on from the one before.
describe.sequential("a story on which everything goes wrong that can", () => {
  test("a plain issue carries no state", async () => {
    const { data } = await world.as("olga").rest.issues.create({ ...shop, title: "A question", body: "Why?" });
    expect(await label("dev", data.number, "story/draft")).toEqual(["unknown-story"]);
    expect(await labelsOf(data.number)).toEqual([]);
    expect(await label("dev", data.number, "bug", "story/points-3")).toEqual([]);
    expect(await labelsOf(data.number)).toEqual(["bug", "story/points-3"]);
  });

  test("a state among the labels that an issue is opened with asks like any other, in a burst", async () => {
    const labels = ["story/done", "fleet:story", "story/po-review", "Story/Done"];
    const { data } = await world.as("olga").rest.issues.create({ ...shop, title: aStory().title, body: "It.", labels });
    issue_number = data.number;
    expect((await refusals(issue_number, async () => {})).toSorted()).toEqual(["not-a-story", "not-in-this-state"]);
    expect(await labelsOf(issue_number)).toEqual(["fleet:story", "story/draft"]);
  });

  test("what is not ready is not approved; a rejection needs its reason, and how to give it is told", async () => {
    await edit("As a shop owner I want coupons to work so that I am happy.");
    expect(await label("dev", issue_number, "story/po-review")).toEqual([]);
    expect(await label("olga", issue_number, "story/ready-for-planning")).toEqual(["not-ready"]);
    expect(await label("olga", issue_number, "story/draft")).toEqual(["feedback-missing"]);
    expect(await lastReply()).toMatchInlineSnapshot(`
      "\`@olga\`, \`label story/draft\` was not done.

      **Why:** "reject-scope" needs feedback of at least 10 characters; this one has 0. Who can: the product owner.
      **Next:** Comment /reject followed by the reason.

      <sub>reason: \`feedback-missing\`</sub>"
    `);
    expect(await label("dev", issue_number, "story/draft")).toEqual(["role-missing"]);
    expect(await lastReply()).toMatchInlineSnapshot(`
      "\`@dev\`, \`label story/draft\` was not done.

      **Why:** "reject-scope" is for product-owner; \`@dev\` has developer. Who can: the product owner.
      **Next:** Ask product-owner to do it.

      <sub>reason: \`role-missing\`</sub>"
    `);
  });

  test("labels of no state, of the other kind, and labels that are taken off are put back", async () => {
    expect(await label("olga", issue_number, "story/almost")).toEqual(["not-a-state"]);
    expect(await label("olga", issue_number, "task/todo")).toEqual(["not-a-state"]);
    expect(await label("olga", issue_number, "story/done")).toEqual(["not-in-this-state"]);
    expect(await unlabel("olga", issue_number, "story/po-review")).toEqual(["not-by-hand"]);
    expect(await lastReply()).toMatchInlineSnapshot(`
      "\`@olga\`, \`removing story/po-review\` was not done.

      **Why:** story/po-review shows the state of this story; taking it off moves nothing, so it was put back. Who can: the product owner.
      **Next:** Labels that lead on: story/ready-for-planning.

      <sub>reason: \`not-by-hand\`</sub>"
    `);
    expect(await unlabel("olga", issue_number, "fleet:story")).toEqual(["not-by-hand"]);
    expect(await labelsOf(issue_number)).toEqual(["fleet:story", "story/po-review"]);
  });

  test("two people label at once: each is answered by what the tables say then", async () => {
    await edit(aStory().body);
    const both = await refusals(issue_number, async () => {
      await world.as("dev").rest.issues.addLabels({ ...shop, issue_number, labels: ["story/ready-for-planning"] });
      await world.as("olga").rest.issues.removeLabel({ ...shop, issue_number, name: "story/po-review" });
      await world.as("olga").rest.issues.removeLabel({ ...shop, issue_number, name: "story/ready-for-planning" });
      await world.as("olga").rest.issues.addLabels({ ...shop, issue_number, labels: ["story/ready-for-planning"] });
    });
    expect(both).toEqual(["role-missing"]);
    expect((await story()).state).toBe("ready-for-planning");
    expect(await labelsOf(issue_number)).toEqual(["fleet:story", "story/ready-for-planning"]);
  });

  test("without a model no council; tasks wait for those before them; a hand-in is a push by the holder", async () => {
    expect(await say("dev", issue_number, "/council")).toEqual(["no-model"]);
    await say("dev", issue_number, "- [ ] Check the date (covers 1)\n- [ ] Show the total (after 1, covers 2)");
    expect(await label("olga", issue_number, "story/ready-for-execution")).toEqual([]);
    const [first, second] = [(await task(1)).issueNumber ?? 0, (await task(2)).issueNumber ?? 0];
    expect(await say("dev", second, "/claim")).toEqual(["dependencies-open"]);
    expect(await say("dev", issue_number, "/claim")).toEqual(["wrong-place"]);
    expect(await label("dev", first, "task/implementing")).toEqual([]);
    expect(await label("quinn", first, "task/pending-arch-review")).toEqual(["not-holder"]);
    expect(await label("dev", first, "task/pending-arch-review")).toEqual(["wrong-branch"]);
    expect(await unlabel("dev", first, "fleet:task")).toEqual(["not-by-hand"]);
    expect(await labelsOf(first)).toEqual(["fleet:task", "task/implementing"]);
  });

  test("a rejecting review travels with its remarks; its edit is taken over; its dismissal changes nothing", async () => {
    const quinn = world.people["quinn"]?.id ?? 0;
    const trailer = `Co-authored-by: Quinn Q <${quinn}+quinn@users.noreply.github.com>`;
    const before = await commit("// first\n", `Check the date\n\n${trailer}\n`);
    expect((await task()).authors).toContain(`human:${quinn}`);
    expect(await review("arno", "COMMENT", { body: "Looking." })).toEqual([]);
    const remark = { path: "src/coupon.ts", line: 1, body: "Compare days, not times." };
    const asked = { body: "See the remark, please.", comments: [remark] };
    expect(await review("arno", "REQUEST_CHANGES", asked)).toEqual([]);
    expect((await task()).feedback).toMatchObject([
      { text: asked.body, remarks: [{ path: remark.path, line: 1, text: remark.body }], role: "architect" },
    ]);
    const pull_number = await pullOf();
    const body = "Compare days everywhere.";
    await world.as("arno").rest.pulls.updateReview({ ...shop, pull_number, review_id: reviewId, body });
    expect(await dismiss("olga", reviewId)).toEqual(["not-in-this-state"]);
    expect((await task()).feedback.map((said) => said.text)).toEqual([body]);
    expect((await task()).state).toBe("arch-rejected");
    await commit("// second\n");
    expect(await review("arno", "APPROVE", { commit_id: before }), "a stale review").toEqual(["tree-changed"]);
    expect(await review("arno", "REQUEST_CHANGES", { commit_id: before, body: "Compare days, please." })).toEqual([
      "tree-changed",
    ]);
    expect((await task()).state).toBe("pending-arch-review");
  });

  test("whoever worked on a change does not judge it; outsiders are no news; peers are told once", async () => {
    expect(await review("guest", "APPROVE")).toEqual([]);
    expect(await review("quinn", "APPROVE")).toEqual(["role-missing"]);
    expect(await review("quinn", "APPROVE")).toEqual([]);
    expect(await review("arno", "APPROVE")).toEqual([]);
    expect((await task()).state).toBe("pending-qa");
    expect(await review("quinn", "APPROVE"), "a co-author").toEqual(["own-work"]);
    expect(await label("quinn", await pullOf(), "task/qa-testing")).toEqual(["own-work"]);
  });

  test("a dismissed approval no longer counts; neither does one of another tree; each is said once", async () => {
    await world
      .as("arno")
      .rest.pulls.listReviews({ ...shop, pull_number: await pullOf() })
      .then(async ({ data }) => {
        const approval = data.findLast((each) => each.user?.login === "arno" && each.state === "APPROVED");
        expect(await dismiss("olga", approval?.id ?? 0)).toEqual([]);
      });
    expect((await task()).state).toBe("pending-arch-review");
    expect(await status()).toContain("dismissed the approval by");
    expect(await review("arno", "APPROVE")).toEqual([]);
    expect(await status()).not.toContain("dismissed the approval by");
    await commit(null, "The same tree again");
    expect((await task()).state, "a rebase keeps the approval").toBe("pending-qa");
    await commit("// third\n");
    expect((await task()).state).toBe("pending-arch-review");
    expect(await status()).toContain("the approval is void");
    await commit("// fourth\n");
    expect((await status()).split("is void")).toHaveLength(2);
    const { data } = await world.as("olga").rest.pulls.listRequestedReviewers({ ...shop, pull_number: await pullOf() });
    expect(data.users.map((user) => user.login)).toContain("arno");
  });

  test("checks that are not green hold qa's approval back", async () => {
    expect(await review("arno", "APPROVE")).toEqual([]);
    const run = { ...shop, name: "ci", head_sha: (await task()).headSha ?? "", status: "completed" } as const;
    await world.on.octokit.rest.checks.create({ ...run, conclusion: "failure" });
    expect(await review("olga", "APPROVE")).toEqual(["checks-not-green"]);
    expect((await task()).state).toBe("pending-qa");
  });

  test("a review that comes before its push is of the head all the same", async () => {
    await world.as("dev").rest.repos.createOrUpdateFileContents({
      ...shop,
      path: "src/total.ts",
      branch: (await task()).branch,
      message: "Show it",
      content: Buffer.from("// fifth\n").toString("base64"),
    });
    const pull_number = await pullOf();
    await world.as("arno").rest.pulls.createReview({ ...shop, pull_number, event: "APPROVE", body: "" });
    await world.github.deliveriesSettled();
    fleet.waiting.reverse();
    await fleet.settle();
    expect((await task()).approvals.map((approval) => approval.role)).toEqual(["architect"]);
    expect((await task()).state).toBe("pending-qa");
  });

  test("every reason was one of the closed list, and these were seen", () => {
    expect([...given].toSorted()).toEqual([
      "checks-not-green",
      "dependencies-open",
      "feedback-missing",
      "no-model",
      "not-a-state",
      "not-a-story",
      "not-by-hand",
      "not-holder",
      "not-in-this-state",
      "not-ready",
      "own-work",
      "role-missing",
      "tree-changed",
      "unknown-story",
      "wrong-branch",
      "wrong-place",
    ]);
  });

  test("every delivery once more changes nothing, and our own labels never ask", async () => {
    const before = { story: await story(), task: await task(), comments: await comments(issue_number) };
    for (const delivery of fleet.deliveries.slice()) await fleet.receive(delivery);
    await fleet.settle();
    expect([(await story()).state, (await task()).state]).toEqual([before.story.state, before.task.state]);
    expect((await comments(issue_number)).length).toBe(before.comments.length);
  });
});
