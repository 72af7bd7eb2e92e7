import { describe, expect, it } from "vitest";
import { columnsOf, confidentialFields } from "../../../../src/context/domain/access/columns.ts";
import { decideAccess } from "../../../../src/context/domain/access/decide-access.ts";
import { entities } from "../../../../src/context/domain/access/entities.ts";
import type { EntityQuery, Viewer } from "../../../../src/context/domain/access/entity-query.ts";
import { fields, storedField } from "../../../../src/context/domain/access/fields.ts";
import { ownType, rowRuleOf, testingOrLater } from "../../../../src/context/domain/access/rows.ts";
import { columnsSeenBy, rowsSeenBy } from "../../../../src/context/domain/access/seen-by.ts";
import { whyNot } from "../../../../src/context/domain/access/why-not.ts";
import { blocksFor, contextRoles } from "../../../../src/context/domain/block-table.ts";
import { type ContextViewer, factQueries } from "../../../../src/context/domain/fact-queries.ts";
import { phases } from "../../../../src/context/domain/phase.ts";
import { compileQuery } from "../../../../src/context/infrastructure/access/compile-query.ts";
import type { Principal } from "../../../../src/kernel/principal.ts";
import { type Role, roles } from "../../../../src/kernel/roles.ts";

const principals = {
  person: { kind: "human", id: 1, login: "p" },
  agent: { kind: "agent", role: "developer", number: 1 },
  fleet: { kind: "system" },
} as const satisfies Readonly<Record<string, Principal>>;

function viewer(role: Role, kind: keyof typeof principals = role === "system" ? "fleet" : "person"): Viewer {
  const principal = kind === "agent" ? { ...principals.agent, role } : principals[kind];
  const task = kind === "agent" ? ("1-1-p1-t1" as const) : null;
  return { installation: 1, repository: 1, principal, role, roles: { known: true, roles: [role] }, task };
}

const answer = (query: EntityQuery, who: Viewer) => {
  const access = decideAccess(query, who);
  return access.kind === "denied" ? access.refusal.reason : access.kind;
};

describe("the tables of access (DOMAIN.md §4)", () => {
  it("decide every field of every entity for every role, and for an agent of it", () => {
    const decided: string[] = [];
    for (const role of roles) {
      for (const kind of role === "system" ? (["fleet"] as const) : (["person", "agent"] as const)) {
        for (const entity of entities) {
          const seen = Object.keys(fields[entity]).filter(
            (field) => answer({ entity, fields: [field], limit: 1 }, viewer(role, kind)) === "allowed",
          );
          const isAgent = kind === "agent";
          const mayAgent = !isAgent || role !== "product-owner";
          const rows = rowRuleOf(role, entity, isAgent);
          expect(seen.toSorted()).toEqual(
            rows === null || !mayAgent ? [] : columnsOf(role, entity, isAgent).toSorted(),
          );
          decided.push(`${role} ${kind} ${entity}: ${rows ?? "no rows"} (${seen.join(" ")})`);
        }
      }
    }
    expect(decided.join("\n")).toMatchSnapshot();
  });

  it("name only fields that are stored somewhere, each once, and the id among them", () => {
    for (const role of roles) {
      for (const entity of entities) {
        const names = columnsOf(role, entity, false);
        expect(names.filter((name) => storedField(entity, name) === undefined)).toEqual([]);
        expect(new Set(names).size).toBe(names.length);
        expect(names.length === 0 || names[0] === "id").toBe(true);
      }
    }
  });

  it("tell which tasks are a role's own, and in which states a story is in testing or later", () => {
    expect(ownType).toEqual({ qa: "test", devops: "devops", data: "data" });
    expect(testingOrLater).toEqual(["testing", "ready-to-review", "accepted", "done"]);
  });

  it("keep business notes, budgets and persons from developers, qa, devops and data", () => {
    for (const role of ["developer", "qa", "devops", "data"] as const)
      for (const entity of entities)
        expect(columnsOf(role, entity, false).filter((name) => confidentialFields.includes(name))).toEqual([]);
  });

  it("give every allowed query a pattern, and leave out of it what is not asked for", () => {
    for (const role of roles) {
      for (const kind of role === "system" ? (["fleet"] as const) : (["person", "agent"] as const)) {
        for (const entity of entities) {
          const seen = columnsOf(role, entity, kind === "agent");
          const access = decideAccess({ entity, fields: seen, limit: 1 }, viewer(role, kind));
          if (access.kind === "denied") continue;
          const { cypher } = compileQuery(access.query);
          const hidden = Object.entries(fields[entity]).filter(([name]) => !seen.includes(name));
          for (const [, { property }] of hidden) expect(cypher).not.toMatch(new RegExp(`\\bn\\.${property ?? "-"}\\b`));
        }
      }
    }
  });
});

/** Everybody for whom a context is made. */
const readers = contextRoles.flatMap((role) =>
  phases.flatMap((phase) =>
    (["agent", "fleet"] as const).map((kind): ContextViewer => {
      return { ...viewer(role, kind), role, context: { story: "1-1", phase } };
    }),
  ),
);

describe("what a context may be made of (DOMAIN.md §§4, 5)", () => {
  it("is decided for every role, phase and entity: as wide as the blocks, and never wider than the story", () => {
    const decided = readers.map((who) => {
      const { role, principal, context } = who;
      const seen = entities.map((entity) => {
        const allowed = Object.keys(fields[entity]).filter(
          (field) => answer({ entity, fields: [field], limit: 1 }, who) === "allowed",
        );
        expect(allowed.toSorted()).toEqual(columnsSeenBy(who, entity).toSorted());
        expect(["own-task", "own-story"]).toContain(rowsSeenBy(who, entity));
        const ofAgent = columnsOf(role, entity, true);
        expect(ofAgent.filter((name) => !allowed.includes(name))).toEqual([]);
        const more = allowed.filter((name) => !ofAgent.includes(name)).map((name) => ` + ${name}`);
        return allowed.length === 0 ? [] : [`${entity} ${rowsSeenBy(who, entity)}${more.join("")}`];
      });
      return `${role} ${context.phase} ${principal.kind}: ${seen.flat().join(", ")}`;
    });
    // One and the same for an agent at its task and for the fleet on behalf of its role.
    expect(new Set(decided.map((line) => line.replace(/ (agent|system):/, ":"))).size).toBe(decided.length / 2);
    expect(decided.filter((line) => line.includes(" agent:")).join("\n")).toMatchSnapshot();
  });

  it("is widened by no block that the role does not have, and by each that needs it", () => {
    for (const who of readers) {
      const { role, context } = who;
      const names = blocksFor(role, context.phase).map(({ name }) => name);
      expect(rowsSeenBy(who, "task") === "own-story").toBe(names.includes("tasks"));
      const decisions = names.includes("decisions") || names.includes("decision-dependencies");
      expect(rowsSeenBy(who, "decision") === "own-story").toBe(decisions);
      expect(columnsSeenBy(who, "task").includes("failingChecks")).toBe(names.includes("failing-checks"));
      expect(columnsSeenBy(who, "decision").includes("dependencies")).toBe(names.includes("decision-dependencies"));
    }
  });

  it("is asked for by queries that are allowed, of what the blocks show and nothing else", () => {
    const asked = readers.map((who) => {
      const queries = [...factQueries(who)];
      for (const [, query] of queries) expect(answer(query, who)).toBe("allowed");
      const { role, principal, context } = who;
      return `${role} ${context.phase} ${principal.kind}: ${queries
        .map(([name, query]) => `${name}(${query.fields.join(" ")})`)
        .join(" ")}`;
    });
    expect(asked.join("\n")).toMatchSnapshot();
  });

  it("holds nothing confidential for whoever implements or tests, and no person", () => {
    const people = ["assignee", ...confidentialFields];
    for (const who of readers.filter(({ role }) => role !== "architect"))
      for (const entity of entities)
        expect(columnsSeenBy(who, entity).filter((name) => people.includes(name))).toEqual([]);
  });
});

describe("a query that is not allowed", () => {
  const query = { entity: "story", fields: ["id"], limit: 1 } as const;
  const developer = viewer("developer");

  it.each([
    ["an unknown field", { ...query, fields: ["id", "secret"] }, developer, "unknown-field"],
    ["a prototype's property", { ...query, fields: ["constructor"] }, developer, "unknown-field"],
    ["a field of another role", { ...query, fields: ["budget"] }, developer, "not-visible"],
    ["a filter by one", { ...query, filter: [{ field: "budget", test: "is", value: 1 }] }, developer, "not-visible"],
    ["a search in one", { ...query, search: { text: "a", fields: ["businessNotes"] } }, developer, "not-visible"],
    ["an order by one", { ...query, order: { field: "due" } }, developer, "not-visible"],
    ["an entity of other roles", { ...query, entity: "epic" }, developer, "not-visible"],
    ["an unknown entity", { ...query, entity: "toString" }, developer, "bad-argument"],
    ["an order by a list", { ...query, order: { field: "tags" } }, developer, "bad-argument"],
    [
      "a number for a text",
      { ...query, filter: [{ field: "title", test: "is", value: 1 }] },
      developer,
      "bad-argument",
    ],
    ["no field", { ...query, fields: [] }, developer, "bad-argument"],
    ["a limit of nothing", { ...query, limit: 0 }, developer, "bad-argument"],
    ["a limit beyond a page", { ...query, limit: 201 }, developer, "bad-argument"],
    ["a limit that is no number", { ...query, limit: Number.NaN }, developer, "bad-argument"],
    ["a cursor of no query", { ...query, after: "WyJpZCIsMV0" }, developer, "bad-argument"],
    ["a cursor of another order", { ...query, after: cursor("title", "a") }, developer, "bad-argument"],
    [
      "a text as long as a book",
      { ...query, search: { text: "x".repeat(201), fields: ["title"] } },
      developer,
      "bad-argument",
    ],
    ["a role that is not held", query, { ...developer, role: "qa" }, "role-missing"],
    ["roles that are not known", query, { ...developer, roles: { known: false, why: "503" } }, "roles-unknown"],
    ["a person as the fleet", query, { ...developer, role: "system" }, "role-missing"],
    ["an agent as the product owner", query, viewer("product-owner", "agent"), "role-missing"],
    ["the fleet as somebody else, but for a context", query, { ...viewer("qa", "fleet") }, "role-missing"],
    ["a person's context", query, { ...developer, context: { story: "1-1", phase: "build" } }, "not-visible"],
    [
      "a context of another story than the agent's",
      query,
      { ...viewer("developer", "agent"), context: { story: "1-2", phase: "build" } },
      "not-visible",
    ],
    [
      "a context of another repository",
      query,
      { ...viewer("qa", "fleet"), context: { story: "2-1", phase: "build" } },
      "not-visible",
    ],
    [
      "a context for who is given none",
      query,
      { ...viewer("product-owner", "fleet"), context: { story: "1-1", phase: "build" } },
      "not-visible",
    ],
    [
      "an edge of decisions where no block shows them",
      { ...query, entity: "decision", fields: ["dependencies"] },
      { ...viewer("developer", "agent"), context: { story: "1-1", phase: "test" } },
      "not-visible",
    ],
    ["an agent without a task", query, { ...viewer("developer", "agent"), task: null }, "role-missing"],
  ] as const satisfies readonly (readonly [string, EntityQuery, Viewer, string])[])("%s", (_, asked, who, reason) => {
    expect(answer(asked, who)).toBe(reason);
  });

  it("is told the rule, and no name that came from outside", () => {
    const hostile = "x`}) DETACH DELETE n //";
    const access = decideAccess({ ...query, fields: [hostile], entity: "story" }, developer);
    expect(JSON.stringify(access)).not.toContain("DELETE");
  });
});

describe("why not", () => {
  it("tells the rule of the columns or of the rows", () => {
    expect([
      whyNot(viewer("developer"), "story", "budget"),
      whyNot(viewer("developer"), "story", "title"),
      whyNot(viewer("developer"), "epic", null),
      whyNot(viewer("qa"), "story", null),
      whyNot(viewer("devops"), "plan", null),
      whyNot(viewer("qa", "agent"), "task", "bugReports"),
      whyNot(viewer("qa", "agent"), "epic", null),
      whyNot({ ...viewer("qa", "agent"), context: { story: "1-1", phase: "test" } }, "task", null),
    ]).toMatchSnapshot();
  });
});

function cursor(field: string, key: string): string {
  return Buffer.from(JSON.stringify([field, key, "1-1"])).toString("base64url");
}
