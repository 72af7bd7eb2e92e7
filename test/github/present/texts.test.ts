import { describe, expect, test } from "vitest";
import { candidateTable } from "../../../src/github/present/candidate-table.ts";
import { councilCheck } from "../../../src/github/present/council-check.ts";
import { councilReview } from "../../../src/github/present/council-review.ts";
import { gateCheck } from "../../../src/github/present/gate-check.ts";
import { labelSet } from "../../../src/github/present/label-set.ts";
import { helpText, refusalText, unknownCommandText, whyText } from "../../../src/github/present/replies.ts";
import { storyStatusReply, taskStatusReply } from "../../../src/github/present/status-reply.ts";
import { type StoryView, storyStatus } from "../../../src/github/present/story-status.ts";
import {
  commitMessage,
  pullRequestStatus,
  pullRequestText,
  subIssueText,
} from "../../../src/github/present/task-texts.ts";
import { storyStates, taskStates } from "../../../src/kernel/states.ts";
import { scoreReadiness } from "../../../src/planning/domain/readiness.ts";
import type { Story } from "../../../src/planning/domain/story.ts";
import { aCandidate, aCouncil, anOutcome, aPlan, aStory, aTask } from "../support/samples.ts";

const olga = { kind: "human", id: 11, login: "olga" } as const;

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
    expect(pullRequestStatus(held, aCouncil({ round: 2 }), null, null)).toMatchSnapshot();
    const drafting = aCouncil({ status: "drafting", outcome: null, note: "2 of 3 members have drafted" });
    expect(
      pullRequestStatus(aTask({ state: "implementing" }), drafting, "GitHub does not merge it: conflicts", null),
    ).toMatchSnapshot();
  });

  test("commit message", () => {
    expect(commitMessage(held, aCouncil(), aCandidate("c2"))).toMatchSnapshot();
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
    expect(taskStatusReply(aTask({ state }))).toMatchSnapshot();
  });
});

describe("check runs", () => {
  test("fleet/council, won and lost", () => {
    expect(councilCheck(aCouncil(), anOutcome(), null)).toMatchSnapshot();
    const lost = anOutcome({
      winner: null,
      candidates: [aCandidate("c1", { acceptance: "criterion 1 fails" })],
      best: "c1",
      acceptance: [],
      sandbox: null,
      abstained: [],
    });
    expect(councilCheck(aCouncil({ outcome: lost }), lost, "a local GitHub")).toMatchSnapshot();
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
  });
});

describe("replies", () => {
  const refusal = {
    reason: "role-missing",
    rule: "approve-scope needs the product owner; you are qa.",
    who: ["product-owner"],
    next: "Ask @boss.",
  } as const;

  test("a refusal has one shape", () => {
    expect(refusalText("/approve", "quinn", refusal)).toMatchSnapshot();
    expect(
      refusalText("label story/planned", "quinn", { ...refusal, reason: "not-in-this-state", who: [] }),
    ).toMatchSnapshot();
  });

  test("help lists what this person may do here, now", () => {
    const actions = [
      { action: "submit", summary: "Submit the story.", label: "story/po-review", refusal: null },
      { action: "reset", summary: "Begin again.", label: null, refusal },
    ];
    expect(
      helpText("olga", { known: true, roles: ["product-owner", "architect"] }, "story", "draft", actions),
    ).toMatchSnapshot();
    expect(helpText("guest", { known: true, roles: [] }, "task", "todo", [])).toMatchSnapshot();
    expect(helpText("guest", { known: false, why: "the team look-up failed" }, "task", "todo", [])).toMatchSnapshot();
  });

  test("why shows the last records and what is in the way", () => {
    const record = {
      from: "draft",
      to: "po-review",
      action: "submit",
      principal: olga,
      role: "product-owner",
      reason: null,
      at: "2026-01-01T10:00:00.000Z",
    };
    expect(whyText("draft", [], [])).toMatchSnapshot();
    expect(
      whyText(
        "po-review",
        [record, { ...record, action: "reject-scope", reason: "no @value" }],
        ["points are missing"],
      ),
    ).toMatchSnapshot();
    expect(
      whyText(
        "po-review",
        Array.from({ length: 20 }, () => record),
        [],
      ),
    ).toContain("12 earlier");
  });

  test("status and unknown commands", () => {
    expect(
      storyStatusReply(aStory({ state: "in-progress" }), [
        aTask({ issueNumber: 4, pullRequest: 5 }),
        aTask({ number: 2 }),
      ]),
    ).toMatchSnapshot();
    expect(unknownCommandText("aprove", "approve")).toMatchSnapshot();
  });
});

test("there is a label for every state, within GitHub's limits", () => {
  expect(labelSet).toHaveLength(3 + storyStates.length + taskStates.length);
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
      status: "kept" as const,
      reason: "r",
    })),
  });
  const check = councilCheck(aCouncil({ outcome }), outcome, null);
  expect(check.summary.length).toBeLessThanOrEqual(65_000);
  expect(check.text?.length).toBeLessThanOrEqual(65_000);
  expect(check.summary).toContain("| candidate |");
  expect(check.text).toContain("left out");
});
