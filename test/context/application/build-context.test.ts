import { expect, it } from "vitest";
import { buildContexts } from "../../../src/context/application/build-context.ts";
import type { CodeSource } from "../../../src/context/application/ports.ts";
import type { Chosen } from "../../../src/context/domain/code/choose-code.ts";
import { quote } from "../../../src/context/domain/timeline.ts";
import type { GraphFacts } from "../../../src/context/domain/written-facts.ts";
import { redactText } from "../../../src/context/infrastructure/redact-text.ts";

// Put together here, so that no scanner takes this file for a leak.
const token = ["ghp", "abcdefghijklmnopqrstuvwxyz0123456789"].join("_");

it("knows a secret whose letters are held apart by what nobody sees", async () => {
  const apart = `${token.slice(0, 9)}\u200b${token.slice(9)}`;
  const facts: GraphFacts = {
    story: { id: "1-1", number: 1, title: `A ${apart}`, body: `It says ${apart}.`, criteria: [] },
    task: { id: "1-1-p1-t1", number: 1, title: "T", description: apart, state: "todo", dependsOn: [], covers: null },
    ...{ failingChecks: [], tasks: [], decisions: [], decisionDependencies: [] },
    ...{ feedback: [`qa: ${apart}`], milestones: [], summary: null },
  };
  const lines = { from: 1, to: 1 };
  const symbol = { name: "t", kind: "constant", parent: null, ...lines, signatureTo: 1 } as const;
  const chosen: Chosen = {
    entry: { key: "a.ts#t", path: "a.ts", test: false, symbol },
    ...{ score: 1, distance: null, why: [`says ${apart}`], isMain: true, isNamed: true },
  };
  const source: CodeSource = {
    commit: "c".repeat(40),
    choose: async () => ({ chosen: [chosen], over: [] }),
    texts: async () => new Map([["a.ts", `const t = "${apart}";\n`]]),
  };
  const countTokens = (text: string) => Math.ceil(text.length / 4);
  const asked = { facts, role: "developer", phase: "build", budgets: [2_000], source } as const;
  const { assembled } = await buildContexts({ redact: redactText, countTokens }, asked);
  const text = JSON.stringify(assembled);
  expect(text).toContain("a.ts:1");
  expect(text.replaceAll("\u200b", "")).not.toContain(token.slice(4));
  expect(quote(`It says ${apart}.`)).toBe("It says [redacted: github-token].");
});
