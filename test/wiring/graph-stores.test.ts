import { afterEach, beforeEach, expect, test } from "vitest";
import { PermanentError } from "../../src/kernel/errors.ts";
import { openEmbeddedGraph } from "../../src/platform/graph/embedded-graph.ts";
import type { Graph } from "../../src/platform/graph/graph.ts";
import { ensureSchema } from "../../src/platform/graph/schema.ts";
import { createGraphConfigurationStore } from "../../src/wiring/graph-configuration-store.ts";
import { createGraphRepositories, createRefOf } from "../../src/wiring/graph-repositories.ts";

let graph: Graph;
beforeEach(async () => {
  const opened = await openEmbeddedGraph();
  await ensureSchema(opened);
  graph = opened;
});
afterEach(() => graph.close());

const refOf = () => createRefOf(graph, createGraphRepositories(graph));

test("the last good configuration of a repository is kept, and replaced by a newer one", async () => {
  const store = createGraphConfigurationStore(graph);
  expect(await store.load(7)).toBeNull();
  await store.save(7, { sha: "a", text: "merge: { by: human }" });
  await store.save(8, { sha: "b", text: "" });
  await store.save(7, { sha: "c", text: "merge: { by: fleet }" });
  expect(await store.load(7)).toEqual({ sha: "c", text: "merge: { by: fleet }" });
  await store.save(7, null);
  expect(await store.load(7)).toBeNull();
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
  expect(await refOf()(7)).toEqual({ repository: 7, installation: 3, owner: "renamed", repo: "slots" });
});

test("a repository without stories is an error that names it", async () => {
  await expect(refOf()(9)).rejects.toThrow(PermanentError);
  await expect(refOf()(9)).rejects.toThrow("repository 9");
});

test("a repository that moved takes its stories and tasks along, and keeps its configuration", async () => {
  const repositories = createGraphRepositories(graph);
  await graph.write(async (tx) => {
    await tx.run(
      "CREATE (:Story {id: '7-1', repository: 7, installation: 3, owner: 'acme', repo: 'slots', version: 4})",
    );
    await tx.run("CREATE (:Task {id: '7-1-p1-t1', repository: 7, installation: 3, owner: 'acme', repo: 'slots'})");
    await tx.run("CREATE (:Story {id: '8-1', repository: 8, installation: 3, owner: 'acme', repo: 'slots'})");
  });
  await createGraphConfigurationStore(graph).save(7, { sha: "a", text: "" });
  expect(await repositories.of(7)).toBeNull();
  const standing = { repository: 7, installation: 4, owner: "moved", repo: "away", missing: [], shown: true };
  await repositories.save({ ...standing, paused: "archived" });
  expect(await repositories.paused()).toEqual([{ ...standing, paused: "archived" }]);
  await repositories.save({ ...standing, paused: null, missing: ["checks: write"] });
  expect(await repositories.of(7)).toEqual({ ...standing, paused: null, missing: ["checks: write"] });
  expect((await repositories.all()).map(({ repository }) => repository)).toEqual([7]);
  expect([await repositories.in(3), (await repositories.in(4)).length, await repositories.paused()]).toEqual([
    [],
    1,
    [],
  ]);
  const rows = await graph.query(
    "MATCH (n) WHERE n:Story OR n:Task RETURN n.id AS id, n.owner AS owner, n.installation AS installation, n.version AS version ORDER BY n.id",
  );
  expect(rows).toEqual([
    { id: "7-1", owner: "moved", installation: 4, version: 4 },
    { id: "7-1-p1-t1", owner: "moved", installation: 4, version: null },
    { id: "8-1", owner: "acme", installation: 3, version: null },
  ]);
  expect(await refOf()(7)).toMatchObject({ owner: "moved", repo: "away", installation: 4 });
});
