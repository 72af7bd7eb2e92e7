import { describe, expect, it } from "vitest";
import { explainedText, runWhyContext } from "../../src/cli/why-context.ts";
import { parseEnvironment } from "../../src/platform/config/environment.ts";

describe("fleet why-context", () => {
  it("says what is in a context and why, and what is not", () => {
    const text = explainedText({
      role: "developer",
      phase: "build",
      commit: "c".repeat(40),
      budget: { tokens: 2_000, limit: 1_800 },
      tokens: 90,
      hash: "a".repeat(64),
      blocks: [
        {
          name: "code",
          tokens: 80,
          pieces: [{ node: "src/a.ts#add", form: "body", tokens: 80, why: ["named in the text", "terms: add"] }],
        },
      ],
      leftOut: [
        { block: "code", node: "src/b.ts#sum", why: "does not fit: takes 900 tokens" },
        { block: "summary", node: null, why: "there is none yet" },
      ],
      redacted: [{ rule: "jwt", count: 1 }],
      rules: {
        blocks: [
          {
            block: "case",
            entity: "task",
            text: "An agent as developer sees the one task that the agent was assigned.",
          },
          {
            block: "task",
            entity: "task",
            text: "An agent as developer sees the one task that the agent was assigned.",
          },
          { block: "tasks", entity: null, text: "It is not given to developer in the phase build." },
          { block: "summary", entity: null, text: "It is not given to developer in the phase build." },
        ],
        about: {
          question: { entity: "decision", id: "7-12-d-3", field: "costImpact" },
          whyNot: { rule: "column", text: "An agent as developer sees these fields of a decision: id." },
        },
      },
    });
    expect(text).toMatchInlineSnapshot(`
      "As developer in the phase build: 90 of 2000 tokens as estimated by cl100k (1800 at most, since models count otherwise), code of commit cccccccccccc, hash aaaaaaaaaaaaaaaa.
      code: 80 tokens
        src/a.ts#add (body, 80 tokens): named in the text; terms: add
      Left out:
        code src/b.ts#sum: does not fit: takes 900 tokens
        summary: there is none yet
      Secrets taken out of what was read for it:
        1 jwt
      Rules of access:
        case (task), task: An agent as developer sees the one task that the agent was assigned.
        tasks, summary: It is not given to developer in the phase build.
      The decision 7-12-d-3 (costImpact) is not seen, by a rule of the columns: An agent as developer sees these fields of a decision: id."
    `);
  });

  it("says who counted", () => {
    const counted = { budget: { tokens: 2_000, limit: 1_700 }, tokens: 1_650, modelTokens: 1_980 };
    const question = { entity: "task", id: "7-12-p1-t1", field: null };
    const rules = { blocks: [], about: { question, whyNot: null } };
    const nothing = { blocks: [], leftOut: [], redacted: [], rules };
    expect(
      explainedText({ role: "qa", phase: "test", commit: null, hash: "a".repeat(64), ...counted, ...nothing }),
    ).toMatchInlineSnapshot(
      `
      "As qa in the phase test: 1980 of 2000 tokens as the models' own tokenizers count (estimated 1650, as its blocks are), hash aaaaaaaaaaaaaaaa.
      The task 7-12-p1-t1 may be seen: where it is not in the context, it is named above as left out, or no block asks for it."
    `,
    );
  });

  it.each([
    ["shop", {}, "shop is no task: must be one as owner/name#12/1"],
    ["acme/shop#12/1", { role: "boss" }, "--role=boss is unknown"],
    ["acme/shop#12/1", { about: "person:7" }, "--about=person:7 names nothing"],
    ["acme/shop#12/1", { about: "decision" }, "--about=decision names nothing"],
  ])("refuses %s %j", async (named, options, message) => {
    const run = runWhyContext(parseEnvironment({}), named, { json: false, ...options }, () => undefined);
    await expect(run).rejects.toThrow(message);
  });
});
