import { afterAll, beforeAll, expect, test } from "vitest";
import { deliberationsOf } from "../../src/deliberation/application/find-deliberations.ts";
import { startWaiting } from "../../src/deliberation/application/start-waiting.ts";
import { type StoryWorld, startStoryWorld } from "./support/story-world.ts";

let at: StoryWorld;

beforeAll(async () => {
  at = await startStoryWorld({ available: true, start: "auto" });
});
afterAll(async () => {
  expect(at.world.github.unknownRoutes).toEqual([]);
  await at.close();
});

const statusesOf = async (number: number) =>
  (await deliberationsOf(at.fleet.deliberation, (await at.storyOf(number)).id)).map(({ status }) => status);

/** A story whose scope is approved: a council plans it, where there are tokens. */
async function approvedStory(): Promise<number> {
  const number = await at.newStory();
  await at.say("olga", number, "/submit\n/approve");
  return number;
}

/** The comment of a ceremony on an issue. */
const ceremonyOf = async (number: number) =>
  (await at.botComments(number)).find(({ body }) => body.startsWith("<!-- fleet:ceremony "))?.body ?? "";

test("the day's tokens: what would begin waits, says why, and goes on by itself once there are some", async () => {
  at.fleet.limits.tokensADay = 1_000;
  const first = await approvedStory();
  const second = await approvedStory();
  expect([await statusesOf(first), await statusesOf(second)]).toEqual([["queued"], ["waiting"]]);
  expect(at.fleet.councilJobs.map(({ budget }) => budget.tokens)).toEqual([1_000]);

  const [refused] = await at.say("dev", second, "/council");
  expect(refused).toContain("`tokens-used-up`");
  expect(refused).toContain("used up: 0 of 1,000, and councils at work hold 1,000 \\(limits.tokens-a-day\\).");
  expect(refused).toContain("Ask again after midnight UTC, or raise");
  expect((await at.say("dev", second, "/budget"))[0]).toContain("used 0 of 1,000 tokens, councils at work hold 1,000");

  expect((await at.say("dev", second, "/why"))[0]).toContain("Its council waits for tokens. The tokens that");

  // A ceremony's councils are reviews: they wait like others, and their comment says so.
  await at.say("olga", second, "/ceremony");
  expect(await ceremonyOf(second)).toContain(
    "**Waiting for tokens.** The tokens that this repository's councils may use",
  );

  at.fleet.limits.tokensADay = 10_000;
  expect(await startWaiting(at.fleet.deliberation)).toBe(2);
  await at.fleet.settle();
  expect(await statusesOf(second)).toEqual(["queued", "queued"]);
  expect(at.fleet.councilJobs.map(({ kind }) => kind)).toEqual(["plan", "plan", "review"]);
  expect(await ceremonyOf(second)).not.toContain("Waiting for tokens");
});
