import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { labelSet } from "../../../src/github/present/label-set.ts";
import { checkRunNames, ensureCheckRun } from "../../../src/github/write/ensure-check-run.ts";
import { ensureReaction, ensureReply, ensureStickyComment } from "../../../src/github/write/ensure-comment.ts";
import { ensureBranch, ensureCommit } from "../../../src/github/write/ensure-commit.ts";
import { ensureIssueState, ensureSubIssue } from "../../../src/github/write/ensure-issue.ts";
import { ensureIssueLabels } from "../../../src/github/write/ensure-issue-labels.ts";
import { ensureLabels } from "../../../src/github/write/ensure-labels.ts";
import { ensureMerged } from "../../../src/github/write/ensure-merged.ts";
import { ensurePullRequest } from "../../../src/github/write/ensure-pull-request.ts";
import { ensureReview } from "../../../src/github/write/ensure-review.ts";
import { ensureReviewRequest } from "../../../src/github/write/ensure-review-request.ts";
import { createReviewAsks } from "../../../src/github/write/review-asks.ts";
import { type LocalWorld, startWorld } from "../support/local-world.ts";

let world: LocalWorld;
const shop = { owner: "acme", repo: "shop" };

beforeAll(async () => {
  world = await startWorld({
    "README.md": "# Shop\n",
    "src/total.ts": "export const total = 1;\n",
    "old.txt": "old\n",
  });
});
afterAll(async () => {
  expect(world.github.unknownRoutes).toEqual([]);
  await world.close();
});
beforeEach(() => {
  world.writes.length = 0;
});

async function newIssue(title = "An issue"): Promise<number> {
  const { data } = await world.as("olga").rest.issues.create({ ...shop, title, body: "text" });
  return data.number;
}

/** Runs it twice: the second run must write nothing. */
async function twice<T>(run: () => Promise<T>): Promise<T> {
  const first = await run();
  const spent = world.writes.length;
  expect(spent).toBeGreaterThan(0);
  expect(await run()).toEqual(first);
  expect(world.writes).toHaveLength(spent);
  return first;
}

describe("labels", () => {
  const labels = [
    { name: "story/draft", color: "ededed", description: "A draft." },
    { name: "story/done", color: "0e8a16", description: "Merged." },
  ];

  test("are made once, and mended when somebody changed them", async () => {
    const change = async () => (await ensureLabels(world.on, labels)).map((step) => step.change);
    expect([await change(), await change()]).toEqual([
      ["create", "create"],
      ["none", "none"],
    ]);
    await world.as("olga").rest.issues.updateLabel({ ...shop, name: "story/done", color: "000000" });
    expect([await change(), await change()]).toEqual([
      ["none", "update"],
      ["none", "none"],
    ]);
    expect(world.writes).toEqual(["edit", "edit", "edit"]);
  });

  test("that people renamed keep their names, on issues too", async () => {
    await ensureLabels(world.on, labelSet);
    await world.as("olga").rest.issues.updateLabel({ ...shop, name: "story/draft", new_name: "✏️ writing" });
    await world.as("olga").rest.issues.updateLabel({ ...shop, name: "story/planned", new_name: "Story/Planned" });
    const steps = await ensureLabels(world.on, labelSet);
    expect(steps.filter((step) => step.as !== step.label.name).map((step) => [step.as, step.change])).toEqual([
      ["✏️ writing", "none"],
      ["Story/Planned", "none"],
    ]);
    const issue_number = await newIssue();
    const on = { ...world.on, labelNames: new Map(steps.map(({ label, as }) => [label.name, as])) };
    await world.as("olga").rest.issues.addLabels({ ...shop, issue_number, labels: ["Story/Planned"] });
    await twice(() => ensureIssueLabels(on, issue_number, [{ prefix: "story/", wanted: ["story/draft"] }]));
    const { data } = await world.as("olga").rest.issues.listLabelsOnIssue({ ...shop, issue_number });
    expect(data.map((label) => label.name)).toEqual(["✏️ writing"]);
  });

  test("of a family are exactly the wanted ones; others stay", async () => {
    const issue_number = await newIssue();
    await world.as("olga").rest.issues.addLabels({ ...shop, issue_number, labels: ["story/draft", "bug"] });
    await twice(() => ensureIssueLabels(world.on, issue_number, [{ prefix: "story/", wanted: ["story/done"] }]));
    const { data } = await world.as("olga").rest.issues.get({ ...shop, issue_number });
    expect(data.labels.map((label) => (typeof label === "string" ? label : label.name)).toSorted()).toEqual([
      "bug",
      "story/done",
    ]);
  });
});

describe("comments", () => {
  test("the sticky one is made once and edited in place", async () => {
    const issue = await newIssue();
    await twice(() => ensureStickyComment(world.on, issue, "story", "First"));
    await twice(() => ensureStickyComment(world.on, issue, "story", "Second"));
    const { data } = await world.as("olga").rest.issues.listComments({ ...shop, issue_number: issue });
    expect(data).toHaveLength(1);
    expect(data[0]?.body).toContain("Second");
  });

  test("a person's copy of the marker is not taken for the App's comment", async () => {
    const issue = await newIssue();
    await world
      .as("guest")
      .rest.issues.createComment({ ...shop, issue_number: issue, body: "<!-- fleet:story -->\nmine" });
    await twice(() => ensureStickyComment(world.on, issue, "story", "Text"));
    const { data } = await world.as("olga").rest.issues.listComments({ ...shop, issue_number: issue });
    expect(data.map((comment) => comment.body?.includes("mine"))).toEqual([true, false]);
  });

  test("a marker that somebody's text smuggles into another comment of the App is not taken for one", async () => {
    const issue = await newIssue();
    const forged = "<!-- fleet:story -->";
    await ensureReply(world.on, issue, "comment-1-0", `You said:\n\`\`\`\n${forged}\n\`\`\``);
    await twice(() => ensureStickyComment(world.on, issue, "story", "Text"));
    await twice(() => ensureStickyComment(world.on, issue, "story", `Text\n${forged}\n<!-- fleet:hash 0 -->`));
    const { data } = await world.as("olga").rest.issues.listComments({ ...shop, issue_number: issue });
    expect(data.map((comment) => comment.body?.split("\n")[0])).toEqual(["<!-- fleet:reply comment-1-0 -->", forged]);
  });

  test("a reply is given once for each trigger", async () => {
    const issue = await newIssue();
    await twice(() => ensureReply(world.on, issue, "comment-1-0", "Refused."));
    await ensureReply(world.on, issue, "comment-2-0", "Refused.");
    const { data } = await world.as("olga").rest.issues.listComments({ ...shop, issue_number: issue });
    expect(data).toHaveLength(2);
  });

  test("a reaction stands once", async () => {
    const issue_number = await newIssue();
    const { data: comment } = await world
      .as("olga")
      .rest.issues.createComment({ ...shop, issue_number, body: "/approve" });
    await ensureReaction(world.on, { commentId: comment.id }, "eyes");
    await ensureReaction(world.on, { commentId: comment.id }, "eyes");
    const { data } = await world.as("olga").rest.reactions.listForIssueComment({ ...shop, comment_id: comment.id });
    expect(data.map((reaction) => reaction.content)).toEqual(["eyes"]);
  });
});

describe("issues", () => {
  test("a task's sub-issue is made once, also when its number was forgotten", async () => {
    const parent = await newIssue("A story");
    const wanted = {
      parent,
      marker: "task 1-1-p1-t1",
      number: null,
      title: "A task",
      text: "Do it",
      labels: ["fleet:task"] as const,
    };
    const number = await ensureSubIssue(world.on, { ...wanted, labels: ["fleet:task"] });
    expect(await ensureSubIssue(world.on, { ...wanted, labels: ["fleet:task"] })).toBe(number);
    const { data } = await world.as("olga").rest.issues.listSubIssues({ ...shop, issue_number: parent });
    expect(data.map((issue) => issue.number)).toEqual([number]);
    await twice(() => ensureSubIssue(world.on, { ...wanted, labels: ["fleet:task"], number, text: "Do it well" }));
  });

  test("are closed with their reason", async () => {
    const issue = await newIssue();
    await twice(() => ensureIssueState(world.on, issue, "not_planned"));
    const { data } = await world.as("olga").rest.issues.get({ ...shop, issue_number: issue });
    expect([data.state, data.state_reason]).toEqual(["closed", "not_planned"]);
  });
});

describe("a task's branch", () => {
  const text = (value: string) => Buffer.from(value).toString("base64");
  async function mainSha(): Promise<string> {
    const { data } = await world.on.octokit.rest.git.getRef({ ...shop, ref: "heads/main" });
    return data.object.sha;
  }

  test("gets one commit with modes, deletions and bytes, and a pull request that is merged at its head", async () => {
    const request = {
      branch: "fleet/1/t1-total",
      parentSha: await mainSha(),
      changes: [
        { path: "src/total.ts", mode: "100644", content: text("export const total = 2;\n") },
        { path: "run.sh", mode: "100755", content: text("#!/bin/sh\nset -e\n") },
        { path: "logo.bin", mode: "100644", content: Buffer.from([0xff, 0x00, 0xfe]).toString("base64") },
        { path: "old.txt", mode: "100644", content: null },
      ],
      message: "Change the total\n\nFleet-Deliberation: d1",
      trailer: "Fleet-Deliberation: d1",
    } as const;
    const result = await twice(() => ensureCommit(world.on, request));
    expect(result.kind).toBe("committed");
    if (result.kind !== "committed") return;
    const { data: tree } = await world.on.octokit.rest.git.getTree({ ...shop, tree_sha: result.tree, recursive: "1" });
    expect(tree.tree.filter((entry) => entry.type === "blob").map((entry) => `${entry.mode} ${entry.path}`)).toEqual([
      "100644 README.md",
      "100644 logo.bin",
      "100755 run.sh",
      "100644 src/total.ts",
    ]);
    const wanted = {
      branch: request.branch,
      base: "main",
      marker: "task t1",
      title: "Change the total",
      text: "Why",
      draft: false,
    };
    const pull = await twice(() => ensurePullRequest(world.on, wanted));
    expect(pull).toMatchObject({ open: true, merged: false, headSha: result.sha });
    const nobody = { logins: [], teams: [] };
    const architects = { logins: ["quinn"], teams: ["architects"] };
    const atFirst = { wanted: architects, over: nobody, decided: [] };
    await twice(() => ensureReviewRequest(world.on, pull.number, result.sha, atFirst, createReviewAsks()));
    await twice(async () =>
      ensureReview(world.on, pull.number, {
        marker: "d1",
        headSha: result.sha,
        text: "One finding",
        findings: [{ text: "why?", place: { path: "run.sh", line: 1 }, replacement: null }],
      }),
    );
    const findings = [
      { text: "Say 3.", place: { path: "src/total.ts", line: 1 }, replacement: "export const total = 3;" },
      { text: "No such line.", place: { path: "src/total.ts", line: 99 }, replacement: "x" },
      { text: "Not changed.", place: { path: "README.md", line: 1 }, replacement: null },
      { text: "Nowhere.", place: null, replacement: null },
      { text: "From here.", place: { path: "run.sh", from: 1, line: 2 }, replacement: "#!/bin/bash\n```" },
      { text: "One too many.", place: null, replacement: null },
    ];
    await ensureReview(world.on, pull.number, { marker: "d2", headSha: result.sha, text: "Five findings.", findings });
    const reviews = await world.as("olga").rest.pulls.listReviews({ ...shop, pull_number: pull.number });
    const comments = await world.as("olga").rest.pulls.listReviewComments({ ...shop, pull_number: pull.number });
    expect(reviews.data.at(-1)?.body).toMatchSnapshot();
    expect(
      comments.data.map(({ path, start_line, line, body }) => ({ path, start_line, line, body })),
    ).toMatchSnapshot();
    const check = {
      name: checkRunNames.gate,
      headSha: result.sha,
      conclusion: null,
      title: "Waits",
      summary: "for the architect",
      actions: [{ identifier: "why", label: "Why?", description: "Says why", command: "why" }],
    } as const;
    await twice(() => ensureCheckRun(world.on, check));
    await twice(() => ensureCheckRun(world.on, { ...check, conclusion: "success", title: "Done" }));
    expect(
      await ensureMerged(world.on, { pullNumber: pull.number, headSha: "0".repeat(40), method: "merge" }),
    ).toMatchObject({ kind: "blocked" });
    const merge = await ensureMerged(world.on, { pullNumber: pull.number, headSha: result.sha, method: "merge" });
    expect(merge).toEqual({ kind: "merged", sha: await mainSha() });
    expect(await ensureMerged(world.on, { pullNumber: pull.number, headSha: result.sha, method: "merge" })).toEqual(
      merge,
    );
  });

  test("that somebody moved is left as it is", async () => {
    const start = await mainSha();
    const branch = "fleet/1/t2-moved";
    await twice(() => ensureBranch(world.on, branch, start));
    await world.as("dev").rest.repos.createOrUpdateFileContents({
      ...shop,
      path: "dev.txt",
      branch,
      message: "Mine",
      content: text("mine"),
    });
    const { data } = await world.on.octokit.rest.git.getRef({ ...shop, ref: `heads/${branch}` });
    const request = {
      branch,
      parentSha: start,
      changes: [],
      message: "x\n\nFleet-Deliberation: d2",
      trailer: "Fleet-Deliberation: d2",
    };
    expect(await ensureCommit(world.on, request)).toEqual({ kind: "diverged", headSha: data.object.sha });
  });

  test("that nobody's candidate passed gets a draft, which a later round makes ready", async () => {
    const branch = "fleet/1/t3-draft";
    const changes = [{ path: "draft.txt", mode: "100644", content: text("draft") }] as const;
    await ensureCommit(world.on, {
      branch,
      parentSha: await mainSha(),
      changes,
      message: "d\n\nFleet-Deliberation: d3",
      trailer: "Fleet-Deliberation: d3",
    });
    const wanted = { branch, base: "main", marker: "task t3", title: "Draft", text: "Why", draft: true };
    const { number } = await ensurePullRequest(world.on, wanted);
    expect((await world.as("olga").rest.pulls.get({ ...shop, pull_number: number })).data.draft).toBe(true);
    expect(await ensureMerged(world.on, { pullNumber: number, headSha: "0", method: "merge" })).toMatchObject({
      kind: "blocked",
      why: "The pull request is a draft.",
    });
    await ensurePullRequest(world.on, { ...wanted, draft: false });
    expect((await world.as("olga").rest.pulls.get({ ...shop, pull_number: number })).data.draft).toBe(false);
  });
});
