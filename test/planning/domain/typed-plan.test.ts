import { describe, expect, it } from "vitest";
import { validatePlan } from "../../../src/planning/domain/plan.ts";
import { parseTypedPlan } from "../../../src/planning/domain/typed-plan.ts";

describe("a typed plan", () => {
  it("is a task list with details in parentheses", () => {
    const plan = parseTypedPlan(
      [
        "Here is the plan:",
        "",
        "- [ ] Sum the items (developer, 2h, covers 1 2)",
        "  Round to cents.",
        "- [x] Test **the sum** (qa, 30m, after 1, covers 2)",
        "* [ ] Ship it (devops, 1d, after 1 and 2, covers #1)",
      ].join("\n"),
      2,
    );
    expect(plan).toEqual({
      source: "typed",
      tasks: [
        {
          number: 1,
          title: "Sum the items",
          description: "Round to cents.",
          type: "code",
          role: "developer",
          estimateHours: 2,
          dependsOn: [],
          covers: [1, 2],
        },
        {
          number: 2,
          title: "Test the sum",
          description: "",
          type: "test",
          role: "qa",
          estimateHours: 0.5,
          dependsOn: [1],
          covers: [2],
        },
        {
          number: 3,
          title: "Ship it",
          description: "",
          type: "devops",
          role: "devops",
          estimateHours: 8,
          dependsOn: [1, 2],
          covers: [1],
        },
      ],
    });
  });

  it("covers every criterion with every task where none names one", () => {
    const plan = parseTypedPlan("- [ ] Do it\n- [ ] Do it again (docs)", 3);
    expect(plan?.tasks.map((task) => [task.title, task.type, task.covers])).toEqual([
      ["Do it", "code", [1, 2, 3]],
      ["Do it again", "docs", [1, 2, 3]],
    ]);
    expect(validatePlan(plan?.tasks ?? [], 3)).toEqual([]);
  });

  it("leaves parentheses that it does not understand in the title", () => {
    expect(parseTypedPlan("- [ ] Show the total (with tax)", 0)?.tasks[0]?.title).toBe("Show the total (with tax)");
  });

  it("is found under its heading, not among other lists", () => {
    const issue =
      "## Acceptance criteria\n\n- [ ] Given a, when b, then c is 1\n- [ ] The sum is shown\n\n## Tasks\n\n- [ ] Sum\n  - in cents\n- a remark\n\n## Checks\n\n- [ ] I have read the rules\n";
    const plan = parseTypedPlan(issue, 2);
    expect(plan?.tasks.map((task) => [task.title, task.description])).toEqual([["Sum", "in cents"]]);
  });

  it.each([
    "",
    "No list here.",
    "- a\n- b",
    "```\n- [ ] in code\n```",
    "- [ ] Given a cart, when b, then c is 1",
    "<!-- - [ ] hidden -->",
  ])("is not there in %j", (markdown) => {
    expect(parseTypedPlan(markdown, 1)).toBeNull();
  });

  it("reads nine tasks, which are then refused, and cuts what is too long", () => {
    const nine = parseTypedPlan("- [ ] Task\n".repeat(9), 0);
    expect(validatePlan(nine?.tasks ?? [], 0)).toContain("The plan has 9 tasks; it may have at most 8.");
    const long = parseTypedPlan(`- [ ] ${"x".repeat(500)}\n  ${"y".repeat(9000)}`, 0);
    expect(validatePlan(long?.tasks ?? [], 0)).toEqual([]);
  });
});
