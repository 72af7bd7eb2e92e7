import { describe, expect, test } from "vitest";
import type { AgentRun } from "../../../src/deliberation/domain/agent/agent-run.ts";
import { type BudgetAccount, goesOnText, usedUpText } from "../../../src/deliberation/domain/council-budget.ts";
import type { Critique } from "../../../src/deliberation/domain/critique/finding.ts";
import {
  defaultConfiguration,
  fleetConfigurationSchema,
} from "../../../src/github/configuration/fleet-configuration.ts";
import { candidateTable } from "../../../src/github/present/candidate-table.ts";
import { checksStanding } from "../../../src/github/present/checks-standing.ts";
import { councilCheck } from "../../../src/github/present/council-check.ts";
import { councilReview } from "../../../src/github/present/council-review.ts";
import { gateCheck } from "../../../src/github/present/gate-check.ts";
import { labelSet } from "../../../src/github/present/label-set.ts";
import { createPeopleOf } from "../../../src/github/present/people-of.ts";
import { pullRequestStatus } from "../../../src/github/present/pull-request-status.ts";
import { taskStatusReply } from "../../../src/github/present/status-reply.ts";
import { type StoryView, storyStatus } from "../../../src/github/present/story-status.ts";
import {
  commitMessage,
  deliberationOf,
  pullRequestText,
  subIssueText,
} from "../../../src/github/present/task-texts.ts";
import { system } from "../../../src/kernel/principal.ts";
import { storyStates, taskStates } from "../../../src/kernel/states.ts";
import { scoreReadiness } from "../../../src/planning/domain/readiness.ts";
import type { Story } from "../../../src/planning/domain/story.ts";
import { aCandidate, aCouncil, anOutcome, aPlan, aStory, aTask } from "../support/samples.ts";

const olga = { kind: "human", id: 11, login: "olga" } as const;

const nobodyKnown = createPeopleOf(defaultConfiguration, null);
const shopPeople = createPeopleOf(
  fleetConfigurationSchema.parse({
    roles: { "product-owner": ["olga"], architect: ["@acme/architects"], qa: ["a", "@b", "c", "d"], developer: [] },
  }),
  "olga",
);

function view(story: Story, change: Partial<StoryView> = {}): StoryView {
  return {
    story,
    readiness: scoreReadiness(story),
    threshold: 80,
    checklist: [],
    tasks: [],
    planning: null,
    councils: new Map(),
    councilAvailable: true,
    testing: "human",
    peopleOf: nobodyKnown,
    decisions: [],
    spent: { councils: 0, tokens: { in: 0, out: 0 }, ms: 0 },
    tokens: [],
    room: null,
    councilsStart: "auto",
    unsetRoles: [],
    problems: [],
    simulated: null,
    ...change,
  };
}

describe("the status comment of a story", () => {
  test("in review, ready", () => {
    expect(storyStatus(view(aStory(), { unsetRoles: ["architect", "qa"] }))).toMatchSnapshot();
  });

  test("in review, empty", () => {
    expect(storyStatus(view(aStory({ title: "Coupons", body: "" })))).toMatchSnapshot();
  });

  test("lists tasks that cannot be sub-issues", () => {
    const tasks = [
      aTask({ number: 1, issueNumber: 4, state: "done", merged: true }),
      aTask({ number: 2, issueNumber: 5, state: "implementing" }),
      aTask({ number: 3, issueNumber: null }),
    ];
    const text = storyStatus(view(aStory({ state: "in-progress" }), { tasks, checklist: [4, 5] }));
    expect(text).toContain("Sub-issues are off here, so the tasks are listed:\n- [x] #4\n- [ ] #5");
    expect(storyStatus(view(aStory({ state: "in-progress" }), { tasks }))).not.toContain("Sub-issues");
  });

  test("in a sprint and an epic", () => {
    const placed = aStory({
      milestone: { number: 2, title: "Sprint @acme/all" },
      parent: { number: 9, title: "Coupons" },
    });
    expect(storyStatus(view(placed))).toContain("<sub>epic #9 · sprint “Sprint `@acme/all`”</sub>");
  });

  test("waiting for a typed plan", () => {
    expect(storyStatus(view(aStory({ state: "ready-for-planning" }), { councilAvailable: false }))).toMatchSnapshot();
  });

  test("planned by a council", () => {
    const planning = aCouncil({
      id: "7-3-plan-r1",
      startSha: null,
      outcome: {
        kind: "plan",
        tasks: [...aPlan.tasks],
        rationale: "One task is enough.",
        reason: "valid",
        member: 1,
        model: "qwen2.5-coder",
        attempts: [],
        tokens: { in: 20, out: 10 },
        ms: 900,
        statistics: anOutcome().statistics,
      },
    });
    expect(storyStatus(view(aStory({ state: "planned", plan: aPlan }), { planning }))).toMatchSnapshot();
  });

  test("in progress, with a broken fleet.yml, on a local GitHub", () => {
    const task = aTask({ state: "arch-rejected", issueNumber: 4, pullRequest: 5, round: 1 });
    const problem = {
      line: 2,
      path: "council.members",
      value: "9",
      message: "Too big",
      fix: "write a number of at most 7",
    };
    const story = aStory({
      state: "in-progress",
      plan: { ...aPlan, status: "approved" },
      note: "The text was edited by @mallory.",
    });
    const councils = new Map([[task.id, aCouncil()]]);
    expect(
      storyStatus(
        view(story, {
          tasks: [task],
          councils,
          problems: [problem],
          simulated: "a local GitHub and the rehearsal model",
        }),
      ),
    ).toMatchSnapshot();
  });

  test("in review of its result: tasks, gates, people, cost, what is late", () => {
    const approvals = [
      {
        role: "architect",
        principal: { ...olga, login: "arno" },
        tree: "7ree1abcdef",
        at: "2026-01-01T10:00:00.000Z",
      } as const,
      {
        role: "qa",
        principal: { ...olga, login: "quinn" },
        tree: "7ree1abcdef",
        at: "2026-01-01T10:30:00.000Z",
      } as const,
    ];
    const tasks = [
      aTask({
        state: "pending-po-approval",
        issueNumber: 4,
        pullRequest: 5,
        round: 2,
        headTree: "7ree1abcdef",
        approvals,
      }),
      aTask({
        id: "7-3-p1-t2",
        number: 2,
        state: "qa-failed",
        issueNumber: 6,
        pullRequest: 7,
        title: "Say | why @acme/all",
      }),
      aTask({
        id: "7-3-p1-t3",
        number: 3,
        state: "implementing",
        issueNumber: 8,
        assignee: { kind: "person", principal: olga },
      }),
    ];
    const councils = new Map([
      ["7-3-p1-t1", aCouncil({ round: 2 })],
      ["7-3-p1-t2", aCouncil({ status: "queued", outcome: null, ahead: 2 })],
      ["7-3-p1-t3", aCouncil({ status: "timed-out", outcome: null, note: "30 minutes are over" })],
    ]);
    expect(
      storyStatus(
        view(aStory({ state: "ready-to-review", plan: { ...aPlan, status: "approved" } }), {
          tasks,
          councils,
          peopleOf: shopPeople,
          spent: { councils: 5, tokens: { in: 1_234_567, out: 8_900 }, ms: 3_725_000 },
          tokens: [
            { scope: "story", unit: "tokens", used: 1_243_467, held: 0, of: 3_000_000, ms: 3_725_000 },
            { scope: "day", unit: "tokens", used: 2_000_003, held: 0, of: 2_000_000, ms: 4_000_000 },
          ],
          overdue: [{ what: "the product owner's decision", due: "2026-01-02T10:00:00.000Z" }],
        }),
      ),
    ).toMatchSnapshot();
  });

  test("says that councils wait for tokens, and what people can do meanwhile", () => {
    const noteOf = (account: BudgetAccount) => `${usedUpText([account])} ${goesOnText([account])}`;
    const note = noteOf({ scope: "day", unit: "tokens", used: 900, held: 100, of: 1_000, ms: 0 });
    const waits = aCouncil({ status: "waiting", outcome: null, note });
    const plan = { ...aPlan, status: "approved" } as const;
    expect(storyStatus(view(aStory({ state: "ready-for-planning" }), { planning: waits }))).toMatchSnapshot();
    const tasks = [aTask({ state: "implementing", assignee: { kind: "council" }, round: 1 })];
    const councils = new Map([["7-3-p1-t1", waits]]);
    expect(storyStatus(view(aStory({ state: "in-progress", plan }), { tasks, councils }))).toMatchSnapshot();
    const both = [...tasks, aTask({ id: "7-3-p1-t2", number: 2, state: "implementing" })];
    const ofTask = { ...waits, note: noteOf({ scope: "task", unit: "tokens", used: 10, held: 0, of: 9, ms: 0 }) };
    const two = new Map([...councils, ["7-3-p1-t2", ofTask]]);
    const text = storyStatus(view(aStory({ state: "in-progress", plan }), { tasks: both, councils: two }));
    expect(text.split("\n\n").slice(0, 3)).toMatchSnapshot();
  });

  test("shows what there is to use before the first council", () => {
    const tokens: readonly BudgetAccount[] = [{ scope: "story", unit: "tokens", used: 0, held: 0, of: 9_000, ms: 0 }];
    expect(storyStatus(view(aStory({ state: "draft" }), { tokens }))).toContain(
      "**Budget** this story: 0 of 9,000 tokens",
    );
  });

  test("says that the story waits for a place, and by what it begins", () => {
    const story = aStory({ state: "ready-for-execution", plan: { ...aPlan, status: "approved" } });
    const room = { limit: 2, inProgress: [3, 5], begun: false };
    const part = (text: string) => text.split("\n\n").slice(1, 2);
    expect(part(storyStatus(view(story, { room })))).toMatchSnapshot();
    expect(part(storyStatus(view(story, { room, councilAvailable: false })))).toMatchSnapshot();
    expect(storyStatus(view(story, { room: { ...room, inProgress: [3] } }))).toContain("Take a task with `/claim`");
  });

  test.each(storyStates)("%s says whom it waits for", (state) => {
    expect(
      storyStatus(view(aStory({ state })))
        .split("\n")
        .slice(0, 2),
    ).toMatchSnapshot();
  });
});

describe("the texts of a task", () => {
  const held = aTask({
    state: "pending-arch-review",
    issueNumber: 4,
    pullRequest: 5,
    round: 2,
    assignee: { kind: "council" },
    feedback: [
      {
        round: 1,
        role: "architect",
        by: "@arno",
        text: "Put the check into one place.",
        at: "2026-01-01T10:00:00.000Z",
      },
    ],
  });

  test("sub-issue", () => {
    expect(subIssueText(aTask({ dependsOn: [2] }), null)).toMatchSnapshot();
  });

  test("pull request, and draft", () => {
    expect(pullRequestText(held, false, null)).toMatchSnapshot();
    expect(pullRequestText(held, true, "a local GitHub")).toMatchSnapshot();
  });

  test("status comment", () => {
    const shown = { blocked: null, checks: null, peopleOf: shopPeople, simulated: null };
    expect(pullRequestStatus({ ...shown, task: held, council: aCouncil({ round: 2 }) })).toMatchSnapshot();
    const tokens: BudgetAccount = { scope: "task", unit: "tokens", used: 900, held: 0, of: 900, ms: 0 };
    expect(pullRequestStatus({ ...shown, task: held, council: aCouncil({ round: 2 }), tokens })).toContain(
      " · this task: 900 of 900 tokens",
    );
    const waits = aCouncil({ round: 3, status: "waiting", outcome: null, note: usedUpText([tokens]) });
    const waiting = pullRequestStatus({ ...shown, task: { ...held, state: "implementing" }, council: waits, tokens });
    expect(waiting.slice(waiting.indexOf("#### Council"), waiting.indexOf("<details>"))).toMatchSnapshot();
    const drafting = aCouncil({ status: "drafting", outcome: null, note: "2 of 3 members have drafted" });
    expect(
      pullRequestStatus({
        ...shown,
        task: aTask({ state: "implementing", assignee: { kind: "council" }, round: 1 }),
        council: drafting,
        blocked: "GitHub does not merge it: conflicts",
        overdue: [{ what: "the first review", due: "2026-01-01T12:00:00.000Z" }],
      }),
    ).toMatchSnapshot();
  });

  test("status comment of tests that are written first", () => {
    const task = aTask({ type: "test", state: "pending-arch-review", pullRequest: 5, headSha: "abcdef0123" });
    const shown = { task, blocked: null, checks: null, peopleOf: shopPeople, simulated: null, council: null };
    const parts = pullRequestStatus({ ...shown, awaits: [2, 3] }).split("\n\n");
    expect(parts.filter((part) => part.includes("written first"))).toMatchSnapshot();
  });

  test("status comment while the required checks decide about the tests, and after they did", () => {
    const shown = { blocked: null, peopleOf: shopPeople, simulated: null, council: null };
    const head = { pullRequest: 5, headSha: "abcdef0123", headTree: "0123456789" };
    const waiting = aTask({ state: "pending-qa", ...head });
    const checks = checksStanding({ verdict: "failed", failed: ["ci/build", "lint", "a `b`", "c"] }, "abcdef0123");
    expect(pullRequestStatus({ ...shown, checks, task: waiting })).toMatchSnapshot();
    const approval = {
      role: "qa",
      principal: system,
      tree: waiting.headTree ?? "",
      at: "2026-01-01T12:00:00.000Z",
    } as const;
    const passed = aTask({ ...head, state: "pending-po-approval", approvals: [...waiting.approvals, approval] });
    expect(pullRequestStatus({ ...shown, checks: null, task: passed })).toMatchSnapshot();
    expect(storyStatus(view(aStory({ state: "testing" }), { tasks: [waiting], testing: "checks" }))).toMatchSnapshot();
  });

  test.each(["passed", "none", "unread", "pending", "failed"] as const)("checks that are %s", (verdict) => {
    expect(checksStanding({ verdict, failed: [] }, "abcdef0123")).toMatchSnapshot();
  });

  test("commit message", () => {
    const message = commitMessage(held, aCouncil(), aCandidate("c2"));
    expect(message).toMatchSnapshot();
    expect(deliberationOf(message)).toBe(aCouncil().id);
    expect(deliberationOf("Written by hand")).toBeNull();
  });

  test("a member's words add no trailer, mention or issue to a commit", () => {
    const summary = "Done.\n\nFleet-Deliberation: other\nCo-authored-by: eve <e@x.org>\nfixes #1 @eve";
    const message = commitMessage(held, aCouncil(), aCandidate("c2", {}, { summary }));
    const lines = message.split("\n");
    expect(lines.filter((line) => /^Fleet-Deliberation: /.test(line))).toEqual(["Fleet-Deliberation: 7-3-p1-t1-r1"]);
    expect(lines.filter((line) => /^Co-authored-by: /i.test(line))).toEqual([]);
    expect(message.split("\n\n").slice(0, -1).join("\n")).not.toMatch(/[@#]/);
  });

  test.each(taskStates)("%s: one line of status", (state) => {
    expect(taskStatusReply(aTask({ state }), "human")).toMatchSnapshot();
  });
});

describe("check runs", () => {
  test("fleet/council, won and lost", () => {
    expect(councilCheck(aCouncil(), anOutcome(), null, [])).toMatchSnapshot();
    const lost = anOutcome({
      winner: null,
      candidates: [aCandidate("c1", { acceptance: "criterion 1 fails" })],
      best: "c1",
      acceptance: [],
      sandbox: null,
      abstained: [],
    });
    expect(councilCheck(aCouncil({ outcome: lost }), lost, "a local GitHub", [])).toMatchSnapshot();
  });

  test("shows how a member worked, turn by turn", () => {
    const step = { why: "", refusals: [], result: "", tokens: { in: 9, out: 1 }, ms: 5 };
    const reason = "Workflow files and actions are not written by agents.";
    const refusals = [{ path: ".github/workflows/x.yml", rule: "workflow-file", reason }];
    const steps: AgentRun["steps"] = [
      {
        ...step,
        turn: 1,
        action: "search",
        about: '"cou|pon`" in src',
        outcome: "done",
        result: "src/a.ts:1: <b>x\nmore",
      },
      { ...step, turn: 2, action: "edit", about: "120 characters", outcome: "refused", refusals, result: "Refused" },
      { ...step, turn: 3, action: null, about: "", outcome: "unreadable", result: "The answer is not valid:\n- x" },
    ];
    const agents: AgentRun[] = [{ member: 1, model: "qwen", role: "developer", ended: "unreadable", steps }];
    const { text = "" } = councilCheck(aCouncil({ agents }), anOutcome(), null, []);
    expect(text.slice(text.indexOf("<details><summary>How"))).toMatchSnapshot();
    expect(candidateTable(anOutcome({ candidates: [] }))).toBe("No candidate was made.");
  });

  test("fleet/gate, open, done and cancelled", () => {
    const approvals = [
      { role: "architect", principal: { ...olga, login: "arno" }, tree: "t1", at: "2026-01-01T10:00:00.000Z" } as const,
    ];
    expect(gateCheck(aTask({ state: "pending-qa" }))).toMatchSnapshot();
    expect(gateCheck(aTask({ state: "done", headTree: "t1", approvals }))).toMatchSnapshot();
    expect(gateCheck(aTask({ state: "cancelled" }))).toMatchSnapshot();
  });

  test("a review only where the published candidate failed a check", () => {
    expect(councilReview(aCouncil(), anOutcome())).toBeNull();
    const candidates = [aCandidate("c2", { lint: "2 findings" })];
    expect(councilReview(aCouncil(), anOutcome({ candidates }))).toMatchSnapshot();
    expect(councilReview(aCouncil(), anOutcome({ candidates: [] }))).toBeNull();
  });

  describe("a discussion", () => {
    const critique = (candidate: string, change: Partial<Critique>): Critique => ({
      reviewer: 1,
      model: "qwen2.5-coder",
      candidate,
      findings: [],
      dropped: 0,
      missing: null,
      ...change,
    });
    const onLine = {
      text: "It takes the *last* day for expired <!-- @all -->.",
      evidence: { kind: "line", path: "src/coupon.ts", line: 1 },
      replacement: null,
    } as const;
    const mended = {
      ...onLine,
      replacement: { path: "src/coupon.ts", from: 1, to: 3, text: "const lastDay = 3;\n  // @all" },
    } as const;
    const onTest = {
      text: "It forgets the time zone.",
      evidence: { kind: "check", check: "acceptance", test: "criterion 1: expected true" },
      replacement: null,
    } as const;
    const revised = aCandidate("c1r", {}, { member: 1, revises: "c1" });
    const outcome = anOutcome({
      candidates: [revised, aCandidate("c1", { acceptance: "0 of 1 pass" }), aCandidate("c2", { builds: "It fails." })],
      winner: "c1r",
      best: "c1r",
      critiques: [
        critique("c1", { reviewer: 2, findings: [onLine, onTest], dropped: 2 }),
        critique("c2", { findings: [onTest], dropped: 1 }),
      ],
      abstained: [
        { member: 3, model: "qwen2.5-coder", step: "critique", reason: "It is down." },
        {
          member: 2,
          model: "qwen2.5-coder",
          step: "revision",
          reason: "It changed nothing after seeing the evidence.",
        },
      ],
    });

    test("shows what was revised and what peers found", () => {
      expect(candidateTable(outcome)).toMatchSnapshot();
      const check = councilCheck(aCouncil({ outcome }), outcome, null, []);
      expect(check.title).toBe("Round 1: c1r won of 3 candidates");
      expect(check.summary).toContain("- Member 3 gave no critique: It is down.");
      expect(check.summary).toContain("- Member 2 left its candidate as it was: It changed nothing");
      expect(check.text).toMatchSnapshot();
    });

    test.each([
      [[critique("c1", {})], "Peers looked at each other's candidates and found nothing that counts."],
      [
        [critique("c1", { dropped: 1 })],
        "nothing that counts. 1 remark was left out: without evidence, or said twice.",
      ],
      [[critique("c1", { findings: [onLine] })], "Peers found, with evidence: 1 point on **c1**."],
    ])("is summed up in a line", (critiques, line) => {
      expect(candidateTable(anOutcome({ critiques }))).toContain(line);
    });

    test("stands in the review where it is about a line of the published candidate, and nowhere else", () => {
      const ofWinner = anOutcome({ critiques: [critique("c2", { findings: [mended, onTest] }), ...outcome.critiques] });
      expect(councilReview(aCouncil(), ofWinner)).toMatchSnapshot();
      const failing = anOutcome({
        candidates: [aCandidate("c2", { lint: "2 findings" })],
        critiques: [critique("c2", { findings: Array.from({ length: 5 }, () => onLine) })],
      });
      expect(councilReview(aCouncil(), failing)?.findings).toHaveLength(5);
      expect(councilReview(aCouncil(), failing)?.text).toBe(
        "Candidate c2 of round 1 fails one check; peers in the council found 5 points to look at.",
      );
      expect(councilReview(aCouncil(), outcome)).toBeNull();
    });
  });

  test.each([
    ["/worktree/src/coupon.ts:7:3 error no-var", { path: "src/coupon.ts", line: 7 }],
    ["src/coupon.ts(12,5): error TS2304", { path: "src/coupon.ts", line: 12 }],
    ["at apply (file:///w/src/coupon.ts:3:1)", { path: "src/coupon.ts", line: 3 }],
    ["other/coupon.ts:7", null],
    ["src/coupon.ts is bad", null],
  ])("a finding of %j stands on the line that it names in a changed file", (detail, place) => {
    const candidate = aCandidate("c2", { lint: "2 findings" });
    const checks = candidate.checks.map((check) => (check.status === "failed" ? { ...check, detail } : check));
    const review = councilReview(aCouncil(), anOutcome({ candidates: [{ ...candidate, checks }] }));
    expect(review?.findings.map((finding) => finding.place)).toEqual([place]);
  });
});

test("there is a label for every state, within GitHub's limits", () => {
  expect(labelSet).toHaveLength(4 + storyStates.length + taskStates.length);
  for (const label of labelSet) {
    expect(label.name.length).toBeLessThanOrEqual(50);
    expect(label.description.length).toBeLessThanOrEqual(100);
    expect(label.color).toMatch(/^[0-9a-f]{6}$/);
  }
});

test("a monstrous council stays within GitHub's limit, with its table", () => {
  const huge = "x".repeat(60_000);
  const candidates = Array.from({ length: 7 }, (_, at) =>
    aCandidate(`c${at + 1}`, { builds: huge.slice(0, 400) }, { diff: huge, summary: huge.slice(0, 1000) }),
  );
  const outcome = anOutcome({
    candidates,
    acceptance: Array.from({ length: 20 }, (_, at) => ({
      id: `a${at}`,
      criterion: 1,
      path: "p",
      content: huge,
      from: "council" as const,
      status: "kept" as const,
      reason: "r",
    })),
  });
  const check = councilCheck(aCouncil({ outcome }), outcome, null, []);
  expect(check.summary.length).toBeLessThanOrEqual(65_000);
  expect(check.text?.length).toBeLessThanOrEqual(65_000);
  expect(check.summary).toContain("| candidate |");
  expect(check.text).toContain("left out");
});
