import { expect, it } from "vitest";
import { followedText, runDeliberationView } from "../../src/cli/deliberation.ts";
import { parseEnvironment } from "../../src/platform/config/environment.ts";

const used = { tokens: { in: 12_000, out: 300 }, ms: 61_200 };
const refusals = [{ path: "../x", reason: "The path leaves the repository." }];
const agent = {
  ...{ member: 1, model: "coder" },
  steps: [
    { turn: 1, action: "read", about: "a.js:1", outcome: "done", refusals: [] },
    { turn: 2, action: "read", about: "../x", outcome: "refused", refusals },
    { turn: 3, action: null, about: "", outcome: "unreadable", refusals: [] },
  ],
};
const checks = [{ name: "applies", status: "passed", summary: "" }];
const candidate = { id: "c2", member: 2, model: "coder", checks };
const deliberation = { id: "7-12-p1-t1-r1", kind: "implementation", round: 1, status: "drafting", note: null };

it("a council at work is shown turn by turn and check by check", () => {
  const text = followedText({
    deliberation: { ...deliberation, note: "3 members draft.", used: null, agents: [], outcome: null },
    progress: {
      used,
      agents: [{ ...agent, ended: null }],
      drafts: [
        { id: "c2", member: 2, problem: null, abstained: null },
        { id: "c3", member: 3, problem: "a.js: no such lines", abstained: null },
        { id: "c4", member: 4, problem: null, abstained: "The host did not answer." },
      ],
      candidates: [candidate],
    },
  });
  expect(text).toMatchInlineSnapshot(`
    "7-12-p1-t1-r1: implementation, round 1, drafting: 3 members draft.
    12,000 tokens in, 300 out, 61.2 s so far
    member 1 (coder): goes on
      1. read a.js:1: done
      2. read ../x: refused ../x: The path leaves the repository.
      3. no decision: unreadable
    c2 of member 2 is in
    c3 of member 3 does not apply: a.js: no such lines
    c4 of member 4 abstains: The host did not answer.
    c2 of member 2 (coder)
      applies: passed"
  `);
});

it.each([
  [
    { times: 1, happened: [], told: false },
    "taken up again once by another worker; nothing happened in the story since it began",
  ],
  [
    { times: 2, happened: ["decision D1 approved: Count in cents (@ada)"], told: true },
    "taken up again 2 times by another worker; those that went on were given a context built anew, since this happened in the story:\n  decision D1 approved: Count in cents (@ada)",
  ],
  [
    { times: 1, happened: ["task 2 given to a council, round 1"], told: false },
    "taken up again once by another worker; what happened in the story since it began changes nothing of what they may know:\n  task 2 given to a council, round 1",
  ],
])("one that another worker took up says so: %j", (restarts, expected) => {
  const over = { ...deliberation, restarts, used: null, agents: [], outcome: null };
  expect(followedText({ deliberation: over, progress: null })).toContain(`\n${expected}`);
});

it("one that is over says why who won", () => {
  const text = followedText({
    deliberation: {
      ...{ ...deliberation, status: "completed", used },
      agents: [{ ...agent, revises: "c1", ended: "finished" }],
      outcome: { reason: "c2 won: it applies.", candidates: [{ ...candidate, why: "it applies" }] },
    },
    progress: null,
  });
  expect(text).toMatchInlineSnapshot(`
    "7-12-p1-t1-r1: implementation, round 1, completed
    12,000 tokens in, 300 out, 61.2 s
    member 1 (coder), revising c1: ended by finished
      1. read a.js:1: done
      2. read ../x: refused ../x: The path leaves the repository.
      3. no decision: unreadable
    c2 of member 2 (coder): it applies
      applies: passed
    c2 won: it applies."
  `);
  const said = { ...deliberation, note: "c2 won: it applies.", used: null, agents: [], outcome: null };
  const outcome = { reason: "c2 won: it applies.", candidates: [] };
  expect(followedText({ deliberation: { ...said, outcome }, progress: null }), "once is enough").toBe(
    followedText({ deliberation: said, progress: null }),
  );
});

it("names what is no task", async () => {
  const run = runDeliberationView(parseEnvironment({}), "shop", { json: false }, () => undefined);
  await expect(run).rejects.toThrow("shop is no task: must be one as owner/name#12/1");
});
