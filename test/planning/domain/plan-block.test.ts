import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { humanRoles } from "../../../src/kernel/roles.ts";
import { taskTypes } from "../../../src/kernel/states.ts";
import { planHash } from "../../../src/planning/domain/plan.ts";
import { readPlanBlock, renderPlanBlock } from "../../../src/planning/domain/plan-block.ts";
import type { Plan } from "../../../src/planning/domain/story.ts";
import { aPlan, planTasks } from "../a-story.ts";

const fenced = (block: string) => `### Plan 1\n\nEdit it:\n\n\`\`\`markdown\n${block}\n\`\`\`\n\nUntil it is approved.`;
const read = (text: string, plan: Plan = aPlan(), criteria = 2) => readPlanBlock(text, plan, criteria);

describe("the block of a plan", () => {
  it("shows number, title, role, hours, dependencies, covered criteria and description", () => {
    const [first, second] = planTasks;
    if (first === undefined || second === undefined) throw new Error("there are two");
    const block = renderPlanBlock([
      { ...second, type: "docs" },
      { ...first, role: "qa", description: "Round.\n\nTo cents." },
    ]);
    expect(block).toBe(
      [
        "- [ ] 1. Sum the items (qa, code, 2h, covers 1 2)",
        "      Round.",
        "      To cents.",
        "- [ ] 2. Show the sum (developer, docs, 1h, after 1, covers 2)",
      ].join("\n"),
    );
  });

  it("gives the plan of the same hash while nobody edits it, whatever the texts hold", () => {
    const text = fc.oneof(
      fc.string({ minLength: 3, maxLength: 60 }),
      fc.string({ minLength: 3, maxLength: 60, unit: "grapheme" }),
      fc.constantFrom(
        "- [ ] one more",
        "Given a, when b, then c",
        "## Heading",
        "```\ncode\n```",
        "<!-- hidden",
        "2. two",
        "(qa, 3h)",
      ),
    );
    const tasks = fc.uniqueArray(fc.integer({ min: 1, max: 8 }), { minLength: 1, maxLength: 8 }).chain((numbers) =>
      fc.tuple(
        ...numbers.map((number) =>
          fc.record({
            number: fc.constant(number),
            title: text.filter((title) => /[a-z]{3}/i.test(title)),
            description: fc.array(text, { maxLength: 4 }).map((lines) => lines.join("\n")),
            type: fc.constantFrom(...taskTypes),
            role: fc.constantFrom(...humanRoles),
            estimateHours: fc.constantFrom(0.5, 1, 2, 1 / 3, 40),
            dependsOn: fc.uniqueArray(fc.constantFrom(...numbers), { maxLength: 3 }),
            covers: fc.uniqueArray(fc.integer({ min: 1, max: 3 }), { maxLength: 3 }),
          }),
        ),
      ),
    );
    fc.assert(
      fc.property(tasks, (given) => {
        const plan = aPlan({ tasks: given, hash: planHash(given) });
        const again = read(fenced(renderPlanBlock(given)), plan, 3);
        expect(again === null ? null : planHash(again.tasks)).toBe(plan.hash);
      }),
    );
  });

  it("keeps of an edited task what was not touched", () => {
    const plan = aPlan({ tasks: planTasks.map((task) => ({ ...task, title: `**${task.title}**` })) });
    const block = renderPlanBlock(plan.tasks).replace("2h", "5h").replace(", after 1", "");
    expect(read(fenced(block), plan)?.tasks).toMatchObject([
      { title: "**Sum the items**", estimateHours: 5 },
      { title: "**Show the sum**", dependsOn: [] },
    ]);
  });

  it("takes tasks that are added, removed and renumbered", () => {
    const [first] = planTasks;
    const block = `- [ ] Write it down (docs, 1h)\n- [ ] 1. Sum all items (developer, 2h, covers 1 2)`;
    expect(read(fenced(block))?.tasks).toMatchObject([
      { number: 2, title: "Write it down", type: "docs", covers: [] },
      { ...first, title: "Sum all items" },
    ]);
  });

  it("may lose its fence, but not all its tasks", () => {
    expect(read(renderPlanBlock(planTasks))?.tasks).toEqual(planTasks);
    expect(read(fenced("nothing"))).toBeNull();
    expect(read("")).toBeNull();
  });
});
