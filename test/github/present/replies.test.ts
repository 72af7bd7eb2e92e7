import { describe, expect, test } from "vitest";
import type { Context } from "../../../src/context/domain/context.ts";
import { budgetScopes, budgetUnits } from "../../../src/deliberation/domain/council-budget.ts";
import { budgetText } from "../../../src/github/present/budget-reply.ts";
import { contextText } from "../../../src/github/present/context-reply.ts";
import {
  botText,
  failureText,
  helpText,
  hiddenCommandText,
  leftOutText,
  refusalText,
  unknownCommandText,
  unreadableText,
  type WhyView,
  whyText,
} from "../../../src/github/present/replies.ts";
import { resumedText } from "../../../src/github/present/session-reply.ts";
import { storyStatusReply, taskStatusReply } from "../../../src/github/present/status-reply.ts";
import { emptyContext } from "../../support/empty-context.ts";
import { aDecision, aStory, aTask } from "../support/samples.ts";

const olga = { kind: "human", id: 11, login: "olga" } as const;
const refusal = {
  reason: "role-missing",
  rule: "approve-scope needs the product owner; you are qa.",
  who: ["product-owner"],
  next: "Ask @boss.",
} as const;

test("a refusal has one shape", () => {
  expect(refusalText("/approve", "quinn", refusal)).toMatchSnapshot();
  const nobody = { ...refusal, reason: "not-in-this-state", who: [] } as const;
  expect(refusalText("label story/planned", "quinn", nobody)).toMatchSnapshot();
});

test("what is resumed says where things stand, with nothing that GitHub would act on", () => {
  const session = {
    text: "Story #12\n```\n@everyone, close #3\n```",
    dropped: [{ name: "timeline", why: "90 tokens do not fit into the 3 that are left" }],
  };
  expect(resumedText(session)).toMatchSnapshot();
  expect(resumedText(null)).toBe("Work goes on from here.");
});

describe("help lists what this person may do here, now", () => {
  const none = { ways: [], also: ["/status", "/why"] };

  test("with every way to ask for it", () => {
    const ways = [
      { summary: "Submit the story.", commands: ["/submit"], label: "story/po-review", other: null },
      { summary: "Give it up.", commands: ["/discard <why>"], label: null, other: "close the issue as not planned" },
    ];
    const also = ["/decide <text>", "/status"];
    const roles = { known: true, roles: ["product-owner", "architect"] } as const;
    expect(helpText({ login: "olga", roles, where: "story", state: "draft", ways, also })).toMatchSnapshot();
  });

  test("or that nothing waits, or that the roles could not be looked up", () => {
    const where = "task";
    const outsider = { login: "guest", roles: { known: true, roles: [] }, where, state: "todo", ...none } as const;
    expect(helpText(outsider)).toMatchSnapshot();
    const unknown = { ...outsider, roles: { known: false, why: "the team look-up failed" } } as const;
    expect(helpText(unknown).split("\n")[0]).toMatchSnapshot();
  });
});

describe("why", () => {
  const record = {
    from: "draft",
    to: "po-review",
    action: "submit",
    principal: olga,
    role: "product-owner",
    reason: null,
    at: "2026-01-01T10:00:00.000Z",
  };
  const view: WhyView = {
    state: "po-review",
    meaning: "It waits for the product owner to approve the text.",
    isTerminal: false,
    steps: [
      {
        action: "approve-scope",
        to: "ready-for-planning",
        by: ["product-owner"],
        guard: { ...refusal, reason: "not-ready" },
      },
      { action: "submit", to: "po-review", by: ["issue-author", "developer"], guard: null },
      { action: "release-task", to: "todo", by: ["holder", "system"], guard: null },
    ],
    notes: ["−30 points: write <criteria>"],
    decisions: [aDecision({ title: "Use @acme/dates", status: "proposed" })],
    tasks: [],
    history: [record, { ...record, action: "reject-scope", reason: "no @value" }],
  };

  test("explains the state, every way on, its guard and whom it waits for", () => {
    expect(whyText(view)).toMatchSnapshot();
  });

  test("shows the last records, and says where nothing leads on", () => {
    const history = Array.from({ length: 20 }, () => record);
    const end = whyText({ ...view, isTerminal: true, steps: [], notes: [], decisions: [], history });
    expect(end).toContain("12 earlier");
    expect(end).toContain("Nothing leads on from here.");
    expect(whyText({ ...view, history: [] })).toContain("It has not moved yet.");
  });
});

test("status is the status comment in a few lines", () => {
  const tasks = [aTask({ issueNumber: 4, pullRequest: 5 }), aTask({ number: 2 })];
  const readiness = { score: 60, threshold: 80 };
  expect(storyStatusReply(aStory({ state: "in-progress" }), tasks, readiness, "human")).toMatchSnapshot();
  expect(storyStatusReply(aStory({ state: "draft" }), [], readiness, "human")).toMatchSnapshot();
  expect(taskStatusReply(aTask({ state: "pending-qa" }), "human")).toMatchSnapshot();
  expect(taskStatusReply(aTask({ state: "pending-qa" }), "checks")).toMatchSnapshot();
});

test("budget adds up what is known, says what is not, and shows the limits", () => {
  const limits = { tokens: 400_000, minutes: 30, rounds: 3, members: 3, accounts: [] };
  const row = { what: "plan", round: 1, status: "completed", running: false, tokens: { in: 1200, out: 300 }, ms: 4200 };
  const stopped = { ...row, what: "task 1", status: "cancelled", tokens: null, ms: null };
  const running = { ...stopped, status: "drafting", running: true };
  expect(
    budgetText("story", [row, stopped, running], {
      ...limits,
      accounts: [
        { scope: "story", unit: "tokens", used: 1_500, held: 400_000, of: 2_000_000, ms: 4_200 },
        { scope: "day", unit: "tokens", used: 1_500, held: 400_000, of: 9_000_000, ms: 754_200 },
      ],
    }),
  ).toMatchSnapshot();
  expect(budgetText("task", [], limits)).toMatchSnapshot();
  const gone = budgetUnits.flatMap((unit) =>
    budgetScopes.map((scope) => ({ scope, unit, used: 11, held: 0, of: 10, ms: 61_000 })),
  );
  expect(budgetText("task", [], { ...limits, accounts: gone })).toMatchSnapshot();
  expect(
    budgetText(
      "story",
      Array.from({ length: 500 }, () => row),
      limits,
    ),
  ).toContain("470 earlier ones");
});

describe("context", () => {
  const piece = { node: "7-3", path: null, symbol: null, kind: "case", lines: [], commit: null, score: 0 } as const;
  const built: Context = {
    ...emptyContext,
    role: "qa",
    commit: "c".repeat(40),
    blocks: [
      {
        name: "case",
        text: "Story #3",
        tokens: 4,
        pieces: [{ ...piece, form: "text", distance: null, why: ["what was asked for"], tokens: 4 }],
      },
    ],
    text: "Story #3\n```\n@org/all </details>\n```",
    tokens: 4,
    leftOut: [
      { block: "code", node: "src/a.js#@org/all", why: "does not fit: takes 900 tokens" },
      { block: "summary", node: null, why: "there is none yet" },
    ],
    redacted: [{ rule: "github-token", count: 1 }],
  };

  test("shows blocks, sizes, sources, what was left out, and the text", () => {
    expect(contextText(built)).toMatchSnapshot();
  });

  test("never outgrows a comment", () => {
    const long = contextText({ ...built, text: "a @b `c` ".repeat(20_000) });
    expect(long.length).toBeLessThan(65_000);
    expect(long).toContain("characters left out");
  });
});

test("short answers", () => {
  expect([
    unknownCommandText("aprove", "approve"),
    hiddenCommandText("approve"),
    unreadableText,
    leftOutText(10, 1),
    leftOutText(10, 4990),
    botText("robot[bot]"),
    failureText("Your review", "abc123"),
  ]).toMatchSnapshot();
});
