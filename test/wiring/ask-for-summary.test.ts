import { afterAll, beforeAll, expect, it } from "vitest";
import type { SummaryAsked } from "../../src/context/application/write-summary.ts";
import { summaryPrompt } from "../../src/context/domain/model-summary.ts";
import type { CompletionRequest, ModelHosts } from "../../src/platform/models/model-hosts.ts";
import { createAskForSummary } from "../../src/wiring/ask-for-summary.ts";
import { openDeliberations } from "../deliberation/a-deliberation.ts";

const asked: SummaryAsked = {
  subject: { installation: 1, repository: 7, story: "7-12", task: null },
  upTo: "event-9",
  correlationId: "delivery-1",
};
const prompt = summaryPrompt("The story is in in-progress since noon.");
const signal = new AbortController().signal;
const used = {
  tokensIn: 120,
  tokensOut: 30,
  tokensCached: 0,
  tokensThinking: 0,
  ms: 12.4,
  hostMs: 12,
  host: "h",
} as const;

let opened: Awaited<ReturnType<typeof openDeliberations>>;
beforeAll(async () => {
  opened = await openDeliberations();
});
afterAll(() => opened.graph.close());

const requests: CompletionRequest<never>[] = [];
function modelsThat(answer: "answer" | "fail" | "are gone"): Pick<ModelHosts, "discover" | "complete"> {
  return {
    discover: async () => (answer === "are gone" ? [] : [{ host: "h", model: "m" }]),
    async complete(request) {
      requests.push({ ...request, schema: undefined as never });
      if (answer === "fail") return { ...used, kind: "failed", reason: "timeout", message: "Too late." };
      return { ...used, kind: "answer", text: "All is well.", finishReason: "stop", value: null, problems: [] };
    },
  };
}

const spent = () => opened.graph.read((tx) => opened.deps.deliberations.spent(tx, "7-12"));

it("asks one member's model within bounds, and counts what it took, whatever came of it", async () => {
  const ask = createAskForSummary(opened.deps, modelsThat("answer"));
  expect(await ask(asked, prompt, signal)).toEqual({ kind: "answer", text: "All is well.", model: "m" });
  expect(requests[0]).toMatchObject({
    ...{ model: "m", maxTokens: 800, installation: 1 },
    messages: [
      { role: "system", content: prompt.system },
      { role: "user", content: prompt.user },
    ],
  });
  expect(await spent()).toMatchObject({ tokens: { in: 120, out: 30 }, ms: 12 });
  const failing = createAskForSummary(opened.deps, modelsThat("fail"));
  expect(await failing({ ...asked, upTo: "event-10" }, prompt, signal)).toEqual({ kind: "none", reason: "Too late." });
  expect(await spent()).toMatchObject({ tokens: { in: 240, out: 60 } });
});

it("asks nobody where no host answers, or the tokens of the story do not suffice", async () => {
  requests.length = 0;
  const gone = createAskForSummary(opened.deps, modelsThat("are gone"));
  expect(await gone(asked, prompt, signal)).toEqual({ kind: "none", reason: "No model host answers." });
  const configuration = await opened.deps.configurationOf(7);
  const limits = { ...configuration.limits, tokens: { ...configuration.limits.tokens, story: 1_200 } };
  const limited = { ...opened.deps, configurationOf: async () => ({ ...configuration, limits }) };
  expect(
    await createAskForSummary(limited, modelsThat("answer"))({ ...asked, upTo: "event-11" }, prompt, signal),
  ).toEqual({
    kind: "none",
    reason: "The tokens of the story or of the day are used up.",
  });
  expect(requests).toEqual([]);
});
