import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { recordReport } from "../../src/deliberation/application/record-report.ts";
import { runDeliberation } from "../../src/deliberation/application/run-deliberation.ts";
import { reconcile } from "../../src/github/reconcile/reconcile.ts";
import { storyId } from "../../src/kernel/ids.ts";
import type { ReviewRole, ReviewVerdict } from "../../src/kernel/review.ts";
import { ceremoniesOf } from "../../src/planning/application/ceremonies/find-ceremonies.ts";
import { findStories } from "../../src/planning/application/find-stories.ts";
import { realPrompting } from "../deliberation/council-of.ts";
import { failure, memoryBench, scriptedModels } from "../deliberation/memory-bench.ts";
import { type StoryWorld, shop, startStoryWorld } from "./support/story-world.ts";

const prompting = await realPrompting();

let at: StoryWorld;
beforeAll(async () => {
  at = await startStoryWorld({ available: true });
});
afterEach(() => {
  at.fleet.councilJobs.length = 0;
});
afterAll(async () => {
  expect(at.world.github.unknownRoutes).toEqual([]);
  await at.close();
});

/** A story in `ready-for-planning`. */
async function readyStory(milestone?: number): Promise<number> {
  const number = await at.newStory(milestone === undefined ? {} : { milestone });
  await at.say("olga", number, "/submit\n/approve");
  expect((await at.storyOf(number)).state).toBe("ready-for-planning");
  return number;
}

const said = (verdict: ReviewVerdict, role: string) =>
  JSON.stringify({
    verdict,
    summary: `As ${role}: ${verdict}.`,
    risks: verdict === "ready" ? [] : ["Old coupons of @acme/all fail, see #1."],
  });

type Verdicts = Partial<Record<ReviewRole, ReviewVerdict | null>>;

/** Does the work of the waiting deliberations, as a worker does; null: that role's model does not answer. */
async function deliberate(verdicts: Verdicts = {}): Promise<void> {
  const { models } = scriptedModels(({ text }) => {
    const role = /^Reviewer: (.*)$/m.exec(text)?.[1];
    const verdict = role === "architect" || role === "qa" || role === "devops" ? verdicts[role] : undefined;
    return verdict === null
      ? failure("timeout", "The host did not answer in time.")
      : said(verdict ?? "ready", role ?? "");
  });
  const bench = memoryBench({ ["a".repeat(40)]: { "src/coupon.ts": "" } }, () => []);
  for (const job of at.fleet.councilJobs.splice(0)) {
    await runDeliberation({ models, ...bench, prompting, validatePlan: () => [], clock: Date.now }, job, {
      signal: new AbortController().signal,
      saved: null,
      save: async () => {},
      report: (report) => recordReport(at.fleet.deliberation, report),
    });
  }
  await at.fleet.settle();
}

/** The comments of ceremonies on an issue, without what nobody sees. */
async function reviews(number: number): Promise<readonly string[]> {
  const comments = (await at.botComments(number)).filter(({ body }) => body.startsWith("<!-- fleet:ceremony "));
  return comments.map(({ body }) => body.replaceAll(/<!--.*?-->\n?/g, "").trim());
}

const reasonsOf = (texts: readonly string[]) => texts.flatMap((text) => /reason: `([a-z-]+)`/.exec(text)?.[1] ?? []);

/** Numbers differ from run to run of a file's tests. */
const numbered = (text: string | undefined, ...numbers: readonly number[]) =>
  numbers.reduce(
    (seen, number, index) => seen.replaceAll(new RegExp(`#${number}\\b|issue ${number}\\b`, "g"), `#<${index + 1}>`),
    text ?? "",
  );

async function stateAt(number: number): Promise<string | undefined> {
  const [latest] = await ceremoniesOf(at.fleet.planning, storyId(at.world.ref.repository, number));
  return latest?.state;
}

describe("/ceremony on a story", () => {
  test("has it reviewed by the three councils, shows dissent, and ends when people say so", async () => {
    const story = await readyStory();
    expect(await at.say("arno", story, "/ceremony")).toHaveLength(1);
    expect(numbered((await reviews(story))[0], story)).toMatchSnapshot("in-progress");
    expect(at.fleet.councilJobs).toMatchObject([{ kind: "review" }]);
    await deliberate({ qa: "not-ready" });
    expect(numbered((await reviews(story))[0], story)).toMatchSnapshot("reviewing");

    expect(reasonsOf(await at.say("olga", story, "/ceremony complete"))).toEqual(["dissent-open"]);
    expect(reasonsOf(await at.say("olga", story, "/ceremony reject no"))).toEqual(["feedback-missing"]);
    expect(await at.say("olga", story, '/ceremony reject "Say what happens to old coupons."')).toEqual([]);
    expect(await at.say("olga", story, "/ceremony complete")).toEqual([]);
    expect(numbered((await reviews(story))[0], story)).toMatchSnapshot("completed");
    expect(await reviews(story)).toHaveLength(1);
    const after = await at.storyOf(story);
    expect([after.state, after.plan]).toEqual(["ready-for-planning", null]);
  });

  test("shows a role that did not answer as missing", async () => {
    const story = await readyStory();
    await at.say("olga", story, "/ceremony start");
    await deliberate({ devops: null });
    const [text] = await reviews(story);
    expect(text).toContain("| ready | ready | missing | incomplete |");
    expect(text).toContain("- **devops**: missing. The host did not answer in time.");
  });

  test("is for the product owner and the architect, in its state, with a step that there is", async () => {
    const story = await readyStory();
    expect(reasonsOf(await at.say("dev", story, "/ceremony"))).toEqual(["role-missing"]);
    expect(reasonsOf(await at.say("guest", story, "/ceremony cancel"))).toEqual(["role-missing"]);
    expect(reasonsOf(await at.say("olga", story, "/ceremony tomorrow"))).toEqual(["bad-argument"]);
    expect(reasonsOf(await at.say("olga", story, "/ceremony complete"))).toEqual(["no-ceremony"]);
    expect(reasonsOf(await at.say("olga", story, "/ceremony milestone"))).toEqual(["ceremony-empty"]);
    expect(reasonsOf(await at.say("olga", await at.newStory(), "/ceremony"))).toEqual(["not-in-this-state"]);
    expect([await reviews(story), at.fleet.councilJobs]).toEqual([[], []]);
    expect((await at.say("olga", story, "/ceremony help"))[0]).toContain("| `/ceremony milestone` |");
    const [help] = await at.say("olga", story, "/help");
    expect(help?.match(/\/ceremony \[step\]/g)).toHaveLength(2);
    const [none] = await at.say("dev", story, "/help");
    expect(none?.match(/\/ceremony \[step\]/g)).toHaveLength(1);
  });

  test("does nothing twice when its delivery comes again", async () => {
    const story = await readyStory();
    await at.say("olga", story, "/ceremony");
    const delivery = at.fleet.deliveries.findLast(({ rawBody }) => rawBody.includes('"body":"/ceremony"'));
    if (delivery === undefined) throw new Error("the command was not delivered");
    await at.fleet.receive(delivery);
    await at.fleet.settle();
    expect(await reviews(story)).toHaveLength(1);
    expect(await ceremoniesOf(at.fleet.planning, storyId(at.world.ref.repository, story))).toHaveLength(1);
    expect(reasonsOf(await at.say("olga", story, "/ceremony"))).toEqual(["not-in-this-state"]);
  });

  test("/ceremony cancel and /stop end what the councils do", async () => {
    const [one, two] = [await readyStory(), await readyStory()];
    await at.say("olga", one, "/ceremony");
    await at.say("olga", one, "/ceremony cancel Too early for this.");
    expect(at.fleet.cancelled).toContain(`${at.world.ref.repository}-${one}-c1-s${one}`);
    expect((await reviews(one))[0]).toContain("### Backlog review: `cancelled`");

    await at.say("olga", two, "/ceremony");
    expect(await at.say("dev", two, "/stop")).toEqual([]);
    const [text] = await reviews(two);
    expect(text).toContain("### Backlog review: `reviewing`");
    expect(text).toContain("- **qa**: missing. Stopped by `@dev.`");
    // A stopped review is no stopped plan.
    expect(reasonsOf(await at.say("olga", two, "/resume"))).toEqual(["nothing-stopped"]);
    const [budget] = await at.say("olga", two, "/budget");
    expect(budget).toContain("| review | 1 |");
  });

  test("a text that is edited meanwhile takes the story out of the councils' hands, and says so", async () => {
    const story = await readyStory();
    await at.say("olga", story, "/ceremony");
    const { body } = await at.storyOf(story);
    await at.world.as("olga").rest.issues.update({ ...shop, issue_number: story, body: `${body}\n\nAnd more.` });
    await at.fleet.settle();
    expect((await at.storyOf(story)).state).toBe("po-review");
    expect(await stateAt(story)).toBe("reviewing");
    expect((await reviews(story))[0]).toContain("missing. Nobody waits for it any more: invalidate-scope.");
  });

  test("its comment is written again where it was deleted, and by a reconcile pass", async () => {
    const story = await readyStory();
    await at.say("olga", story, "/ceremony");
    const find = async () => (await at.botComments(story)).find(({ body }) => body.startsWith("<!-- fleet:ceremony "));
    const [before] = await reviews(story);
    const first = await find();
    await at.world.as("olga").rest.issues.deleteComment({ ...shop, comment_id: first?.id ?? 0 });
    await at.fleet.settle();
    expect(await reviews(story)).toEqual([before]);
    const second = await find();
    expect(second?.id).not.toBe(first?.id);
    await at.world.as("olga").rest.issues.updateComment({
      ...shop,
      comment_id: second?.id ?? 0,
      body: `${second?.body.split("\n")[0]}\nmine`,
    });
    await at.fleet.settle();
    await reconcile({
      app: at.fleet.deps,
      findStories: () => findStories(at.fleet.planning, {}),
      forget: async () => {},
      log: at.world.log,
    });
    await at.fleet.settle();
    expect(await reviews(story)).toEqual([before]);
  });
});

describe("/ceremony for a sprint", () => {
  test("reviews every story of the milestone that waits for a plan, and people speak on each", async () => {
    const { data } = await at.world.as("olga").rest.issues.createMilestone({ ...shop, title: "Sprint 9" });
    const [one, two] = [await readyStory(data.number), await readyStory(data.number)];
    await at.newStory({ milestone: data.number });
    await at.say("arno", two, "/ceremony milestone");
    expect(at.fleet.councilJobs.map(({ story }) => story.number)).toEqual([one, two]);
    const status = async (number: number) =>
      (await at.botComments(number)).find(({ body }) => body.startsWith("<!-- fleet:story -->"))?.body;
    expect(await status(one)).toContain(`**Backlog review** \`in-progress\`, on #${two}`);
    expect(await status(two)).toContain("**Backlog review** `in-progress`, here");
    await deliberate({ architect: "needs-changes" });
    expect(numbered((await reviews(two))[0], one, two)).toMatchSnapshot();
    expect(await reviews(one)).toEqual([]);
    await at.say("arno", one, "/ceremony approve");
    await at.say("olga", two, "/ceremony approve The change is small.");
    expect(await at.say("olga", one, "/ceremony complete")).toEqual([]);
    expect(await stateAt(two)).toBe("completed");
    expect(await status(one)).not.toContain("**Backlog review**");
  });

  test("can be gathered by hand first", async () => {
    const [one, two] = [await readyStory(), await readyStory()];
    await at.say("olga", one, "/ceremony draft");
    expect(at.fleet.councilJobs).toEqual([]);
    expect(reasonsOf(await at.say("olga", one, "/ceremony add 99999"))).toEqual(["unknown-story"]);
    await at.say("olga", one, `/ceremony add #${two}\n\n/ceremony remove ${one}`);
    expect(reasonsOf(await at.say("olga", two, "/ceremony draft"))).toEqual(["in-ceremony"]);
    await at.say("olga", one, "/ceremony start");
    expect(at.fleet.councilJobs.map(({ story }) => story.number)).toEqual([two]);
  });
});

test("without model hosts it says why, and what people do instead", async () => {
  const people = await startStoryWorld();
  try {
    const story = await people.newStory();
    await people.say("olga", story, "/submit\n/approve");
    const [text] = await people.say("olga", story, "/ceremony");
    expect(text?.replaceAll(/<!--.*?-->\n?/g, "")).toMatchSnapshot();
  } finally {
    await people.close();
  }
});
