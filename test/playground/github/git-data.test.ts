import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { allPermissions, startScene } from "./harness.ts";

describe("checks, statuses, the Git Data API, refs and contents", () => {
  let scene: Awaited<ReturnType<typeof startScene>>;
  beforeAll(async () => {
    scene = await startScene();
  });
  afterAll(async () => {
    await scene.github.deliveriesSettled();
    expect(scene.validator.violations()).toEqual([]);
    expect(scene.github.unknownRoutes).toEqual([]);
    await scene.close();
  });

  const main = async () => (await scene.bot.git.getRef({ ...scene.where, ref: "heads/main" })).data.object.sha;

  it("takes check runs through their life", async () => {
    const { bot, where, github, receiver } = scene;
    const head_sha = await main();
    await github.deliveriesSettled();
    receiver.received.length = 0;
    const { data: run } = await bot.checks.create({
      ...where,
      name: "fleet/gate",
      head_sha,
      status: "in_progress",
      external_id: "42",
    });
    const annotation = {
      path: "README.md",
      start_line: 1,
      end_line: 1,
      annotation_level: "warning",
      message: "m",
    } as const;
    const output = { title: "Gate", summary: "ok", annotations: [annotation] };
    const actions = [{ label: "Retry", description: "Run it again", identifier: "retry" }];
    const { data: done } = await bot.checks.update({
      ...where,
      check_run_id: run.id,
      conclusion: "success",
      output,
      actions,
    });
    expect(done).toMatchObject({
      status: "completed",
      conclusion: "success",
      output: { annotations_count: 1 },
      external_id: "42",
    });
    expect((await bot.checks.listAnnotations({ ...where, check_run_id: run.id })).data).toHaveLength(1);
    const { data: newer } = await bot.checks.create({ ...where, name: "fleet/gate", head_sha, conclusion: "failure" });
    expect(
      (await bot.checks.listForRef({ ...where, ref: "main", check_name: "fleet/gate" })).data.check_runs.map(
        (row) => row.id,
      ),
    ).toEqual([newer.id]);
    expect((await bot.checks.listForRef({ ...where, ref: head_sha, filter: "all" })).data.total_count).toBe(2);
    expect((await bot.checks.get({ ...where, check_run_id: run.id })).data.name).toBe("fleet/gate");
    await bot.checks.rerequestRun({ ...where, check_run_id: run.id });
    github.pressCheckRun("ben", run.id, "retry");
    await github.deliveriesSettled();
    expect(receiver.names()).toEqual([
      "check_run.created",
      "check_run.completed",
      "check_run.created",
      "check_run.completed",
      "check_run.rerequested",
      "check_run.requested_action",
    ]);
    expect(receiver.received[5]?.payload["requested_action"]).toEqual({ identifier: "retry" });
  });

  it("refuses check runs that GitHub refuses", async () => {
    const { bot, where, people, as } = scene;
    const head_sha = await main();
    const annotations = Array.from({ length: 51 }, () => ({
      path: "a",
      start_line: 1,
      end_line: 1,
      annotation_level: "notice" as const,
      message: "m",
    }));
    const make = (fields: object) => bot.checks.create({ ...where, name: "x", head_sha, ...fields });
    await expect(make({ output: { title: "t", summary: "s", annotations } })).rejects.toMatchObject({ status: 422 });
    await expect(make({ output: { title: "t", summary: "s".repeat(65_536) } })).rejects.toMatchObject({ status: 422 });
    await expect(make({ status: "completed" })).rejects.toMatchObject({ status: 422 });
    await expect(make({ head_sha: "f".repeat(40) })).rejects.toMatchObject({ status: 422 });
    await expect(as(people.ada.token).checks.create({ ...where, name: "x", head_sha })).rejects.toMatchObject({
      status: 403,
    });
  });

  it("combines statuses, and tells of each with the branches that contain the commit", async () => {
    const { bot, where, github, receiver, installationId } = scene;
    const sha = await main();
    await bot.git.createRef({ ...where, ref: "refs/heads/topic", sha });
    await github.deliveriesSettled();
    receiver.received.length = 0;
    await bot.repos.createCommitStatus({ ...where, sha, state: "success", context: "ci" });
    await bot.repos.createCommitStatus({ ...where, sha, state: "failure", context: "lint", description: "no" });
    expect((await bot.repos.getCombinedStatusForRef({ ...where, ref: "main" })).data).toMatchObject({
      state: "failure",
      total_count: 2,
    });
    expect(
      (await bot.repos.listCommitStatusesForRef({ ...where, ref: "main" })).data.map((row) => row.context),
    ).toEqual(["lint", "ci"]);
    await github.deliveriesSettled();
    expect(receiver.received.map(({ payload }) => [payload["context"], payload["state"], payload["sha"]])).toEqual([
      ["ci", "success", sha],
      ["lint", "failure", sha],
    ]);
    expect(receiver.received[0]?.payload["branches"]).toMatchObject([
      { name: "main", commit: { sha } },
      { name: "topic", commit: { sha } },
    ]);
    await bot.git.deleteRef({ ...where, ref: "heads/topic" });
    const { statuses: _, ...less } = allPermissions;
    github.grantPermissions(installationId, less);
    await github.deliveriesSettled();
    receiver.received.length = 0;
    await scene.as(scene.people.ben.token).repos.createCommitStatus({ ...where, sha, state: "success", context: "ci" });
    await github.deliveriesSettled();
    expect(receiver.names(), "an App hears only of what it was granted").not.toContain("status");
    github.grantPermissions(installationId, null);
  });

  it("keeps modes, nests, removes and moves trees", async () => {
    const { bot, where } = scene;
    const { data: before } = await bot.git.getTree({ ...where, tree_sha: "main", recursive: "1" });
    expect(before.tree.map(({ path, mode, type }) => [path, mode, type])).toEqual([
      ["README.md", "100644", "blob"],
      ["run.sh", "100755", "blob"],
      ["src", "040000", "tree"],
      ["src/add.js", "100644", "blob"],
    ]);
    const script = before.tree.find((entry) => entry.path === "run.sh");
    const { data: after } = await bot.git.createTree({
      ...where,
      base_tree: before.sha,
      tree: [
        { path: "bin/deep/run.sh", mode: "100755", type: "blob", sha: script?.sha ?? null },
        { path: "README.md", mode: "100644", type: "blob", sha: null },
        { path: "link", mode: "120000", type: "blob", content: "bin/deep/run.sh" },
        { path: "src", mode: "040000", type: "tree", sha: null },
      ],
    });
    const { data: all } = await bot.git.getTree({ ...where, tree_sha: after.sha, recursive: "1" });
    expect(all.tree.filter((entry) => entry.type === "blob").map(({ path, mode }) => [path, mode])).toEqual([
      ["bin/deep/run.sh", "100755"],
      ["link", "120000"],
      ["run.sh", "100755"],
    ]);
    const source = before.tree.find((entry) => entry.path === "src");
    const { data: moved } = await bot.git.createTree({
      ...where,
      tree: [{ path: "lib", mode: "040000", type: "tree", sha: source?.sha ?? null }],
    });
    expect(
      (await bot.git.getTree({ ...where, tree_sha: moved.sha, recursive: "1" })).data.tree.map((entry) => entry.path),
    ).toEqual(["lib", "lib/add.js"]);
    const bad = (path: string) =>
      bot.git.createTree({ ...where, tree: [{ path, mode: "100644", type: "blob", content: "x" }] });
    for (const path of ["../up", ".git/config", "a//b", "/root"])
      await expect(bad(path)).rejects.toMatchObject({ status: 422 });
    await expect(
      bot.git.createTree({ ...where, tree: [{ path: "a", mode: "100644", type: "blob", sha: "f".repeat(40) }] }),
    ).rejects.toMatchObject({ status: 422 });
  });

  it("makes commits with the names that are given, else the bot's", async () => {
    const { bot, where } = scene;
    const parent = await main();
    const { data: head } = await bot.git.getCommit({ ...where, commit_sha: parent });
    const { data: own } = await bot.git.createCommit({
      ...where,
      message: "By the bot\n\nCo-authored-by: Ada <ada@example.org>",
      tree: head.tree.sha,
      parents: [parent],
    });
    expect(own.author.name).toBe("fleet[bot]");
    expect(own.message).toContain("Co-authored-by");
    const author = { name: "Ada", email: "ada@example.org", date: "2026-01-02T03:04:05Z" };
    const { data: given } = await bot.git.createCommit({
      ...where,
      message: "m",
      tree: head.tree.sha,
      parents: [parent],
      author,
    });
    expect([given.author, given.committer]).toEqual([author, author]);
    const { data: listed } = await bot.repos.getCommit({ ...where, ref: own.sha });
    expect(listed.author).toMatchObject({ login: "fleet[bot]" });
    await expect(bot.git.createCommit({ ...where, message: "m", tree: parent, parents: [] })).rejects.toMatchObject({
      status: 422,
    });
    const { data: blob } = await bot.git.createBlob({
      ...where,
      content: Buffer.from([0, 1, 255]).toString("base64"),
      encoding: "base64",
    });
    expect(Buffer.from((await bot.git.getBlob({ ...where, file_sha: blob.sha })).data.content, "base64")).toEqual(
      Buffer.from([0, 1, 255]),
    );
  });

  it("moves refs forward only, unless forced", async () => {
    const { bot, where } = scene;
    const parent = await main();
    const { data: head } = await bot.git.getCommit({ ...where, commit_sha: parent });
    const make = async (message: string) =>
      (await bot.git.createCommit({ ...where, message, tree: head.tree.sha, parents: [parent] })).data.sha;
    const [one, two] = [await make("one"), await make("two")];
    const ref = "heads/fleet/7/slashes";
    await bot.git.createRef({ ...where, ref: `refs/${ref}`, sha: one });
    await expect(bot.git.createRef({ ...where, ref: `refs/${ref}`, sha: one })).rejects.toMatchObject({
      status: 422,
      response: { data: { message: "Reference already exists" } },
    });
    await expect(bot.git.createRef({ ...where, ref: `refs/${ref}/below`, sha: one })).rejects.toMatchObject({
      status: 422,
    });
    await expect(bot.git.createRef({ ...where, ref: "heads/bad", sha: one })).rejects.toMatchObject({ status: 422 });
    await expect(bot.git.createRef({ ...where, ref: "refs/heads/a..b", sha: one })).rejects.toMatchObject({
      status: 422,
    });
    await expect(bot.git.updateRef({ ...where, ref, sha: two })).rejects.toMatchObject({
      status: 422,
      response: { data: { message: "Update is not a fast forward" } },
    });
    await bot.git.updateRef({ ...where, ref, sha: two, force: true });
    expect((await bot.git.getRef({ ...where, ref })).data.object.sha).toBe(two);
    expect((await bot.repos.getBranch({ ...where, branch: "fleet/7/slashes" })).data.commit.sha).toBe(two);
    expect((await bot.git.listMatchingRefs({ ...where, ref: "heads/fleet" })).data).toHaveLength(1);
    expect((await bot.repos.listBranches(where)).data.map((branch) => branch.name)).toEqual([
      "fleet/7/slashes",
      "main",
    ]);
    expect(
      (await bot.repos.compareCommitsWithBasehead({ ...where, basehead: "main...fleet/7/slashes" })).data.ahead_by,
    ).toBe(1);
    await bot.git.deleteRef({ ...where, ref });
    await expect(bot.git.getRef({ ...where, ref })).rejects.toMatchObject({ status: 404 });
    await expect(bot.git.deleteRef({ ...where, ref: "heads/main" })).rejects.toMatchObject({ status: 422 });
    await expect(bot.git.updateRef({ ...where, ref: "heads/nope", sha: one })).rejects.toMatchObject({ status: 422 });
  });

  it("reads and writes files", async () => {
    const { bot, where } = scene;
    const content = (text: string) => Buffer.from(text).toString("base64");
    const { data: made } = await bot.repos.createOrUpdateFileContents({
      ...where,
      path: "docs/a b.md",
      message: "Add",
      content: content("one\n"),
    });
    const { data: file } = await bot.repos.getContent({ ...where, path: "docs/a b.md" });
    expect(file).toMatchObject({ type: "file", name: "a b.md", encoding: "base64", sha: made.content?.sha });
    const raw = await bot.repos.getContent({ ...where, path: "docs/a b.md", mediaType: { format: "raw" } });
    expect(raw.data).toBe("one\n");
    const update = (sha: string | undefined) =>
      bot.repos.createOrUpdateFileContents({
        ...where,
        path: "docs/a b.md",
        message: "Change",
        content: content("two\n"),
        ...(sha === undefined ? {} : { sha }),
      });
    await expect(update(undefined)).rejects.toMatchObject({ status: 422 });
    await expect(update("0".repeat(40))).rejects.toMatchObject({ status: 409 });
    const { data: changed } = await update(made.content?.sha);
    expect((await bot.repos.getContent({ ...where, path: "" })).data).toHaveLength(4);
    expect((await bot.repos.getContent({ ...where, path: "docs" })).data).toMatchObject([
      { path: "docs/a b.md", type: "file" },
    ]);
    await bot.repos.deleteFile({ ...where, path: "docs/a b.md", message: "Remove", sha: changed.content?.sha ?? "" });
    await expect(bot.repos.getContent({ ...where, path: "docs/a b.md" })).rejects.toMatchObject({ status: 404 });
    await expect(bot.repos.getContent({ ...where, path: "README.md", ref: "nowhere" })).rejects.toMatchObject({
      status: 404,
    });
    expect(
      (await bot.repos.listCommits({ ...where, path: "docs/a b.md" })).data.map((row) => row.commit.message),
    ).toEqual(["Remove", "Change", "Add"]);
  });
});
