import { appendFile, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { GitRepository } from "../../../src/playground/github/git/git-repository.ts";
import { startLocalGitHub } from "../../../src/playground/github/local-github.ts";
import { Store } from "../../../src/playground/github/store.ts";
import { seed, startScene } from "./harness.ts";

it("drops a journal line that was cut short, and keeps ids", async () => {
  const scene = await startScene();
  const { where, dataDir, project, receiver } = scene;
  const { data: issue } = await scene.bot.issues.create({ ...where, title: "Before" });
  await scene.github.close();
  await appendFile(join(dataDir, "journal.jsonl"), '{"next":99999,"changes":[["issues",{"id":');
  const github = await startLocalGitHub({ dataDir });
  const again = await seed(github, project, receiver.url);
  expect(again.app).toEqual(scene.app);
  expect(again.installationId).toBe(scene.installationId);
  const { data: next } = await again.bot.issues.create({ ...where, title: "After" });
  expect(next.number).toBe(issue.number + 1);
  expect(next.id).toBeGreaterThan(issue.id);
  await github.close();
  await scene.receiver.close();
  await rm(dataDir, { recursive: true, force: true });
});

it("undoes a transaction that throws", async () => {
  const scene = await startScene();
  await scene.github.close();
  const store = new Store(scene.dataDir, () => new Date());
  const before = await readFile(join(scene.dataDir, "journal.jsonl"), "utf8");
  const [label] = store.tables.repositories.all();
  const change = () =>
    store.transaction(() => {
      if (label === undefined) return;
      store.tables.repositories.put({ ...label, name: "other" });
      store.tables.accounts.remove(label.ownerId);
      store.tables.labels.put({
        id: store.id(),
        repositoryId: label.id,
        name: "x",
        color: "000000",
        description: null,
      });
      throw new Error("no");
    });
  expect(change).toThrow("no");
  expect(() => store.id()).toThrow("outside a transaction");
  expect([store.tables.repositories.get(label?.id ?? 0)?.name, [...store.tables.labels.all()]]).toEqual(["shop", []]);
  expect(store.tables.accounts.get(label?.ownerId ?? 0)?.login).toBe("acme");
  store.close();
  expect(await readFile(join(scene.dataDir, "journal.jsonl"), "utf8")).toBe(before);
  await scene.receiver.close();
  await rm(scene.dataDir, { recursive: true, force: true });
});

it("makes journaled ref moves in git, and tells of pushes that nobody told of", async () => {
  const scene = await startScene();
  const { where, dataDir, bot, repository, project, receiver } = scene;
  const { data: main } = await bot.git.getRef({ ...where, ref: "heads/main" });
  await scene.github.deliveriesSettled();
  await scene.github.close();
  const git = new GitRepository(join(dataDir, "repositories", `${repository.id}.git`));
  const commit = await git.commit(main.object.sha);
  const child = (message: string) => git.writeCommit({ ...commit, parents: [main.object.sha], message });
  const [merged, pushed] = [await child("merged"), await child("pushed")];
  // As if it was killed after the journal and before git, and after git and before the journal.
  const store = new Store(dataDir, () => new Date());
  store.transaction(() => {
    const row = store.tables.repositories.get(repository.id);
    if (row === undefined) throw new Error("no repository");
    store.tables.repositories.put({
      ...row,
      refs: { "refs/heads/main": merged },
      pendingRefs: { "refs/heads/main": merged },
    });
  });
  store.close();
  await git.setRef("refs/heads/pushed", pushed);
  receiver.received.length = 0;
  const github = await startLocalGitHub({ dataDir });
  const again = await seed(github, project, receiver.url);
  await github.deliveriesSettled();
  expect(await git.refs()).toEqual({ "refs/heads/main": merged, "refs/heads/pushed": pushed });
  expect((await again.bot.git.getRef({ ...where, ref: "heads/pushed" })).data.object.sha).toBe(pushed);
  expect(receiver.names()).toEqual(["create", "push"]);
  await github.close();
  await receiver.close();
  await rm(dataDir, { recursive: true, force: true });
});
