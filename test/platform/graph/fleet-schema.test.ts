import { expect, test } from "vitest";
import { openEmbeddedGraph } from "../../../src/platform/graph/embedded-graph.ts";
import { fleetSchema } from "../../../src/platform/graph/fleet-schema.ts";
import { ensureSchema } from "../../../src/platform/graph/schema.ts";

test("the schema changes only with its version", () => {
  const text = fleetSchema.entries.map(
    ({ label, property, unique }) => `${label}.${property}${unique ? " unique" : ""}`,
  );
  expect([fleetSchema.version, ...text].join("\n")).toMatchInlineSnapshot(`
    "8
    Repository.id unique
    Epic.id unique
    Story.id unique
    Ceremony.id unique
    Plan.id unique
    Task.id unique
    Decision.id unique
    Deliberation.id unique
    TokenAllowance.id unique
    TokenUse.id unique
    Proposal.id unique
    Review.id unique
    Commit.id unique
    PullRequest.id unique
    Person.id unique
    Agent.id unique
    File.id unique
    Symbol.id unique
    Test.id unique
    Event.id unique
    Summary.id unique
    AuditChain.id unique
    AuditRecord.id unique
    Inbox.id unique
    Mark.id unique
    Code.id unique
    CodeBranch.id unique
    CodeKeys.id unique
    CodeLayer.id unique
    CodeOutline.id unique
    FileHistory.id unique
    Term.id unique
    Event.story
    Plan.story
    Task.story
    Decision.story
    Deliberation.story
    Epic.repository
    Story.repository
    Plan.repository
    Task.repository
    Decision.repository
    Deliberation.repository
    Ceremony.calledOn
    TokenAllowance.about
    TokenUse.story
    TokenUse.repository
    AuditRecord.installation
    AuditRecord.story
    CodeBranch.repository
    CodeLayer.repository
    Code.layer
    CodeKeys.layer
    CodeOutline.layer
    File.layer
    FileHistory.layer
    LeftOut.layer
    Term.layer"
  `);
});

test("the fleet's schema is set up on an empty graph, and then left alone", async () => {
  const graph = await openEmbeddedGraph();
  await ensureSchema(graph);
  await ensureSchema(graph);
  await graph.write((tx) => tx.run("CREATE (s:Story {id: '1-1'})"));
  await expect(graph.write((tx) => tx.run("CREATE (s:Story {id: '1-1'})"))).rejects.toThrow("UNIQUE");
  expect(await graph.query("MATCH (s:Schema) RETURN s {.*} AS s")).toEqual([{ s: { id: "fleet", version: 8 } }]);
  await graph.close();
});
