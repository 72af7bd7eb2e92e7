import { expect, test } from "vitest";
import { blocksFor, contextRoles } from "../../src/context/domain/block-table.ts";
import { phases } from "../../src/context/domain/phase.ts";
import { deliberationKinds } from "../../src/deliberation/domain/deliberation.ts";
import { taskStates, taskTypes } from "../../src/kernel/states.ts";
import { councilReaders, phaseNow, phaseOf } from "../../src/wiring/council-readers.ts";

const needsTask = ["implementation", "advice"] as const;

test("every phase of DOMAIN.md is one that councils are in, and each council is in one for every type of task", () => {
  const rows = deliberationKinds.flatMap((kind) => {
    const types = needsTask.some((each) => each === kind) ? taskTypes : [null];
    const { roles } = councilReaders[kind];
    return types.map((type) => {
      const phase = phaseOf(kind, type === null ? null : { type });
      return { row: `${kind}${type === null ? "" : ` on ${type}`}: ${[roles].flat().join(", ")} in ${phase}`, phase };
    });
  });
  expect(rows.map(({ row }) => row)).toEqual([
    "plan: architect in design",
    "implementation on code: the task's own in build",
    "implementation on test: the task's own in build",
    "implementation on docs: the task's own in build",
    "implementation on devops: the task's own in build",
    "implementation on data: the task's own in build",
    "review: architect, qa, devops in design",
    "advice on code: architect, qa in test",
    "advice on test: architect, qa in test",
    "advice on docs: architect, qa in doc",
    "advice on devops: architect, qa in test",
    "advice on data: architect, qa in test",
  ]);
  expect(phases.filter((phase) => !rows.some((row) => row.phase === phase))).toEqual([]);
});

test("nobody is in a phase that has nothing but the case for him", () => {
  for (const role of contextRoles)
    for (const type of taskTypes)
      for (const state of taskStates)
        expect(blocksFor(role, phaseNow(role, { type, state })).length, `${role} ${type} ${state}`).toBeGreaterThan(1);
});

test("an agent that would advise on what waits at a gate is told so, and every other one builds", () => {
  const at = { type: "docs", state: "pending-qa" } as const;
  expect(contextRoles.map((role) => phaseNow(role, at))).toEqual(["doc", "build", "build", "build", "doc"]);
  expect(phaseNow("qa", { ...at, type: "code" })).toBe("test");
  expect(phaseNow("qa", { ...at, state: "implementing" })).toBe("build");
  expect(phaseNow("qa", null)).toBe("design");
});
