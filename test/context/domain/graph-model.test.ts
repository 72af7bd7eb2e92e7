import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  type GraphWriter,
  graphNodes,
  graphRelationships,
  relationshipShapes,
} from "../../../src/context/domain/graph-model.ts";
import { madeByProjections } from "../../../src/context/domain/projections.ts";
import { fleetSchema } from "../../../src/platform/graph/fleet-schema.ts";

const root = join(import.meta.dirname, "..", "..", "..");

/** Where the statements of each writer are. */
const writers: Readonly<Record<GraphWriter, string>> = {
  planning: "src/planning/infrastructure/",
  workflow: "src/workflow/infrastructure/",
  deliberation: "src/deliberation/infrastructure/",
  repositories: "src/wiring/",
  projections: "src/context/",
  "code-index": "src/context/infrastructure/",
  monitoring: "src/monitoring/infrastructure/",
  platform: "src/platform/",
};

/** The sources with statements of the fleet's own graph. The model itself is not among them, and a bench has its own nodes. */
const sources = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })
  .map((path) => `src/${path}`)
  .filter((path) => path.endsWith(".ts") && !path.startsWith("src/cli/bench/") && !path.endsWith("/graph-model.ts"))
  .map((path) => ({ path, text: readFileSync(join(root, path), "utf8").replace(/^\s*(?:\/?\*|\/\/).*$/gm, "") }));

const labels: ReadonlySet<string> = new Set(Object.keys(graphNodes));
const types: ReadonlySet<string> = new Set(graphRelationships.map(({ type }) => type));

describe("the model of the graph", () => {
  test("has DOMAIN.md §5's nodes, one spelling each, with the summary that its blocks show", () => {
    const knowledge = Object.entries(graphNodes).flatMap(([label, row]) => (row.of === "knowledge" ? [label] : []));
    expect(knowledge.join(" ")).toBe(
      "Repository Epic Story Plan Task Decision Deliberation Proposal Review Commit PullRequest Person Agent File Symbol Test Event Summary",
    );
  });

  test("has DOMAIN.md §5's relationships, one spelling each, and says between what", () => {
    const rows = graphRelationships.map((row) => {
      const properties = "properties" in row ? ` {${row.properties.join(", ")}}` : "";
      return `${row.from.join("|")} ${row.type}${properties} ${row.to.join("|")}`;
    });
    expect(rows.join("\n")).toMatchInlineSnapshot(`
      "Epic CONTAINS Story
      Ceremony CONTAINS Story
      Repository CONTAINS Story
      PullRequest CONTAINS Commit
      Story HAS_PLAN Plan
      Plan HAS_TASK {decidedBy, reason} Task
      Task DEPENDS_ON Task
      Decision DEPENDS_ON Decision
      Decision AFFECTS Story|Task|PullRequest|Commit|File
      Review AFFECTS Task|PullRequest|Commit
      Decision DECIDED_BY Person|Agent
      Decision AUTHORED_BY Person|Agent
      Review AUTHORED_BY Person|Agent
      Proposal AUTHORED_BY Agent
      Task ASSIGNED_TO Person
      Epic ASSIGNED_TO Person
      Deliberation PRODUCED Proposal|Review
      Task PRODUCED Commit|PullRequest
      Commit CHANGES {renamedFrom} File
      Commit CHANGES Symbol|Test
      Commit AUTHORED_BY Person
      File DEFINES Symbol|Test
      File IMPORTS File
      File|Symbol|Test CALLS Symbol
      File|Symbol|Test TESTS Symbol|File
      Story|Ceremony NEXT Transition
      Task NEXT Transition
      Story NEXT Event"
    `);
  });

  test("knows every label and relationship that a statement names", () => {
    const strange = sources.flatMap(({ path, text }) => [
      ...[...text.matchAll(/\(\w*:([A-Z]\w*)(?::([A-Z]\w*))?[\s){]/g)].flatMap(([, ...named]) =>
        named.filter((label) => label !== undefined && !labels.has(label)).map((label) => `${path}: (:${label})`),
      ),
      ...[...text.matchAll(/-\[\w*:([A-Z_]+)/g)]
        .filter(([, type = ""]) => !types.has(type))
        .map(([, type]) => `${path}: [:${type}]`),
    ]);
    expect(strange).toEqual([]);
  });

  test("holds nothing that its writer never names", () => {
    const named = (writer: GraphWriter, name: string): boolean =>
      sources.some(({ path, text }) => path.startsWith(writers[writer]) && new RegExp(`[:"'|]${name}\\b`).test(text));
    const missing = [
      ...Object.entries(graphNodes).flatMap(([label, { by }]) => by.map((writer) => ({ name: label, writer }))),
      ...graphRelationships.map(({ type, by }) => ({ name: type, writer: by })),
    ].filter(({ name, writer }) => !named(writer, name));
    expect(missing).toEqual([]);
  });

  test("has one writer for each pair of ends under one name", () => {
    const shapes = relationshipShapes.map(({ from, type, to }) => `${from} ${type} ${to}`);
    expect(new Set(shapes).size).toBe(shapes.length);
  });

  test("is what the store is set up for: every node by its id", () => {
    const unique = fleetSchema.entries.filter(({ property, unique }) => property === "id" && unique);
    // A transition and what is left out have none, the outbox is the second label of events, and the schema's node is made before the schema.
    const byId = [...labels].filter((label) => !["Transition", "Outbox", "Schema", "LeftOut"].includes(label));
    expect(unique.map(({ label }) => label).sort()).toEqual(byId.sort());
    for (const { label } of fleetSchema.entries) expect(labels).toContain(label);
  });

  test("lets projections make what it says that they write", () => {
    const written = Object.entries(graphNodes).filter(([, { by }]) => by.some((writer) => writer === "projections"));
    // A summary has no relationship, so it is not made by a link.
    expect([...madeByProjections, "Summary"].sort()).toEqual(written.map(([label]) => label).sort());
  });
});
