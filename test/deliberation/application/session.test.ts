import { expect, it } from "vitest";
import type { DeliberationJob } from "../../../src/deliberation/application/job.ts";
import { promptVersion } from "../../../src/deliberation/application/prompts/prompt-versions.ts";
import { openNotebook } from "../../../src/deliberation/application/saved-state.ts";
import { ask } from "../../../src/deliberation/application/session.ts";
import { validatePlan } from "../../../src/planning/domain/plan.ts";
import { jobOf, members, realPrompting } from "../council-of.ts";
import { memoryBench } from "../memory-bench.ts";

const prompting = await realPrompting();

/** What the models are asked for with a member's question. */
async function asked(changes: Partial<DeliberationJob>): Promise<object> {
  const requests: object[] = [];
  const models = {
    contextLength: async () => null,
    parameters: async () => null,
    capabilities: async () => [],
    async complete(request: object) {
      requests.push(request);
      return { kind: "failed", reason: "empty", message: "", tokensIn: 3, tokensOut: 0 } as const;
    },
  };
  const [member] = members("h", ["m"]);
  if (member === undefined) throw new Error("no member");
  const session = {
    deps: { models, ...memoryBench({}, () => []), prompting, validatePlan, clock: Date.now },
    job: await jobOf(changes),
    notebook: openNotebook(null, async () => {}, 0),
    signal: new AbortController().signal,
    deadlineAt: 1_000,
    announce: async () => {},
  };
  await ask(session, member, [], { prompt: "draft", maxTokens: 10, signal: session.signal });
  expect(session.notebook.state).toMatchObject({
    calls: 1,
    tokens: { in: 3, out: 0 },
    prompts: { system: promptVersion("system"), draft: promptVersion("draft") },
  });
  return requests[0] ?? {};
}

const subject = { installation: 5, repository: 7, story: "7-12", task: "7-12-p1-t1" };

it.each<[string, Partial<DeliberationJob>, object]>([
  ["a first round", { subject }, { priority: "normal", installation: 5, prefix: "7-12-p1-t1", host: "h" }],
  ["a round after a rejection, for which its reviewer waits", { subject, round: 2 }, { priority: "waited-for" }],
  [
    "a plan, for which the product owner waits",
    { kind: "plan", subject: { ...subject, task: null } },
    { priority: "waited-for", prefix: "7-12" },
  ],
])("the models hear of %s whose it is, how urgent, and where its prefix is", async (_, changes, request) => {
  expect(await asked(changes)).toMatchObject(request);
});
