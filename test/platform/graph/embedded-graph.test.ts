import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ConfigurationError } from "../../../src/kernel/errors.ts";
import { openEmbeddedGraph } from "../../../src/platform/graph/embedded-graph.ts";
import { graphContract } from "../../contract/graph-contract.ts";

graphContract("the embedded engine", () => openEmbeddedGraph());

describe("the embedded graph's file", () => {
  const fixtures = fileURLToPath(new URL("../../contract/fixtures/", import.meta.url));
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "embedded-graph-"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test("keeps nodes, constraints and numbers over a close, in a folder that it makes", async () => {
    const path = join(folder, "made", "on the way", "kept.db");
    const first = await openEmbeddedGraph({ path });
    await first.ensureUnique("Kept", "id");
    await first.write((tx) => tx.run("CREATE (k:Kept {id: 'a', n: 3, list: ['x'], text: $text})", { text: "é\n" }));
    await first.close();

    const second = await openEmbeddedGraph({ path });
    expect(await second.query("MATCH (k:Kept) RETURN k {.*} AS k")).toEqual([
      { k: { id: "a", n: 3, list: ["x"], text: "é\n" } },
    ]);
    await expect(second.write((tx) => tx.run("CREATE (k:Kept {id: 'a'})"))).rejects.toThrow("UNIQUE");
    await second.close();
  });

  test("in use names its holder and the way out, and is free after the close", async () => {
    const path = join(folder, "held.db");
    const graph = await openEmbeddedGraph({ path });
    const second = openEmbeddedGraph({ path });
    await expect(second).rejects.toThrow(ConfigurationError);
    await expect(second).rejects.toThrow(new RegExp(`in use by process ${process.pid} on .*NEO4J_URI`));
    await graph.close();
    expect(existsSync(`${path}.holder`)).toBe(false);
    await (await openEmbeddedGraph({ path })).close();
  });

  test("in use by nobody who wrote it down is still refused", async () => {
    const path = join(folder, "unnamed.db");
    const graph = await openEmbeddedGraph({ path });
    await writeFile(`${path}.holder`, "not json");
    await expect(openEmbeddedGraph({ path })).rejects.toThrow("in use by another process");
    await graph.close();
  });

  test("that is no graph is refused and left alone", async () => {
    const path = join(folder, "letter.txt");
    await writeFile(path, "Dear Sir or Madam");
    await expect(openEmbeddedGraph({ path })).rejects.toThrow(ConfigurationError);
    await expect(openEmbeddedGraph({ path: join(path, "below.db") })).rejects.toThrow(ConfigurationError);
  });

  test("loses no acknowledged write to a kill -9, and tells a second process who holds it", async () => {
    const path = join(folder, "killed.db");
    const child = spawn(
      process.execPath,
      [join(fixtures, "run-typescript.mjs"), join(fixtures, "doomed-graph-writer.ts"), path],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    const exited = once(child, "exit");
    let acknowledged = -1;
    for await (const line of createInterface({ input: child.stdout })) {
      acknowledged = Number(line);
      if (acknowledged === 200) {
        await expect(openEmbeddedGraph({ path })).rejects.toThrow(`process ${child.pid} on`);
        child.kill("SIGKILL");
      }
    }
    await exited;
    expect(acknowledged).toBeGreaterThanOrEqual(200);

    const graph = await openEmbeddedGraph({ path });
    const [row] = await graph.query("MATCH (c:Counted) RETURN count(c) AS nodes, max(c.n) AS last");
    const [counter] = await graph.query("MATCH (c:Counter) RETURN c.n AS n");
    await graph.close();
    expect(row?.["last"]).toBeGreaterThanOrEqual(acknowledged);
    expect(row?.["nodes"]).toBe(Number(row?.["last"]) + 1);
    expect(counter).toEqual({ n: row?.["last"] });
  });
});
