import { describe, expect, it } from "vitest";
import { readinessPoints, scoreReadiness } from "../../../src/planning/domain/readiness.ts";
import { readyBody } from "../a-story.ts";

type Given = { title?: string; body?: string; labels?: readonly string[]; openBlockers?: number };

function score(given: Given) {
  return scoreReadiness({
    title: "Show the total of the cart",
    body: readyBody,
    labels: [],
    openBlockers: 0,
    ...given,
  });
}

function lost(given: Given): Record<string, number> {
  const findings = score(given).findings.filter((finding) => finding.lost > 0);
  return Object.fromEntries(findings.map((finding) => [finding.code, finding.lost]));
}

function criteria(body: string): readonly string[] {
  return score({ body }).criteria.map((criterion) => criterion.text);
}

describe("the Definition of Ready", () => {
  it("has eight findings that make 100", () => {
    expect(score({}).findings.map((finding) => [finding.code, finding.points])).toEqual(
      Object.entries(readinessPoints),
    );
    expect(Object.values(readinessPoints).reduce((sum, points) => sum + points, 0)).toBe(100);
  });

  it("gives 100 to a filled-in issue form", () => {
    expect(score({})).toMatchObject({
      score: 100,
      band: "ready",
      criteria: [
        { number: 1, text: "Given an empty cart, when I open it, then the total is 0" },
        { number: 2, text: "Given two items of 3 €, when I open the cart, then the total is 6 €" },
      ],
    });
  });

  it.each([
    ["no text", ""],
    ["white space", " \n\n\t \r\n"],
    ["headings only", "### As a\n\n### I want\n\n### Acceptance criteria\n"],
    ["an issue form that nobody filled in", "### As a\n\n_No response_\n\n### Acceptance criteria\n\n_No response_\n"],
    ["the template's comments only", "<!-- Given a, when b, then c. As a user I want x so that y. src/a.ts -->"],
    ["a comment that never ends", "<!-- Given a cart, when I pay, then it is shown"],
    ["punctuation", "- \n- ...\n***\n"],
  ])("scores 0 for %s", (_name, body) => {
    const readiness = score({ body, labels: ["area/cart"] });
    expect(readiness).toMatchObject({ score: 0, band: "not-ready", criteria: [] });
    expect(readiness.findings.every((finding) => finding.lost === finding.points)).toBe(true);
  });

  const value = "As a shopper I want it so that I know";
  const unclear = `${readyBody}\n\nmaybe`;
  it.each([
    [45, "not-ready", { body: value, title: "Total" }],
    [50, "partly-ready", { body: value }],
    [75, "partly-ready", { body: unclear, openBlockers: 1, title: "Total" }],
    [80, "ready", { body: unclear, openBlockers: 1 }],
  ] as const)("puts %i into the band %s", (points, band, given) => {
    expect(score(given)).toMatchObject({ score: points, band });
  });

  it("names for each finding what to write instead", () => {
    const body =
      "Acceptance criteria:\n- It works\n- Given a cart, when I pay, then maybe it is ok\n\nSeveral things, TBD.";
    const readiness = score({ body, title: "Story", openBlockers: 1 });
    expect(readiness.findings.map(({ code, lost: points, text }) => `${code} -${points}: ${text}`)).toMatchSnapshot();
  });
});

describe("criteria", () => {
  it.each([
    ["a list", "- Given a cart, when I pay, then a receipt is shown"],
    ["a numbered list", "1. Given a cart, when I pay, then a receipt is shown"],
    ["a task list", "- [ ] Given a cart, when I pay, then a receipt is shown"],
    ["bold keywords", "* **Given** a cart, **when** I pay, **then** a receipt is shown"],
    ["bold keywords with a colon", "- **Given:** a cart\n  **When:** I pay\n  **Then:** a receipt is shown"],
    ["capitals", "GIVEN a cart WHEN I pay THEN a receipt is shown"],
    ["a paragraph", "Given a cart, when I pay, then a receipt is shown."],
    ["a paragraph over several lines", "Given a cart\nwhen I pay\nthen a receipt is shown"],
    ["separate paragraphs", "Given a cart\n\nWhen I pay\n\nThen a receipt is shown"],
    ["separate list items", "- Given a cart\n- When I pay\n- Then a receipt is shown"],
    ["nested list items", "- AC1: pay\n  - Given a cart\n  - When I pay\n  - Then a receipt is shown"],
    ["a label", "AC-1: Given a cart, when I pay, then a receipt is shown"],
    ["a numbered label", "- 1.2) Given a cart, when I pay, then a receipt is shown"],
    [
      "a Gherkin block",
      "```gherkin\nFeature: pay\n  Scenario: happy\n    Given a cart\n    When I pay\n    Then a receipt is shown\n```",
    ],
    ["a block without a language", "~~~\nGiven a cart\nWhen I pay\nThen a receipt is shown\n~~~"],
    [
      "a block without a scenario",
      "```gherkin\nGiven a cart\nWhen I pay\nThen a receipt is shown\nAnd a mail is sent\n```",
    ],
    ["a table", "| # | Given | When | Then |\n|---|---|---|---|\n| 1 | a cart | I pay | a receipt is shown |"],
    ["a quote", "> Given a cart, when I pay, then a receipt is shown"],
    [
      "Windows line ends",
      "## Acceptance criteria\r\n\r\n- Given a cart\r\n- When I pay\r\n- Then a receipt is shown\r\n",
    ],
    [
      "a scenario's heading",
      "## Acceptance criteria\n\n### Scenario: pay\n\nGiven a cart\nWhen I pay\nThen a receipt is shown",
    ],
  ])("finds one in %s", (_name, body) => {
    const readiness = score({ body });
    expect(readiness.criteria).toHaveLength(1);
    expect(readiness.findings.find((finding) => finding.code === "criteria")?.lost).toBe(0);
    expect(readiness.findings.find((finding) => finding.code === "observable")?.lost).toBe(0);
    expect(readiness.criteria[0]?.text).toContain("receipt is shown");
  });

  it("tells several apart", () => {
    expect(criteria("- Given a\n- When b\n- Then c is 1\n- Given d\n- When e\n- Then f is 2\n- And g is 3")).toEqual([
      "Given a When b Then c is 1",
      "Given d When e Then f is 2 And g is 3",
    ]);
    expect(criteria("Given a when b then c is 1\nGiven d when e then f is 2")).toHaveLength(2);
    const block =
      "```feature\nScenario: one\nGiven a\nWhen b\nThen c is 1\n\nScenario: two\nGiven d\nWhen e\nThen f is 2\n```";
    expect(criteria(block)).toEqual([
      "Scenario: one Given a When b Then c is 1",
      "Scenario: two Given d When e Then f is 2",
    ]);
    expect(criteria("```gherkin\nGiven a\nWhen b\nThen c is 1\nGiven d\nWhen e\nThen f is 2\n```")).toHaveLength(2);
    const table = "| Given | When | Then |\n|--|--|--|\n| a | b | c is 1 |\n| d | e | f is 2 |";
    expect(criteria(table)).toEqual(["Given a When b Then c is 1", "Given d When e Then f is 2"]);
  });

  it("takes what is listed under the heading, in whatever form, and loses its share", () => {
    const body =
      "## Acceptance Criteria\n\nThe following holds:\n\n- The list shows `3` items\n- Given a, when b, then c is 1\n\n## Notes\n\n- Not a criterion";
    expect(criteria(body)).toEqual(["The list shows `3` items", "Given a, when b, then c is 1"]);
    expect(lost({ body })["criteria"]).toBe(15);
    expect(lost({ body })["observable"]).toBeUndefined();
  });

  it("takes paragraphs under the heading where nothing is listed", () => {
    expect(criteria("**Acceptance criteria**\n\nThe total is shown.\n\nThe tax is shown.")).toHaveLength(2);
    expect(criteria("Acceptance criteria\n===\n\nThe total is shown.")).toHaveLength(1);
    expect(criteria("### Acceptance criteria\n\n#### Payment\n\n- The total is shown")).toHaveLength(1);
  });

  it("finds none in prose, code and other lists", () => {
    expect(criteria("This was given to us when we asked, and then it broke.")).toEqual([]);
    expect(criteria("```ts\nconst given = 1;\n```\n\n- one\n- two")).toEqual([]);
    expect(criteria("When I pay I then wait.")).toEqual([]);
    expect(criteria("Given the circumstances")).toEqual(["Given the circumstances"]);
  });

  it.each([
    "it works",
    "everything is fine",
    "it should work as expected",
    "the system behaves correctly",
    "it is better and faster",
    "it is handled properly",
  ])("sees no outcome in “then %s”", (outcome) => {
    expect(lost({ body: `${readyBody}\n\nGiven a cart, when I pay, then ${outcome}` })["observable"]).toBe(5);
  });

  it("sees no outcome in an unformed criterion that tells none", () => {
    expect(lost({ body: "## Acceptance criteria\n- Good performance\n- Fast pages" })["observable"]).toBe(15);
  });
});

describe("the value statement", () => {
  it.each([
    "As a shopper, I want to see the total so that I know it.",
    "As an admin I need the log, so that I can audit.",
    "**As a** shopper\n**I want** the total\n**so that** I know it",
    "- As a shopper\n- I want the total\n- so that I know it",
    "## Value\n\nAs a shopper\n\nI'd like the total\n\nso that I know it",
    "### As a\n\nshopper\n\n### I want\n\nthe total\n\n### So that\n\n- I know it",
    "Why. As a shopper I would like the total so that I know it.",
  ])("is complete in %j", (body) => {
    expect(lost({ body })["value"]).toBeUndefined();
  });

  it.each([
    ["I want the total so that I know it", "“As a …”"],
    ["As a shopper I want the total", "“so that …”"],
    ["### As a\n\nshopper\n\n### I want\n\nx\n\n### So that\n\n_No response_", "“so that …”"],
    ["The total is used as a base", "“As a …”, “I want …”, “so that …”"],
  ])("lacks a part in %j", (body, missing) => {
    const finding = score({ body }).findings.find(({ code }) => code === "value");
    expect(finding?.lost).toBe(15);
    expect(finding?.text).toContain(`missing: ${missing}`);
  });
});

describe("the other findings", () => {
  it("loses independence to an open blocker", () => {
    expect(lost({ openBlockers: 1 })).toEqual({ independent: 10 });
  });

  it("stays small up to 8 criteria and 4,000 characters", () => {
    const criterion = "- Given a, when b, then c is 1\n";
    const head = "As a shopper I want x so that y, in src/a.ts.\n\n";
    expect(lost({ body: head + criterion.repeat(8) })).toEqual({});
    expect(lost({ body: head + criterion.repeat(9) })).toEqual({ small: 10 });
    const pad = (length: number) => readyBody + "€".repeat(length - [...readyBody].length);
    expect(lost({ body: pad(4000) })).toEqual({});
    expect(lost({ body: pad(4001) })).toEqual({ small: 10 });
  });

  it.each(["TBD", "maybe", "several items", "and so on", "apples, pears, etc.", "???", "User-friendly"])(
    "finds %j ambiguous",
    (words) => {
      expect(lost({ body: `${readyBody}\n\nThere is ${words}` })).toEqual({ unambiguous: 10 });
    },
  );

  it.each(["a `TODO` marker", "```\nTODO: maybe\n```", "the fetcher", "what?"])("finds %j clear", (words) => {
    expect(lost({ body: `${readyBody}\n\n${words}` })).toEqual({});
  });

  it.each([
    ["Fix it", 5],
    ["x".repeat(101), 5],
    ["Feature request", 5],
    ["[Story]: new feature", 5],
    ["Checkoutpage", 5],
    ["Show the total", undefined],
    [`Show ${"x".repeat(95)}`, undefined],
    ["カートの合計金額を表示する", undefined],
    ["Zeige die Summe im Überblick", undefined],
  ])("judges the title %j", (title, points) => {
    expect(lost({ title })["title"]).toBe(points);
  });

  it.each([
    ["a path", "It is in src/cart/total.ts", [], undefined],
    ["a folder", "It is in packages/cart/", [], undefined],
    ["a file", "See `total.py`.", [], undefined],
    ["a name in code", "Change `computeTotal()`", [], undefined],
    ["a section", "### Component\n\nThe cart", [], undefined],
    ["a line", "Component: cart", [], undefined],
    ["a label", "It is somewhere", ["area/cart"], undefined],
    ["a label with a colon", "It is somewhere", ["bug", "component: cart"], undefined],
    ["a table's cell", "| a | b |\n|--|--|\n| 1 | src/a.ts |", [], undefined],
    ["an address only", "See https://example.com/src/a.ts", [], 5],
    ["an empty section", "### Component\n\nNothing\n\n", [], undefined],
    ["and/or", "this and/or that", [], 5],
    ["another label", "It is somewhere", ["fleet:story"], 5],
    ["a code block", "```\nsrc/a.ts\n```\nsome text", [], 5],
  ])("judges the area in %s", (_name, body, labels, points) => {
    expect(lost({ body, labels })["area"]).toBe(points);
  });
});

describe("hostile text", () => {
  const size = 65_536;
  it.each([
    ["10,000 nested lists", "- ".repeat(10_000)],
    ["nested lists by indentation", Array.from({ length: 360 }, (_, depth) => `${" ".repeat(depth)}- x`).join("\n")],
    ["nested quotes", ">".repeat(size)],
    ["brackets", "[".repeat(size)],
    ["links", "[a](".repeat(size / 4)],
    ["emphasis", "*a **b ".repeat(size / 7)],
    ["underscores", `${"_".repeat(size)}a`],
    ["comments", "<!-- ".repeat(size / 5)],
    ["tags", "<a ".repeat(size / 3)],
    ["backticks", "`".repeat(size)],
    ["blanks", `# ${" ".repeat(size)}x`],
    ["dots", "a.".repeat(size / 2)],
    ["an address without an end", `${"a.".repeat(size / 3)}://`],
    ["given", "Given a\n".repeat(size / 8)],
    ["as a", "as a ".repeat(size / 5)],
    ["cells", "|a".repeat(size / 2)],
    ["rows", "|a|b|\n".repeat(size / 6)],
    ["fences", "```a\n".repeat(size / 5)],
    ["items", "- x\n".repeat(size / 4)],
    ["a megabyte", "Given a, when b, then c is 1\n".repeat(40_000)],
    ["lone surrogates and controls", "\ud800Given\u0000 a\u202e when b then c \udfff".repeat(1000)],
  ])("is read: %s", (_name, body) => {
    const readiness = score({ body, title: body.slice(0, 5000) });
    expect(readiness.score).toBeLessThan(100);
  });
});
