import { afterAll, beforeAll, expect, test } from "vitest";
import { type StoryWorld, shop, startStoryWorld } from "./support/story-world.ts";

let at: StoryWorld;

beforeAll(async () => {
  at = await startStoryWorld();
});
afterAll(async () => {
  expect(at.world.github.unknownRoutes).toEqual([]);
  await at.close();
});

async function report(sha: string | null, state: "failure" | "success"): Promise<void> {
  await at.world.as("dev").rest.repos.createCommitStatus({ ...shop, sha: sha ?? "", context: "ci/build", state });
  await at.fleet.settle();
}

async function approve(login: string, pullRequest: number | null): Promise<void> {
  const pull_number = pullRequest ?? 0;
  await at.world.as(login).rest.pulls.createReview({ ...shop, pull_number, event: "APPROVE", body: "" });
  await at.fleet.settle();
}

const sticky = async (number: number | null) =>
  (await at.botComments(number ?? 0)).find(({ body }) => body.includes("<!-- fleet:pull-request -->"))?.body ?? "";

test("tests come first: their code may begin when they are handed in, and they are merged after it", async () => {
  const story = await at.storyWithTasks(
    ["- [ ] Test the date (qa, 1h, covers 1 2)", "- [ ] Check the date (developer, 2h, after 1, covers 1 2)"].join(
      "\n",
    ),
  );
  const code = await at.taskOf(story, 2);
  const [tooEarly] = await at.say("dev", code.issueNumber ?? 0, "/claim");
  expect(tooEarly).toContain("It depends on task 1, whose tests must be handed in first.");
  const tests = await at.handIn(story, 1);
  expect(tests).toMatchObject({ type: "test", state: "pending-arch-review" });
  expect(await sticky(tests.pullRequest)).toContain(
    "**Its tests are written first.** They ask for code that is not merged yet (task 2)",
  );
  await report(tests.headSha, "failure");
  await approve("arno", tests.pullRequest);
  const refused = await at.during(tests.pullRequest ?? 0, () => approve("quinn", tests.pullRequest));
  expect(refused.join("\n")).toContain("Its tests are written first and fail until their code, of task 2, is merged.");

  // The code goes its own way, as long as the tests wait.
  const { pullRequest } = await at.handIn(story, 2);
  for (const login of ["arno", "quinn", "olga"]) await approve(login, pullRequest);
  expect(await at.taskOf(story, 2)).toMatchObject({ state: "done", merged: true });

  const current = await at.taskOf(story, 1);
  expect(current.headSha, "the branch took the code in").not.toBe(tests.headSha);
  expect(current).toMatchObject({ state: "pending-arch-review" });
  expect(await sticky(tests.pullRequest)).not.toContain("written first");
  await report(current.headSha, "success");
  for (const login of ["arno", "quinn", "olga"]) await approve(login, tests.pullRequest);
  expect(await at.taskOf(story, 1)).toMatchObject({ state: "done", merged: true });
});
