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
