import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { promptVersion } from "../../../src/deliberation/application/prompts/prompt-versions.ts";
import { runDeliberation } from "../../../src/deliberation/application/run-deliberation.ts";
import type { SavedState } from "../../../src/deliberation/application/saved-state.ts";
import type { ReviewOutcome } from "../../../src/deliberation/domain/outcome.ts";
import { reviewRoles, roleReviewSchema } from "../../../src/kernel/review.ts";
import { createModelHosts } from "../../../src/platform/models/create-model-hosts.ts";
import { rehearsalModels } from "../../../src/playground/rehearsal/recordings.ts";
import { type RehearsalModel, startRehearsalModel } from "../../../src/playground/rehearsal/start-rehearsal-model.ts";
import { collector, jobOf, members, realPrompting, silent } from "../council-of.ts";
import { failure, memoryBench, type Prompt, scriptedModels } from "../memory-bench.ts";

const prompting = await realPrompting();
const ready = JSON.stringify({ verdict: "ready", summary: "It says all that is needed." });
const notReady = JSON.stringify({
  verdict: "not-ready",
  summary: "It breaks bookings.",
  risks: ["Old bookings fail."],
});

type Say = (role: string, prompt: Prompt) => string | ReturnType<typeof failure> | Promise<string>;

const roleOf = ({ text }: Prompt) => /^Reviewer: (.*)$/m.exec(text)?.[1] ?? "";

async function review(say: Say, options: { saved?: unknown; signal?: AbortSignal; feedback?: string } = {}) {
  const scripted = scriptedModels((prompt) => say(roleOf(prompt), prompt));
  const reports = collector();
  const saves: SavedState[] = [];
  const bench = memoryBench({ ["a".repeat(40)]: { "src/bookings.js": "" } }, () => []);
  const deps = { models: scripted.models, ...bench, prompting, validatePlan: () => [], clock: Date.now };
  const sha = "a".repeat(40);
  const source = { mirror: "/m.git", baseSha: sha, startSha: sha };
  const job = await jobOf({ kind: "plan", members: members("h", ["m0", "m1", "m2"]), source });
  const run = runDeliberation(
    deps,
    { ...job, kind: "review", deliberationId: "7-12-c1-s12" },
    {
      signal: options.signal ?? new AbortController().signal,
      saved: options.saved ?? null,
      save: async (state) => void saves.push(state),
      report: reports.report,
    },
  );
  const thrown = await run.then(() => null).catch((error: unknown) => error);
  const end = reports.end();
  const outcome: ReviewOutcome | null = end?.kind === "finished" && end.outcome.kind === "review" ? end.outcome : null;
  return { outcome, end, saves, thrown, asked: scripted.asked, statuses: reports.statuses(), open: bench.open };
}

const verdicts = (outcome: ReviewOutcome | null) =>
  outcome?.reviews.map(({ role, review: said }) => [role, said?.verdict ?? "missing"]);

describe("the review of a story", () => {
  it("asks one seat a role, and puts what they say side by side", async () => {
    const { outcome, asked, statuses, open } = await review((role) => (role === "qa" ? notReady : ready));
    expect(verdicts(outcome)).toEqual([
      ["architect", "ready"],
      ["qa", "not-ready"],
      ["devops", "ready"],
    ]);
    expect(outcome).toMatchObject({
      reason: "architect: ready; qa: not-ready; devops: ready.",
      statistics: { members: 3, calls: 3 },
      tokens: { in: 300, out: 30 },
    });
    expect(outcome?.reviews.map(({ model }) => model)).toEqual(["m0", "m1", "m2"]);
    expect(asked.map(roleOf)).toEqual([...reviewRoles]);
    expect(new Set(asked.map(({ text }) => text.slice(0, text.indexOf("\n\nStory #12")))).size).toBe(1);
    expect(outcome?.statistics.prompts).toEqual({ system: promptVersion("system"), review: promptVersion("review") });
    expect(asked.every(({ text }) => text.includes("src/bookings.js"))).toBe(true);
    expect(statuses).toEqual(["drafting", "selecting"]);
    expect([...open]).toEqual([]);
    for (const seat of outcome?.reviews ?? []) expect(roleReviewSchema.safeParse(seat).success).toBe(true);
  });

  it.each([
    ["is no JSON", "It looks fine to me."],
    ["has another verdict", '{"verdict":"maybe","summary":"Hm."}'],
    ["has an empty sentence", '{"verdict":"ready","summary":"Fine.","risks":["  "]}'],
    ["has only hidden characters in a sentence", '{"verdict":"ready","summary":"Fine.","risks":["\\u200b\\u200b"]}'],
    [
      "has too many sentences",
      JSON.stringify({ verdict: "ready", summary: "Fine.", risks: ["a", "b", "c", "d", "e", "f"] }),
    ],
    ["has too long a sentence", JSON.stringify({ verdict: "ready", summary: "x".repeat(301) })],
    ["names nothing that stands in the way", '{"verdict":"not-ready","summary":"No."}'],
    ["says the same twice", '{"verdict":"ready","summary":"Fine.","risks":["Old data.","old data."]}'],
  ])("is asked for again, once, where an answer %s", async (_, bad) => {
    const { outcome, asked } = await review((role, { turns }) => (role === "qa" && turns === 1 ? bad : ready));
    expect(verdicts(outcome)?.map(([, verdict]) => verdict)).toEqual(["ready", "ready", "ready"]);
    const again = asked.filter(({ turns }) => turns === 2);
    expect(again).toHaveLength(1);
    expect(again[0]?.text).toContain("The review is not valid:\n- ");
  });

  it("shows a role without a valid answer as missing, with the reason, and makes nothing up", async () => {
    const { outcome, asked } = await review((role) => {
      if (role === "qa") return "no idea";
      return role === "devops" ? failure("timeout", "The host did not answer in time.") : ready;
    });
    expect(outcome?.reviews).toMatchObject([
      { role: "architect", missing: null },
      { role: "qa", model: "m1", review: null, missing: "Its answer was not valid: The answer is not JSON." },
      { role: "devops", model: "m2", review: null, missing: "The host did not answer in time." },
    ]);
    expect(asked).toHaveLength(4);
  });

  it("fails where nobody answers", async () => {
    const { end } = await review(() => failure("no-model", "No model host is configured."));
    expect(end).toMatchObject({ kind: "failed", reason: "No reviewer answered: No model host is configured." });
  });

  it("goes on after a killed worker with the seats that had not answered", async () => {
    const stopped = new AbortController();
    const first = await review(
      async (role, { signal }) => {
        if (role === "architect") return ready;
        await new Promise((resolve) => setImmediate(resolve));
        stopped.abort(new Error("the worker stops"));
        signal?.throwIfAborted();
        return ready;
      },
      { signal: stopped.signal },
    );
    expect(first.thrown).toMatchObject({ message: "the worker stops" });
    expect(first.end).toBeUndefined();
    const saved = first.saves.at(-1);
    expect(saved?.reviews.map(({ seat }) => seat.role)).toEqual(["architect"]);
    const second = await review(() => notReady, { saved: JSON.parse(JSON.stringify(saved)) });
    expect(second.asked.map(roleOf)).toEqual(["qa", "devops"]);
    expect(verdicts(second.outcome)).toEqual([
      ["architect", "ready"],
      ["qa", "not-ready"],
      ["devops", "not-ready"],
    ]);
  });

  it("opens what a worker of an earlier version saved, which knew no reviews", async () => {
    const { saves } = await review(() => ready);
    const { reviews: _, ...old } = saves[0] ?? { reviews: [] };
    const { outcome } = await review(() => ready, { saved: old });
    expect(outcome?.statistics.calls).toBeGreaterThan(3);
  });

  it("keeps secrets of an answer to itself", async () => {
    const secret = `ghp_${"a1B2".repeat(9)}`;
    const leak = JSON.stringify({ verdict: "ready", summary: `The token ${secret} stands in the story.` });
    const { outcome } = await review(() => leak);
    expect(JSON.stringify(outcome)).not.toContain(secret);
  });
});

describe("the rehearsal model", () => {
  let rehearsal: RehearsalModel;
  beforeAll(async () => {
    rehearsal = await startRehearsalModel();
  });
  afterAll(() => rehearsal.close());

  it("reviews its story: qa disagrees, and devops is heard at the second try", async () => {
    const models = createModelHosts({
      hosts: [rehearsal.url],
      logger: silent,
      timeoutMs: 5_000,
      concurrencyPerHost: 3,
    });
    const reports = collector();
    const deps = { models, ...memoryBench({}, () => []), prompting, validatePlan: () => [], clock: Date.now };
    const job = await jobOf({ kind: "plan", members: members(rehearsal.url, rehearsalModels) });
    await runDeliberation(
      deps,
      { ...job, kind: "review" },
      {
        signal: new AbortController().signal,
        saved: null,
        save: async () => {},
        report: reports.report,
      },
    );
    const end = reports.end();
    const outcome = end?.kind === "finished" && end.outcome.kind === "review" ? end.outcome : null;
    expect(verdicts(outcome)).toEqual([
      ["architect", "ready"],
      ["qa", "needs-changes"],
      ["devops", "ready"],
    ]);
    expect(outcome?.statistics.calls).toBe(4);
  });
});
