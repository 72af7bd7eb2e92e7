import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { Octokit } from "@octokit/rest";
import { afterEach, expect, it } from "vitest";
import { z } from "zod";
import { startLocalGitHub } from "../../../src/playground/github/local-github.ts";
import { quietLog, sampleProject, seed, startReceiver, temporaryDirectory } from "./harness.ts";
import { attachValidator } from "./response-validator.ts";

const runner = fileURLToPath(new URL("../../contract/fixtures/run-typescript.mjs", import.meta.url));
const entry = fileURLToPath(new URL("serve.ts", import.meta.url));
const readySchema = z.object({ url: z.string(), token: z.string() });

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

async function start(dataDir: string, project: string, hook: string) {
  const child = spawn(process.execPath, [runner, entry, dataDir, project, hook], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.push(child);
  for await (const line of createInterface({ input: child.stdout }))
    return { child, ...readySchema.parse(JSON.parse(line)) };
  throw new Error("The server ended before it was ready");
}

async function kill(child: ChildProcess): Promise<void> {
  const exited = once(child, "exit");
  child.kill("SIGKILL");
  await exited;
}

it("loses nothing that it acknowledged when it is killed", async () => {
  const [dataDir, project] = [await temporaryDirectory("killed"), await sampleProject()];
  const receiver = await startReceiver();
  const first = await start(dataDir, project, receiver.url);
  const where = { owner: "acme", repo: "shop" };
  const client = new Octokit({ baseUrl: `${first.url}/api/v3`, auth: first.token, log: quietLog });
  const { data: issue } = await client.issues.create({ ...where, title: "Kept" });
  const { data: main } = await client.git.getRef({ ...where, ref: "heads/main" });
  const { data: file } = await client.repos.createOrUpdateFileContents({
    ...where,
    path: "kept.txt",
    message: "m",
    content: "eA==",
    branch: "main",
  });
  const acknowledged: number[] = [];
  const bodies: (string | undefined)[] = [];
  const writers = Array.from({ length: 8 }, async (_, writer) => {
    for (let n = 0; ; n += 1) {
      const { data } = await client.issues.createComment({
        ...where,
        issue_number: issue.number,
        body: `${writer}/${n}`,
      });
      acknowledged.push(data.id);
      bodies.push(data.body);
    }
  });
  const stopped = Promise.allSettled(writers);
  await expect.poll(() => acknowledged.length, { timeout: 20_000 }).toBeGreaterThan(60);
  await kill(first.child);
  await stopped;

  const github = await startLocalGitHub({ dataDir });
  const validator = attachValidator(github);
  const again = await seed(github, project, receiver.url);
  expect(again.people.ada.token).toBe(first.token);
  const reader = again.as(first.token);
  const comments = await reader.paginate(reader.issues.listComments, {
    ...where,
    issue_number: issue.number,
    per_page: 100,
  });
  expect(comments.map((row) => row.id)).toEqual(expect.arrayContaining(acknowledged));
  expect(comments.map((row) => row.body)).toEqual(expect.arrayContaining(bodies));
  expect((await reader.git.getRef({ ...where, ref: "heads/main" })).data.object.sha).toBe(file.commit.sha);
  expect((await reader.repos.getCommit({ ...where, ref: "main" })).data.parents[0]?.sha).toBe(main.object.sha);
  // Every event was attempted in the end; the one that was on its way may have come twice, with the same GUID.
  await github.deliveriesSettled();
  const heard = receiver.received
    .filter((row) => row.event === "issue_comment")
    .map(({ payload }) => z.object({ id: z.number() }).parse(payload["comment"]).id);
  expect([...new Set(heard)]).toEqual(expect.arrayContaining(comments.map((row) => row.id)));
  const { data: next } = await reader.issues.create({ ...where, title: "Next" });
  expect(next.number).toBe(issue.number + 1);
  expect(validator.violations()).toEqual([]);
  await github.close();
  await receiver.close();
  await Promise.all([dataDir, project].map((directory) => rm(directory, { recursive: true, force: true })));
});
