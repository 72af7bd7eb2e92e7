import { afterAll, beforeAll, expect, test } from "vitest";
import { type StoryWorld, shop, startStoryWorld } from "./support/story-world.ts";

let at: StoryWorld;

beforeAll(async () => {
  at = await startStoryWorld();
  await leaveTestsTo("checks");
});
afterAll(async () => {
  expect(at.world.github.unknownRoutes).toEqual([]);
  await at.close();
});

/** Changes `gates.testing` on the default branch. */
async function leaveTestsTo(testing: "checks" | "human"): Promise<void> {
  const file = { ...shop, path: ".github/fleet.yml" };
  const { data } = await at.world.on.octokit.rest.repos.getContent(file);
  const sha = "sha" in data ? data.sha : "";
  const roles = "roles: { product-owner: [olga], architect: [arno], qa: [quinn], developer: [dev] }";
  const content = Buffer.from(`${roles}\ngates: { testing: ${testing} }\n`).toString("base64");
  await at.world.as("olga").rest.repos.createOrUpdateFileContents({ ...file, message: "Gates", content, sha });
  await at.fleet.settle();
}

async function report(sha: string | null, state: "pending" | "failure" | "success"): Promise<void> {
  const dev = at.world.as("dev").rest;
  await dev.repos.createCommitStatus({ ...shop, sha: sha ?? "", context: "ci/build", state });
  await at.fleet.settle();
}

const sticky = async (number: number | null) =>
  (await at.botComments(number ?? 0)).find(({ body }) => body.includes("<!-- fleet:pull-request -->"))?.body ?? "";

async function asked(pull_number: number | null): Promise<readonly string[]> {
  const pull = { ...shop, pull_number: pull_number ?? 0 };
  const { data } = await at.world.as("olga").rest.pulls.listRequestedReviewers(pull);
  return data.users.map(({ login }) => login);
}

/** A task whose design is approved. */
async function atTesting() {
  const story = await at.storyWithTasks("- [ ] Check the date (developer, 2h, covers 1 2)");
  const { pullRequest, headSha } = await at.handIn(story);
  const arno = at.world.as("arno").rest;
  await arno.pulls.createReview({ ...shop, pull_number: pullRequest ?? 0, event: "APPROVE", body: "" });
  await at.fleet.settle();
  return { story, pullRequest, headSha };
}

test("the tests wait for the required checks, ask nobody, say so, and are approved by them", async () => {
  const { story, pullRequest, headSha } = await atTesting();
  const state = async () => (await at.taskOf(story)).state;
  expect([await state(), await asked(pullRequest)]).toEqual(["pending-qa", []]);
  expect(await sticky(pullRequest)).toContain(`Waiting for **the required checks**.`);
  expect(await sticky(pullRequest)).toContain(`No check has reported on \`${headSha?.slice(0, 7)}\` yet.`);
  await report(headSha, "pending");
  await report(headSha, "failure");
  expect(await state()).toBe("pending-qa");
  expect(await sticky(pullRequest)).toContain("have failed (`ci/build`)");
  const [why] = await at.say("dev", pullRequest ?? 0, "/why");
  expect(why).toContain("It waits for the required checks.");
  expect(why).toContain("`pass-tests` → `pending-po-approval`, by the fleet. **In the way:** The checks of");
  await report(headSha, "success");
  expect(await state()).toBe("pending-po-approval");
  expect((await at.storyOf(story)).state).toBe("ready-to-review");
  expect(await sticky(pullRequest)).toContain("✅ the required checks");
  expect((await at.say("dev", pullRequest ?? 0, "/why"))[0]).toMatch(
    /`pass-tests` → `qa-passed` by the fleet: The required checks are green/,
  );
  await at.say("olga", story, "/approve");
  expect(await at.taskOf(story)).toMatchObject({ state: "done", merged: true });
});

test("a change of fleet.yml holds at once: qa is asked, and is not any more", async () => {
  await leaveTestsTo("human");
  const { story, pullRequest, headSha } = await atTesting();
  await report(headSha, "success");
  expect([(await at.taskOf(story)).state, await asked(pullRequest)]).toEqual(["pending-qa", ["quinn"]]);
  await leaveTestsTo("checks");
  expect([(await at.taskOf(story)).state, await asked(pullRequest)]).toEqual(["pending-po-approval", ["olga"]]);
});
