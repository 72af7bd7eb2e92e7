import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { acceptancePrompt } from "../../../src/deliberation/application/prompts/acceptance-prompt.ts";
import { advicePrompt } from "../../../src/deliberation/application/prompts/advice-prompt.ts";
import { agentPrompt, editRequest, resultText } from "../../../src/deliberation/application/prompts/agent-prompt.ts";
import { critiquePrompt, findingLines } from "../../../src/deliberation/application/prompts/critique-prompt.ts";
import {
  draftPrompt,
  repairPrompt,
  restartPrompt,
  revisionPrompt,
} from "../../../src/deliberation/application/prompts/draft-prompt.ts";
import {
  exampleLanguage,
  examplePrompt,
  exampleRepair,
} from "../../../src/deliberation/application/prompts/example-prompt.ts";
import { judgePrompt } from "../../../src/deliberation/application/prompts/judge-prompt.ts";
import { planPrompt, planRetryPrompt } from "../../../src/deliberation/application/prompts/plan-prompt.ts";
import {
  type PromptName,
  promptTexts,
  promptVersion,
} from "../../../src/deliberation/application/prompts/prompt-versions.ts";
import { retryPrompt } from "../../../src/deliberation/application/prompts/retry-prompt.ts";
import { reviewPrompt, reviewRetryPrompt } from "../../../src/deliberation/application/prompts/review-prompt.ts";
import { roleBounds } from "../../../src/deliberation/application/prompts/role-bounds.ts";
import { sharedPrefix, systemPrompt } from "../../../src/deliberation/application/prompts/shared-prefix.ts";
import { adviceRoles } from "../../../src/deliberation/domain/advice.ts";
import { reviewRoles } from "../../../src/kernel/review.ts";
import { jobOf, realPrompting, task } from "../council-of.ts";

const prompting = await realPrompting();
const own = await jobOf({ planFeedback: ["Too many tasks."] });
const later = { ...own, round: 2 };
const testing = { ...own, task: { ...task, type: "test" as const, code: { missing: [1, 2], there: [3] } } };
const plan = { ...own, task: null };
const criterion = { number: 1, text: "Given a, when b, then c." };
const example = { path: "test/old.test.js", text: "test();" };
const many = Array.from({ length: 201 }, (_, at) => `src/${at}.js`);
const replacement = { path: "src/a.js", from: 1, to: 2, text: "return a;" };
const finding = { text: "It adds.", evidence: { kind: "line", path: "src/a.js", line: 1 }, replacement } as const;
const bounds = roleBounds(own, { boundsOf: () => ({ kinds: ["(kind)"], globs: ["(glob)"], denied: ["(denied)"] }) });
const turn = { turn: 3, outcome: "done", result: "(result)" };

async function exampleText(path: string, name: string | null): Promise<string> {
  const language = exampleLanguage(path) ?? expect.fail(path);
  const messages = await examplePrompt(own, language, { path, text: "(file)", name }, prompting);
  return messages.map(({ role, content }) => `[${role}] ${content}`).join("\n");
}

/** Everything that each prompt can say, with fixed words in its slots. */
const texts: Readonly<Record<PromptName, readonly (string | Promise<string>)[]>> = {
  system: [systemPrompt, sharedPrefix("(context)", many, prompting), sharedPrefix("(context)", [], prompting)],
  draft: [
    draftPrompt(own, bounds, "(slice)", prompting),
    draftPrompt(later, "", "", prompting),
    draftPrompt(testing, "", "", prompting),
    repairPrompt("(nearest)", prompting),
    restartPrompt("(nearest)", prompting),
  ],
  example: [
    ...["a.js", "a.ts", "a.py"].flatMap((path) => ["add", null].map((name) => exampleText(path, name))),
    exampleRepair("(problem)", { path: "a.js", text: "(file)", name: "add" }),
    exampleRepair("(problem)", { path: "a.js", text: "(file)", name: null }),
  ],
  agent: [
    agentPrompt(own, 30, { bounds, extra: "(slice)", evidence: null }, prompting),
    agentPrompt(later, 30, { bounds: "", extra: "", evidence: null }, prompting),
    agentPrompt(testing, 30, { bounds: "", extra: "", evidence: null }, prompting),
    agentPrompt(own, 9, { bounds: "", extra: "", evidence: { checks: "(checks)", findings: "(findings)" } }, prompting),
    editRequest,
    ...[9, 5, 1].map((left) => resultText(turn, left, prompting)),
  ],
  acceptance: [
    acceptancePrompt(own, criterion, "test/a.test.js", example, prompting),
    acceptancePrompt(own, criterion, "test/a.test.js", null, prompting),
  ],
  critique: [
    critiquePrompt(own, { id: "c1", diff: "(diff)", checks: "(checks)" }, prompting),
    critiquePrompt(own, { id: "c1", diff: "(diff)", checks: "" }, prompting),
    retryPrompt(["(problem)"]),
  ],
  revision: [
    revisionPrompt(own, { checks: "(checks)", findings: findingLines([finding]) }, prompting),
    revisionPrompt(own, { checks: "", findings: "(findings)" }, prompting),
    revisionPrompt(own, { checks: "(checks)", findings: "" }, prompting),
  ],
  judgement: [judgePrompt(own, { a: "(a)", b: "(b)" }, prompting), retryPrompt(["(problem)"])],
  plan: [planPrompt(plan, prompting), planRetryPrompt(["(problem)"])],
  review: [...reviewRoles.map((role) => reviewPrompt(plan, role, prompting)), reviewRetryPrompt(["(problem)"])],
  advice: [...adviceRoles.map((role) => advicePrompt(own, role, "(diff)", prompting)), retryPrompt(["(problem)"])],
};

const names = Object.keys(texts).filter((name): name is PromptName => Object.hasOwn(promptTexts, name));

test.each(names)("the prompt %s says what its version says", async (name) => {
  const text = (await Promise.all(texts[name])).join("\n\n=====\n\n");
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 16);
  expect(text).toMatchSnapshot();
  const told = `The words of the prompt "${name}" changed: append "${hash}" to promptTexts.${name}, which makes it version ${promptVersion(name) + 1}; replace none.`;
  expect(promptTexts[name].at(-1), told).toBe(hash);
});

test("every prompt has a version, and no text comes back under another", () => {
  expect(names).toEqual(Object.keys(promptTexts));
  for (const name of names) expect(new Set(promptTexts[name]).size, name).toBe(promptVersion(name));
});
