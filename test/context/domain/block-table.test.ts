import { describe, expect, it } from "vitest";
import { blocksFor, contextRoles } from "../../../src/context/domain/block-table.ts";
import { phases } from "../../../src/context/domain/phase.ts";

describe("the blocks of a context", () => {
  it("are DOMAIN.md's table (failing checks also where they are answered, in build), for every role and phase", () => {
    const rows = phases.flatMap((phase) =>
      contextRoles.map(
        (role) =>
          `${phase} ${role}: ${blocksFor(role, phase)
            .map(({ name, detail }) => (detail === "all" ? name : `${name}(${detail})`))
            .join(" ")}`,
      ),
    );
    expect(rows).toEqual([
      "design architect: case decisions(global) decision-dependencies milestones summary",
      "design developer: case decisions(relevant) decision-dependencies summary",
      "design data: case decisions(relevant) decision-dependencies summary",
      "design devops: case decisions(relevant) decision-dependencies summary",
      "design qa: case decisions(global) tasks milestones summary",
      "build architect: case decisions(global) decision-dependencies tasks milestones",
      "build developer: case feedback failing-checks task code tests decisions(relevant) decision-dependencies",
      "build data: case feedback failing-checks task code tests decisions(relevant) decision-dependencies",
      "build devops: case feedback failing-checks task code tests decisions(relevant) decision-dependencies",
      "build qa: case decisions(titles) tasks(titles) milestones",
      "test architect: case decisions(titles) tasks(titles)",
      "test developer: case failing-checks task(short)",
      "test data: case failing-checks task(short)",
      "test devops: case failing-checks task(short)",
      "test qa: case code decisions(global) tasks milestones",
      "doc architect: case decisions(global) summary",
      "doc developer: case",
      "doc data: case",
      "doc devops: case",
      "doc qa: case tasks(titles) milestones",
    ]);
  });
});
