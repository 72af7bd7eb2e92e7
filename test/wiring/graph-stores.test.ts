import { afterEach, beforeEach, expect, test } from "vitest";
import { PermanentError } from "../../src/kernel/errors.ts";
import { openEmbeddedGraph } from "../../src/platform/graph/embedded-graph.ts";
import type { Graph } from "../../src/platform/graph/graph.ts";
import { ensureSchema } from "../../src/platform/graph/schema.ts";
import { createGraphConfigurationStore } from "../../src/wiring/graph-configuration-store.ts";
import { createRefOf } from "../../src/wiring/repository-refs.ts";

let graph: Graph;
beforeEach(async () => {
  const opened = await openEmbeddedGraph();
  await ensureSchema(opened);
  graph = opened;
});
afterEach(() => graph.close());

test("the last good configuration of a repository is kept, and replaced by a newer one", async () => {
  const store = createGraphConfigurationStore(graph);
  expect(await store.load(7)).toBeNull();
  await store.save(7, { sha: "a", text: "merge: { by: human }" });
  await store.save(8, { sha: "b", text: "" });
  await store.save(7, { sha: "c", text: "merge: { by: fleet }" });
  expect(await store.load(7)).toEqual({ sha: "c", text: "merge: { by: fleet }" });
});

test("a repository is where its newest story says", async () => {
  const create = (issueNumber: number, owner: string) =>
    graph.write((tx) =>
      tx.run(
        "CREATE (s:Story {id: $id, repository: 7, installation: 3, owner: $owner, repo: 'slots', issueNumber: $issueNumber})",
        {
          id: `7-${issueNumber}`,
          owner,
          issueNumber,
        },
      ),
    );
  await create(2, "renamed");
  await create(1, "acme");
  expect(await createRefOf(graph)(7)).toEqual({ repository: 7, installation: 3, owner: "renamed", repo: "slots" });
});

test("a repository without stories is an error that names it", async () => {
  await expect(createRefOf(graph)(9)).rejects.toThrow(PermanentError);
  await expect(createRefOf(graph)(9)).rejects.toThrow("repository 9");
});
