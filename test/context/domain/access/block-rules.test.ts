import { describe, expect, it } from "vitest";
import { blockRules } from "../../../../src/context/domain/access/block-rules.ts";
import { blocksFor, contextRoles } from "../../../../src/context/domain/block-table.ts";
import { type ContextViewer, factQueries } from "../../../../src/context/domain/fact-queries.ts";
import { phases } from "../../../../src/context/domain/phase.ts";

const readers = contextRoles.flatMap((role) =>
  phases.map((phase): ContextViewer => {
    const at = { installation: 1, repository: 1, role, task: "1-1-p1-t1" } as const;
    const principal = { kind: "agent", role, number: 1 } as const;
    return { ...at, principal, roles: { known: true, roles: [role] }, context: { story: "1-1", phase } };
  }),
);

describe("the rules that keep something out of a context", () => {
  it("say of every block whether it is given, and of each that is how far its rows and columns go", () => {
    for (const who of readers) {
      const rules = blockRules(who);
      const given = blocksFor(who.role, who.context.phase).map(({ name }) => name);
      const notGiven = rules.filter(({ rule }) => rule === "block").map(({ block }) => block);
      expect(given.filter((name) => notGiven.includes(name))).toEqual([]);
      // What is asked of the graph is what the blocks are made of.
      const madeOf = new Set(rules.flatMap(({ entity, block }) => (given.includes(block) ? (entity ?? []) : [])));
      for (const { entity } of factQueries(who).values()) expect([...madeOf]).toContain(entity);
    }
  });

  it("name the fields that would be shown and are not seen", () => {
    const columns = readers.flatMap((who) =>
      blockRules(who)
        .filter(({ rule }) => rule === "column")
        .map(({ block, text }) => `${who.role} ${who.context.phase} ${block}: ${text}`),
    );
    expect(columns).toMatchSnapshot();
  });
});
