import { describe, expect, it } from "vitest";
import { blocksFor, contextRoles } from "../../../src/context/domain/block-table.ts";
import { phases } from "../../../src/context/domain/build-context.ts";

describe("the blocks of a context", () => {
  it("are DOMAIN.md's table, for every role and phase", () => {
    const rows = phases.flatMap((phase) =>
      contextRoles.map((role) => `${phase} ${role}: ${blocksFor(role, phase).join(" ")}`),
    );
    expect(rows).toEqual([
      "design architect: case decisions decision-dependencies milestones summary",
      "design developer: case decisions decision-dependencies summary",
      "design data: case decisions decision-dependencies summary",
      "design devops: case decisions decision-dependencies summary",
      "design qa: case decisions tasks milestones summary",
      "build architect: case decisions decision-dependencies tasks milestones",
      "build developer: case feedback task code tests decisions decision-dependencies",
      "build data: case feedback task code tests decisions decision-dependencies",
      "build devops: case feedback task code tests decisions decision-dependencies",
      "build qa: case decisions tasks milestones",
      "test architect: case decisions tasks",
      "test developer: case failing-checks task",
      "test data: case failing-checks task",
      "test devops: case failing-checks task",
      "test qa: case code decisions tasks milestones",
      "doc architect: case decisions summary",
      "doc developer: case",
      "doc data: case",
      "doc devops: case",
      "doc qa: case tasks milestones",
    ]);
  });
});
