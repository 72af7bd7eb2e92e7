import { afterAll, beforeAll, expect, test } from "vitest";
import { deliberationsOf } from "../../src/deliberation/application/find-deliberations.ts";
import { recordReport } from "../../src/deliberation/application/record-report.ts";
import { requestPlan } from "../../src/deliberation/application/request-plan.ts";
import { startWaiting } from "../../src/deliberation/application/start-waiting.ts";
import { noLimits } from "../../src/deliberation/domain/council-budget.ts";
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
  at.fleet.limits.tokens = { ...noLimits, day: 1_000 };
  const first = await approvedStory();
  const second = await approvedStory();
  expect([await statusesOf(first), await statusesOf(second)]).toEqual([["queued"], ["waiting"]]);
  expect(at.fleet.councilJobs.map(({ budget }) => budget.tokens)).toEqual([1_000]);

  const [refused] = await at.say("dev", second, "/council");
  expect(refused).toContain("`tokens-used-up`");
  expect(refused).toContain("used up: 0 of 1,000, and councils at work hold 1,000 \\(limits.tokens-a-day\\).");
  expect(refused).toContain("There are tokens again after midnight UTC, or once");
  expect((await at.say("dev", second, "/budget"))[0]).toContain(
    "used 0 of 1,000 tokens in 0 s, councils at work hold 1,000",
  );

  expect((await at.say("dev", second, "/why"))[0]).toContain("Its council waits for a budget. The tokens that");

  // A ceremony's councils are reviews: they wait like others, and their comment says so.
  await at.say("olga", second, "/ceremony");
  expect(await ceremonyOf(second)).toContain(
    "**Waiting for a budget.** The tokens that this repository's councils may use",
  );

  at.fleet.limits.tokens = { ...noLimits, day: 10_000 };
  expect(await startWaiting(at.fleet.deliberation)).toBe(2);
  await at.fleet.settle();
  expect(await statusesOf(second)).toEqual(["queued", "queued"]);
  expect(at.fleet.councilJobs.map(({ kind }) => kind)).toEqual(["plan", "plan", "review"]);
  expect(await ceremonyOf(second)).not.toContain("Waiting for a budget");
});

test("a story's tokens: its next council waits, and the product owner lets it go on by a command", async () => {
  at.fleet.limits.tokens = { ...noLimits, story: 1_000 };
  const number = await approvedStory();
  const { id } = await at.storyOf(number);
  const used = { tokens: { in: 900, out: 200 }, ms: 90_000 };
  const ended = { kind: "failed", deliberationId: `${id}-plan-r1`, status: "failed", reason: "no valid plan" } as const;
  await recordReport(at.fleet.deliberation, { ...ended, used });
  await at.fleet.settle();

  const [refused] = await at.say("dev", number, "/council");
  expect(refused).toContain("used up: 1,100 of 1,000 \\(limits.tokens-a-story\\).");
  expect(refused).toContain("The product owner goes on with /budget");
  expect((await at.say("dev", number, "/budget +5000"))[0]).toContain("`role-missing`");
  expect((await at.say("olga", number, "/budget 5000"))[0]).toContain("`bad-argument`");
  const [answer] = await at.say("olga", number, "/budget +5,000");
  expect(answer).toContain("used 1,100 of 6,000 tokens in 1 min 30 s");
  await at.say("dev", number, "/council");
  expect(await statusesOf(number)).toEqual(["failed", "queued"]);
  expect(at.fleet.councilJobs.at(-1)?.budget.tokens).toBe(1_000);

  // What waits already goes on by the command alone.
  await recordReport(at.fleet.deliberation, {
    ...ended,
    deliberationId: `${id}-plan-r2`,
    used: { ...used, tokens: { in: 5_000, out: 0 } },
  });
  await requestPlan(at.fleet.deliberation, id);
  await at.fleet.settle();
  expect(await statusesOf(number)).toEqual(["failed", "failed", "waiting"]);
  await at.say("olga", number, "/budget +500");
  expect(await statusesOf(number)).toEqual(["failed", "failed", "queued"]);
  expect(at.fleet.councilJobs.at(-1)?.budget.tokens).toBe(400);
});

test("a story's minutes: the same, and the command says that it is minutes", async () => {
  at.fleet.limits.tokens = noLimits;
  at.fleet.limits.minutes = { ...noLimits, story: 2 };
  const number = await approvedStory();
  const { id } = await at.storyOf(number);
  const used = { tokens: { in: 900, out: 200 }, ms: 90_000 };
  const ended = { kind: "failed", deliberationId: `${id}-plan-r1`, status: "failed", reason: "no valid plan" } as const;
  await recordReport(at.fleet.deliberation, { ...ended, used });
  await at.fleet.settle();
  const [refused] = await at.say("dev", number, "/council");
  expect(refused).toContain("The minutes that councils may use on this story and its tasks are used up: 2 of 2");
  expect((await at.say("olga", number, "/budget +5000"))[0]).toContain("`no-limit`");
  const [answer] = await at.say("olga", number, "/budget +10min");
  expect(answer).toContain("used 2 of 12 minutes.");
  await at.say("dev", number, "/council");
  expect(at.fleet.councilJobs.at(-1)?.budget).toEqual({ tokens: 1_000, minutes: 5 });
});
