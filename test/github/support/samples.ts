import type { Candidate } from "../../../src/deliberation/domain/candidate.ts";
import {
  type CheckName,
  type CheckResult,
  checkNames,
  plainCheck,
} from "../../../src/deliberation/domain/check-result.ts";
import type { ImplementationOutcome } from "../../../src/deliberation/domain/outcome.ts";
import type { CouncilView } from "../../../src/github/present/council-view.ts";
import type { Decision } from "../../../src/planning/domain/decision.ts";
import type { Story } from "../../../src/planning/domain/story.ts";
import { storyBodyHash } from "../../../src/planning/domain/story-body-hash.ts";
import type { Task } from "../../../src/workflow/domain/task.ts";

const title = "Reject coupons that have expired";
const body = [
  "As a shop owner I want expired coupons refused so that nobody gets a discount by mistake.",
  "",
  "### Acceptance criteria",
  '- Given an expired coupon, when it is applied, then `applyCoupon` throws "expired"',
  "- Given a valid coupon, when it is applied, then the total is 90",
  "",
  "Component: `src/coupon.ts`",
].join("\n");

/** A story that is ready, in `po-review`. */
export function aStory(change: Partial<Story> = {}): Story {
  return {
    id: "7-3",
    version: 1,
    installation: 5,
    repository: 7,
    owner: "acme",
    repo: "shop",
    issueNumber: 3,
    title,
    body,
    bodyHash: storyBodyHash(change.title ?? title, change.body ?? body),
    issueUpdatedAt: "2026-01-01T10:00:00Z",
    labels: ["fleet:story"],
    openBlockers: 0,
    milestone: null,
    parent: null,
    withdrawn: false,
    deadline: null,
    putBack: null,
    author: { id: 11, login: "olga" },
    state: "po-review",
    approvedBodyHash: null,
    plan: null,
    planFeedback: [],
    note: null,
    edited: null,
    handled: [],
    ...change,
  };
}

/** A decision that holds, of the product owner's own word on the whole story. */
export function aDecision(change: Partial<Decision> = {}): Decision {
  return {
    id: "7-3-d-comment-1-0",
    number: 1,
    storyId: "7-3",
    taskId: null,
    title: "Times are in UTC.",
    rationale: "Times are in UTC. The shop has one clock.",
    category: "stated",
    status: "approved",
    author: { kind: "human", id: 11, login: "olga" },
    at: "2026-01-01T10:00:00.000Z",
    affects: { pullRequest: null, commit: null, files: [] },
    judgement: null,
    ...change,
  };
}

/** A plan with one task, proposed. */
export const aPlan: NonNullable<Story["plan"]> = {
  version: 1,
  hash: "plan-hash",
  source: "council",
  status: "proposed",
  derivedAt: "2026-01-01T10:05:00.500Z",
  tasks: [
    {
      number: 1,
      title: "Check the date",
      description: "Throw when the coupon's date is over.",
      type: "code",
      role: "developer",
      estimateHours: 2,
      dependsOn: [],
      covers: [1, 2],
    },
  ],
};

/** A task of that plan, free to be taken. */
export function aTask(change: Partial<Task> = {}): Task {
  return {
    id: "7-3-p1-t1",
    version: 1,
    storyId: "7-3",
    installation: 5,
    repository: 7,
    owner: "acme",
    repo: "shop",
    storyIssue: 3,
    number: 1,
    planVersion: 1,
    title: "Check the date",
    description: "Throw when the coupon's date is over.",
    type: "code",
    role: "developer",
    estimateHours: 2,
    dependsOn: [],
    covers: [1, 2],
    state: "todo",
    branch: "fleet/3/t1-check-the-date",
    issueNumber: null,
    pullRequest: null,
    assignee: null,
    leaseExpiresAt: null,
    round: 0,
    retries: 0,
    councilGaveUp: null,
    headSha: null,
    headTree: null,
    authors: [],
    authorsKnown: true,
    approvals: [],
    feedback: [],
    note: null,
    merged: false,
    mergeSha: null,
    createdAt: "2026-01-01T10:06:00.000Z",
    stateSince: "2026-01-01T10:06:00.000Z",
    deadlines: [],
    handled: [],
    ...change,
  };
}

const passed = (name: CheckName): CheckResult => plainCheck(name, "passed", "it passes");

/** A candidate that passes everything but the given checks. */
export function aCandidate(
  id: string,
  failing: Partial<Record<CheckName, string>> = {},
  change: Partial<Candidate> = {},
): Candidate {
  const failed = Object.keys(failing).length > 0;
  return {
    id,
    member: Number(id.slice(1)),
    model: "qwen2.5-coder",
    temperature: 0.2,
    revises: null,
    summary: "Compares the date with today.",
    changes: [{ path: "src/coupon.ts", mode: "100644", content: Buffer.from(`// ${id}\n`).toString("base64") }],
    treeHash: "a".repeat(40),
    diff: "--- a/src/coupon.ts\n+++ b/src/coupon.ts\n@@ -1 +1 @@\n-old\n+new\n",
    diffLines: 2,
    checks: checkNames.map((name) => {
      const why = failing[name];
      if (why === undefined && name === "dry-run")
        return plainCheck(name, "skipped", "The task is none of devops or data.");
      if (why === undefined) return passed(name);
      return {
        ...plainCheck(name, "failed", why),
        detail: `AssertionError: ${why}`,
        failing: [`test of ${name}`],
        passed: 1,
        total: 2,
      };
    }),
    behaviour: null,
    rank: failed ? 2 : 1,
    lostAt: failed ? (Object.keys(failing)[0] ?? null) : null,
    why: failed ? "It fails a check." : "It passes every check with the smallest diff.",
    tokens: { in: 100, out: 50 },
    ...change,
  };
}

/** A finished council of two: c1 breaks a test, c2 wins (or nobody does). */
export function anOutcome(change: Partial<ImplementationOutcome> = {}): ImplementationOutcome {
  return {
    kind: "implementation",
    candidates: [aCandidate("c2"), aCandidate("c1", { regressions: "1 existing test fails" })],
    winner: "c2",
    best: "c2",
    reason: "Only c2 passes every check.",
    acceptance: [
      {
        id: "a1",
        criterion: 1,
        path: "test/a1.test.ts",
        content: "test('expired', () => {});",
        from: "council",
        status: "kept",
        reason: "it fails on the base",
      },
    ],
    abstained: [{ member: 3, model: "qwen2.5-coder", step: "draft", reason: "the answer was cut off" }],
    critiques: [],
    votes: [],
    preexistingFailures: [],
    sandbox: "bubblewrap",
    tokens: { in: 300, out: 150 },
    ms: 12_300,
    statistics: {
      passAt1: false,
      oracleAtK: true,
      chosenPassed: true,
      members: 3,
      candidates: 2,
      calls: 6,
      msByStep: {},
    },
    ...change,
  };
}

/** The council's first round on the task. */
export function aCouncil(change: Partial<CouncilView> = {}): CouncilView {
  return {
    id: "7-3-p1-t1-r1",
    round: 1,
    status: "completed",
    note: null,
    startSha: "b".repeat(40),
    contextHash: "c0ffee",
    outcome: anOutcome(),
    ...change,
  };
}
