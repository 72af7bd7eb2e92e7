import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { recordReport } from "../../src/deliberation/application/record-report.ts";
import { runDeliberation } from "../../src/deliberation/application/run-deliberation.ts";
import type { Task } from "../../src/workflow/domain/task.ts";
import { realPrompting } from "../deliberation/council-of.ts";
import { memoryBench, scriptedModels } from "../deliberation/memory-bench.ts";
import { type StoryWorld, shop, startStoryWorld } from "./support/story-world.ts";

let at: StoryWorld;
beforeAll(async () => {
  at = await startStoryWorld();
});
afterAll(async () => {
  expect(at.world.github.unknownRoutes).toEqual([]);
  await at.close();
});

const jobs = () => at.fleet.councilJobs.filter(({ kind }) => kind === "advice");
const reviewsOn = async (pull: number) => {
  const { data } = await at.world.as("olga").rest.pulls.listReviews({ ...shop, pull_number: pull });
  return data.map(({ state, body, commit_id }) => ({ state, body: body.replace(/^<!--.*-->\n/, ""), commit_id }));
};
const status = async (pull: number) =>
  (await at.botComments(pull)).find(({ body }) => body.includes("### Task"))?.body.match(/^\*\*Advice\*\*.*$/m)?.[0];

/** Lets a worker do the last job, with models that say this; nothing else of the road is played. */
async function work(task: Task, say: (role: string) => object): Promise<void> {
  const job = jobs().at(-1);
  if (job === undefined) throw new Error("no advice was asked for");
  const { models } = scriptedModels(({ text }) => JSON.stringify(say(/^Reviewer: (.*)$/m.exec(text)?.[1] ?? "")));
  const path = `src/${task.storyIssue}-1.ts`;
  const bench = memoryBench({ [task.headSha ?? ""]: { [path]: `// ${task.branch}\n` } }, () => []);
  const deps = { models, ...bench, prompting: await realPrompting(), validatePlan: () => [], clock: Date.now };
  await runDeliberation(deps, job, {
    signal: new AbortController().signal,
    saved: null,
    save: async () => {},
    report: (report) => recordReport(at.fleet.deliberation, report),
  });
  await at.fleet.settle();
}

/** The first task of a new story, which a person has handed in where councils start by themselves, or do not. */
async function handedIn(start: "auto" | "command"): Promise<Task & { pull: number }> {
  at.policy.available = false;
  const story = await at.storyWithTasks();
  Object.assign(at.policy, { start, available: true });
  const task = await at.handIn(story);
  return { ...task, pull: task.pullRequest ?? 0 };
}

describe("a change that a person hands in", () => {
  test("is read by agents as architect and qa: one review of comments on its lines, and a line in the status", async () => {
    const task = await handedIn("auto");
    expect(task.state).toBe("pending-arch-review");
    expect(jobs()).toHaveLength(1);
    expect(await status(task.pull)).toBe("**Advice** Agents read this change as architect and qa.");
    const path = `src/${task.storyIssue}-1.ts`;
    const on = { file: path, line: 1 };
    await work(task, (role) => ({
      findings:
        role === "qa"
          ? [{ ...on, problem: "No test covers it.", replacement: ["// tested", "```"] }]
          : [
              { ...on, problem: "It says nothing to @acme/all." },
              { problem: "Elsewhere.", file: "src/gone.ts", line: 1 },
            ],
    }));
    const reviews = await reviewsOn(task.pull);
    expect(reviews).toEqual([
      {
        state: "COMMENTED",
        body: "Agents read this change as architect and qa and found 2 points to look at. This is advice: people decide.",
        commit_id: task.headSha,
      },
    ]);
    const { data: comments } = await at.world
      .as("olga")
      .rest.pulls.listReviewComments({ ...shop, pull_number: task.pull });
    expect(comments.map(({ path: on, line, body }) => [on, line, body])).toEqual([
      [path, 1, "**architect**: It says nothing to `@acme/all.`"],
      [path, 1, "**qa**: No test covers it.\n\n````suggestion\n// tested\n```\n````"],
    ]);
    expect(await status(task.pull)).toBe(
      `**Advice** Agents read \`${task.headSha?.slice(0, 7)}\` as architect and qa and found 2 points: see their review.`,
    );
    expect((await at.taskOf(task.storyIssue)).state).toBe("pending-arch-review");

    // At qa's gate the same change is not read again, nor when somebody asks.
    await at.during(task.pull, () =>
      at.world.as("arno").rest.pulls.createReview({ ...shop, pull_number: task.pull, event: "APPROVE" }),
    );
    expect((await at.taskOf(task.storyIssue)).state).toBe("pending-qa");
    expect((await at.say("dev", task.pull, "/council"))[0]).toContain("for this one they were");
    expect(jobs()).toHaveLength(1);
    expect((await reviewsOn(task.pull)).map(({ state }) => state)).toEqual(["COMMENTED", "APPROVED"]);
  });

  test("in which nothing is found gets no review; where councils start by command, somebody asks", async () => {
    const before = jobs().length;
    const task = await handedIn("command");
    expect([jobs().length, await status(task.pull)]).toEqual([before, undefined]);
    expect((await at.say("guest", task.pull, "/council"))[0]).toContain("role-missing");
    expect(await at.say("dev", task.pull, "/council")).toEqual([]);
    expect(jobs()).toHaveLength(before + 1);
    await work(task, () => ({ findings: [] }));
    expect(await reviewsOn(task.pull)).toEqual([]);
    expect(await status(task.pull)).toContain("found nothing to point out.");
  });

  test("is left alone when somebody stops it", async () => {
    const task = await handedIn("auto");
    await at.say("dev", task.pull, "/stop");
    expect(at.fleet.cancelled.at(-1)).toBe(jobs().at(-1)?.deliberationId);
    expect(await status(task.pull)).toBe("**Advice** none: Stopped by `@dev.`");
    await work(task, () => ({ findings: [{ problem: "Too late.", file: `src/${task.storyIssue}-1.ts`, line: 1 }] }));
    expect(await reviewsOn(task.pull)).toEqual([]);
  });
});
