import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startScene } from "./harness.ts";

const run = promisify(execFile);

describe("git over HTTP", () => {
  let scene: Awaited<ReturnType<typeof startScene>>;
  let folder: string;
  beforeAll(async () => {
    scene = await startScene();
    folder = await mkdtemp(join(tmpdir(), "local-github-clone-"));
  });
  afterAll(async () => {
    await scene.github.deliveriesSettled();
    expect(scene.validator.violations()).toEqual([]);
    expect(scene.github.unknownRoutes).toEqual([]);
    await scene.close();
    await rm(folder, { recursive: true, force: true });
  });

  const git = (directory: string, ...args: string[]) =>
    run("git", args, {
      cwd: directory,
      env: {
        PATH: process.env["PATH"] ?? "",
        HOME: folder,
        GIT_TERMINAL_PROMPT: "0",
        GIT_CONFIG_NOSYSTEM: "1",
        GIT_AUTHOR_NAME: "Ben",
        GIT_AUTHOR_EMAIL: "ben@example.org",
        GIT_COMMITTER_NAME: "Ben",
        GIT_COMMITTER_EMAIL: "ben@example.org",
      },
    });
  const address = (user: string, token: string) =>
    scene.repository.cloneUrl.replace("http://", `http://${user}:${token}@`);
  const clone = async (name: string, user: string, token: string) => {
    await git(folder, "clone", "--quiet", address(user, token), name);
    return join(folder, name);
  };
  async function change(work: string, file: string, content: string): Promise<string> {
    await writeFile(join(work, file), content);
    await git(work, "add", "--all");
    await git(work, "commit", "--quiet", "--message", `Change ${file}`);
    return (await git(work, "rev-parse", "HEAD")).stdout.trim();
  }

  it("clones with a person's token and with the App's", async () => {
    const work = await clone("first", "ben", scene.people.ben.token);
    expect(await readFile(join(work, "README.md"), "utf8")).toBe("# Sample\n");
    const { data } = await scene.appClient.apps.createInstallationAccessToken({
      installation_id: scene.installationId,
      permissions: { contents: "read" },
    });
    const app = await clone("app", "x-access-token", data.token);
    expect((await git(app, "log", "--format=%an")).stdout.trim()).toBe("acme");
    await change(app, "x.txt", "x");
    await expect(git(app, "push", "origin", "HEAD:refs/heads/x")).rejects.toThrow(/403/);
  });

  it("refuses outsiders and wrong tokens", async () => {
    await expect(clone("a", "x", "ghp_wrong")).rejects.toThrow(/Authentication failed/);
    await expect(clone("b", "eve", scene.people.eve.token)).rejects.toThrow(/not found/);
    await expect(git(folder, "clone", scene.repository.cloneUrl, "c")).rejects.toThrow(/could not read Username/);
    const cat = await clone("cat", "cat", scene.people.cat.token);
    await change(cat, "x.txt", "x");
    await expect(git(cat, "push", "origin", "HEAD:refs/heads/x")).rejects.toThrow(/403/);
  });

  it("tells of pushes, new and deleted branches, tags, and pull requests that they change", async () => {
    const { bot, where, github, receiver } = scene;
    const work = await clone("second", "ben", scene.people.ben.token);
    await github.deliveriesSettled();
    receiver.received.length = 0;
    await git(work, "checkout", "--quiet", "-b", "fleet/2/x");
    const first = await change(work, "x.txt", "1\n");
    await git(work, "push", "--quiet", "origin", "fleet/2/x");
    const { data: pull } = await bot.pulls.create({ ...where, title: "X", head: "fleet/2/x", base: "main" });
    const second = await change(work, "README.md", "# Changed\n");
    await git(work, "push", "--quiet", "origin", "fleet/2/x");
    expect((await bot.pulls.get({ ...where, pull_number: pull.number })).data).toMatchObject({
      head: { sha: second },
      commits: 2,
      changed_files: 2,
    });
    await git(work, "commit", "--quiet", "--amend", "--message", "Amended");
    await git(work, "push", "--quiet", "--force", "origin", "fleet/2/x");
    await git(work, "tag", "v1");
    await git(work, "push", "--quiet", "origin", "v1");
    await git(work, "push", "--quiet", "origin", ":fleet/2/x");
    await github.deliveriesSettled();
    expect(receiver.names()).toEqual([
      "create",
      "push",
      "pull_request.opened",
      "push",
      "pull_request.synchronize",
      "push",
      "pull_request.synchronize",
      "create",
      "push",
      "delete",
      "push",
      "pull_request.closed",
    ]);
    const pushes = receiver.received.filter(({ event }) => event === "push").map(({ payload }) => payload);
    expect(pushes[0]).toMatchObject({
      ref: "refs/heads/fleet/2/x",
      created: true,
      after: first,
      pusher: { name: "ben" },
      commits: [{ id: first, added: ["x.txt"] }],
    });
    expect(pushes[1]).toMatchObject({
      before: first,
      after: second,
      forced: false,
      head_commit: { modified: ["README.md"] },
    });
    expect(pushes[2]).toMatchObject({ forced: true });
    expect(pushes[3]).toMatchObject({ ref: "refs/tags/v1" });
    expect(pushes[4]).toMatchObject({ deleted: true, head_commit: null });
  });

  it("protects the default branch from rewriting, and serves what was merged", async () => {
    const { bot, where } = scene;
    const work = await clone("third", "ben", scene.people.ben.token);
    await change(work, "main.txt", "1\n");
    await git(work, "push", "--quiet", "origin", "main");
    await git(work, "commit", "--quiet", "--amend", "--message", "Rewritten");
    await expect(git(work, "push", "--force", "origin", "main")).rejects.toThrow(/non-fast-forward/);
    await expect(git(work, "push", "origin", ":main")).rejects.toThrow(/deletion of the current branch prohibited/);
    await git(work, "checkout", "--quiet", "-b", "feature", "origin/main");
    await change(work, "feature.txt", "1\n");
    await git(work, "push", "--quiet", "origin", "feature");
    const { data: pull } = await bot.pulls.create({ ...where, title: "F", head: "feature", base: "main" });
    const { data: merged } = await bot.pulls.merge({ ...where, pull_number: pull.number });
    await git(work, "fetch", "--quiet", "origin");
    expect((await git(work, "rev-parse", "origin/main")).stdout.trim()).toBe(merged.sha);
    await git(work, "fsck", "--strict");
  });
});
