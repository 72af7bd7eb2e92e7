import { describe, expect, it } from "vitest";
import { roles } from "../../../src/kernel/roles.ts";
import { type Amendment, decideAmendment } from "../../../src/workflow/domain/amend-task.ts";
import type { Task } from "../../../src/workflow/domain/task.ts";
import { aTask } from "../a-task.ts";

const olga = { kind: "human", id: 7, login: "olga" } as const;
const productOwner = { known: true, roles: ["product-owner"] } as const;

/** Three tasks: 2 after 1, 3 after 2. */
const plan: readonly Task[] = [1, 2, 3].map((number) =>
  aTask({ number, id: `100-42-p1-t${number}`, title: `Task ${number}`, dependsOn: number === 1 ? [] : [number - 1] }),
);

function amend(number: number, amendment: Amendment, answer: Parameters<typeof decideAmendment>[4] = productOwner) {
  const task = plan.find((one) => one.number === number);
  if (task === undefined) throw new Error("there are three");
  return decideAmendment(task, plan, amendment, olga, answer);
}

describe("amending a planned task", () => {
  it("is for the product owner, and for nobody while roles are unknown", () => {
    for (const role of roles) {
      const decision = amend(1, { title: "Something else" }, { known: true, roles: [role] });
      expect([role, decision.kind]).toEqual([role, role === "product-owner" ? "moved" : "refused"]);
    }
    const unknown = amend(1, { title: "Something else" }, { known: false, why: "teams are down" });
    expect(unknown).toMatchObject({ kind: "refused", refusal: { reason: "roles-unknown" } });
  });

  it("changes the title and the dependencies, and nothing else", () => {
    expect(amend(3, { title: "  A  new title ", dependsOn: [2, 1, 2] })).toEqual({
      kind: "moved",
      task: { ...plan[2], title: "A new title", dependsOn: [1, 2] },
    });
  });

  it("is nothing where nothing changes, whoever asks", () => {
    const nobody = { known: true, roles: [] } as const;
    expect(amend(2, { title: " Task 2 ", dependsOn: [1] }, nobody)).toEqual({ kind: "unchanged" });
    expect(amend(2, {}, nobody)).toEqual({ kind: "unchanged" });
  });

  it.each([
    [1, { title: "No" }, "3 to 120 characters"],
    [1, { title: "x".repeat(121) }, "this one has 121"],
    [1, { dependsOn: [7] }, "Task 7 is not in the plan."],
    [1, { dependsOn: [1] }, "task 1 after task 1"],
    [1, { dependsOn: [3] }, "task 1 after task 3, which comes after task 1"],
  ])("of task %i to %j is refused", (number, amendment, rule) => {
    const decision = amend(number, amendment);
    expect(decision).toMatchObject({ kind: "refused", refusal: { reason: "plan-invalid" } });
    expect(JSON.stringify(decision)).toContain(rule);
  });
});
