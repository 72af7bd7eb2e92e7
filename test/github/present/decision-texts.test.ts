import { expect, test } from "vitest";
import { decisionLines, decisionsPart, proposalText } from "../../../src/github/present/decision-texts.ts";
import { type Decision, mostDecisionsRead } from "../../../src/planning/domain/decision.ts";
import { aDecision, aTask } from "../support/samples.ts";

const tasks = [aTask({ issueNumber: 4 })];
const taskId = tasks[0]?.id ?? null;
const dev = { kind: "human", id: 12, login: "dev" } as const;
const arno = { kind: "human", id: 13, login: "arno" } as const;
const at = "2026-01-01T11:00:00.000Z";

const proposed = aDecision({
  number: 3,
  status: "proposed",
  author: dev,
  taskId,
  title: "Ask @acme/all | before `drop`; closes #1",
  affects: {
    pullRequest: 9,
    commit: { sha: "a".repeat(40), tree: "b".repeat(40) },
    files: ["src/a.ts", "src/b|`.ts", "src/c.ts", "src/d.ts", "src/e.ts"],
  },
});
const approved = aDecision({ number: 2, author: dev, judgement: { by: arno, at, reason: "Good @idea" } });
const rejected: Decision = { ...approved, number: 4, status: "rejected" };
const verdict = aDecision({ number: 5, category: "review", title: "Design approved" });

test("a proposal is told what it affects and who makes it hold", () => {
  expect(proposalText(proposed, tasks)).toMatchSnapshot();
  expect(proposalText({ ...proposed, affects: aDecision().affects }, [])).toContain("It affects task 1. It holds");
});

test("the status comment has what waits first, then what holds, and neither verdicts nor what was rejected", () => {
  expect(decisionsPart([aDecision(), approved, proposed, rejected, verdict], tasks)).toMatchSnapshot();
  expect(decisionsPart([rejected, verdict], tasks)).toBe("");
});

test("the status comment stays short", () => {
  const many = Array.from({ length: 12 }, (_, index) => aDecision({ number: index + 1 }));
  const lines = decisionsPart(many, tasks).split("\n");
  expect(lines).toHaveLength(7);
  expect(lines[1]).toContain("**D12**");
  expect(lines.at(-1)).toBe("- … 7 more");
  const read = Array.from({ length: mostDecisionsRead }, (_, index) => aDecision({ number: index + 2 }));
  expect(decisionsPart(read, tasks).split("\n").at(-1)).toBe("- … at least 995 more");
});

test("/why has the last ones, with what became of them", () => {
  expect(decisionLines([aDecision(), approved, proposed, rejected, verdict], tasks).join("\n")).toMatchSnapshot();
});
