import { expect, it } from "vitest";
import { promptVersion } from "../../../src/deliberation/application/prompts/prompt-versions.ts";
import { runDeliberation } from "../../../src/deliberation/application/run-deliberation.ts";
import type { PlanOutcome } from "../../../src/deliberation/domain/outcome.ts";
import { validatePlan } from "../../../src/planning/domain/plan.ts";
import { collector, jobOf, members, realPrompting } from "../council-of.ts";
import { failure, memoryBench, type Prompt, scriptedModels } from "../memory-bench.ts";

const prompting = await realPrompting();
const planTask = { number: 1, title: "Do all of it", covers: [1, 2, 3] };
const one = JSON.stringify({ rationale: "One change.", tasks: [planTask] });
const two = JSON.stringify({
  tasks: [
    { ...planTask, covers: [1, 2] },
    { ...planTask, number: 2, title: "Rest", covers: [3] },
  ],
});
const gap = JSON.stringify({ tasks: [{ ...planTask, covers: [1] }] });

type Answer = string | ((prompt: Prompt) => string | ReturnType<typeof failure>);

async function plan(answers: readonly Answer[], planFeedback: string[] = []) {
  const models = answers.map((_, index) => `m${index}`);
  const scripted = scriptedModels((prompt) => {
    const answer = answers[models.indexOf(prompt.model)] ?? "";
    return typeof answer === "string" ? answer : answer(prompt);
  });
  const reports = collector();
  const deps = { models: scripted.models, ...memoryBench({}, () => []), prompting, validatePlan, clock: Date.now };
  await runDeliberation(deps, await jobOf({ kind: "plan", members: members("h", models), planFeedback }), {
    signal: new AbortController().signal,
    saved: null,
    save: async () => {},
    report: reports.report,
  });
  const end = reports.end();
  const outcome: PlanOutcome | null = end?.kind === "finished" && end.outcome.kind === "plan" ? end.outcome : null;
  return { outcome, end, asked: scripted.asked };
}

it("the valid plan with the fewest tasks wins; the others are dissent", async () => {
  const { outcome, asked } = await plan([two, one, gap]);
  expect(outcome).toMatchObject({ member: 2, tasks: [{ title: "Do all of it", role: "developer", type: "code" }] });
  expect(outcome?.rationale).toBe("One change.\n\nOther valid proposals: m0 proposes 2 tasks (Do all of it, Rest).");
  expect(outcome?.attempts.map(({ problems }) => problems.length > 0)).toEqual([false, false, true]);
  expect(new Set(asked.map(({ text }) => text.slice(0, text.indexOf("\n\nStory #12")))).size).toBe(1);
  expect(outcome?.statistics.prompts).toEqual({ system: promptVersion("system"), plan: promptVersion("plan") });
});

it.each([
  ["is no JSON", "I would plan it well."],
  ["is of another shape", '{"tasks":"many"}'],
  ["has a gap", gap],
  ["is empty", "{}"],
])("a plan that %s is asked for again, once, with the problem", async (_, bad) => {
  const { outcome, asked } = await plan([({ turns }) => (turns === 1 ? bad : one)]);
  expect(outcome?.tasks).toHaveLength(1);
  expect(asked).toHaveLength(2);
  expect(asked[1]?.text).toContain("The plan is not valid:\n- ");
});

it("no valid plan is no plan", async () => {
  const { outcome, asked } = await plan([gap, "no"]);
  expect(outcome).toMatchObject({
    tasks: null,
    member: null,
    reason: expect.stringMatching(/^No member brought a valid plan/),
  });
  expect(asked).toHaveLength(4);
});

it("a single task without criteria covers all of them", async () => {
  const { outcome } = await plan([JSON.stringify({ tasks: [{ number: 1, title: "All of it" }] })]);
  expect(outcome?.tasks).toMatchObject([{ covers: [1, 2, 3], dependsOn: [], estimateHours: 4 }]);
});

it("fails where nobody answers", async () => {
  const down = () => failure("no-model", "No model host is configured.");
  const { end } = await plan([down, down]);
  expect(end).toMatchObject({ kind: "failed", reason: "No member answered: No model host is configured." });
});

it("hears why an earlier plan was rejected", async () => {
  const { asked } = await plan([one], ["Too large a task."]);
  expect(asked[0]?.text).toContain("Why an earlier plan was rejected");
  expect(asked[0]?.text).toContain("Too large a task.");
});
