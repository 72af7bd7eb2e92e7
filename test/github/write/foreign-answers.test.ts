import { ProbotOctokit } from "probot";
import { describe, expect, test } from "vitest";
import { ensureCommit } from "../../../src/github/write/ensure-commit.ts";
import { readSubIssues } from "../../../src/github/write/ensure-issue.ts";
import { ensureMerged } from "../../../src/github/write/ensure-merged.ts";
import { ensurePullRequest } from "../../../src/github/write/ensure-pull-request.ts";
import { ensureReview } from "../../../src/github/write/ensure-review.ts";
import { ensureReviewRequest } from "../../../src/github/write/ensure-review-request.ts";
import { createReviewAsks } from "../../../src/github/write/review-asks.ts";

type Reply = readonly [status: number, body?: unknown];

/** A GitHub that answers by a script: for each call its answers in turn, the last one for ever. */
function scripted(script: Readonly<Record<string, readonly Reply[]>>) {
  const asked: { readonly call: string; readonly body: unknown }[] = [];
  const noted: string[] = [];
  const fetch = async (input: string | URL, init?: { method?: string; body?: string }) => {
    const path = decodeURIComponent(new URL(input).pathname).replace("/repos/acme/shop/", "");
    const call = `${init?.method ?? "GET"} ${path}`;
    const before = asked.filter((each) => each.call === call).length;
    asked.push({ call, body: JSON.parse(init?.body ?? "null") });
    const replies = script[call] ?? [];
    const [status, body] = replies[Math.min(before, replies.length - 1)] ?? [500, { message: `not scripted: ${call}` }];
    return Object.defineProperty(Response.json(body ?? { message: "as scripted" }, { status }), "url", {
      value: String(input),
    });
  };
  const octokit = new ProbotOctokit({
    request: { fetch },
    retry: { enabled: false },
    throttle: { enabled: false },
    log: { debug() {}, info() {}, warn() {}, error() {} },
  });
  const on = {
    octokit,
    owner: "acme",
    repo: "shop",
    app: { appId: 42, slug: "fleet", botId: 99 },
    beforeWrite: async () => {},
    lacks: (feature: string) => void noted.push(feature),
  };
  const bodiesOf = (call: string) => asked.filter((each) => each.call === call).map(({ body }) => body);
  return { on, noted, bodiesOf };
}

describe("a merge", () => {
  const open = { number: 5, state: "open", merged: false, head: { sha: "head" } };
  const wanted = { pullNumber: 5, headSha: "head", method: "merge" } as const;
  const modified = { message: "Base branch was modified. Review and try the merge again." };

  test.each([
    ["whose base just moved", 405, modified, { ...open, mergeable: true, mergeable_state: "clean" }, true],
    ["that GitHub still looks at", 405, {}, { ...open, mergeable: null, mergeable_state: "unknown" }, true],
    ["on a server that tells nothing more", 405, {}, open, true],
    ["that conflicts", 405, {}, { ...open, mergeable: false, mergeable_state: "dirty" }, false],
    ["that a required check holds", 405, {}, { ...open, mergeable: true, mergeable_state: "blocked" }, false],
    ["whose head moved", 409, {}, { ...open, head: { sha: "other" } }, false],
    ["that collided with another write", 409, {}, { ...open, mergeable: true, mergeable_state: "clean" }, true],
    ["for which the App has no permission", 403, {}, { ...open, mergeable: true }, false],
  ])("%s is put off (%i)", async (_, status, message, now, passing) => {
    const { on } = scripted({
      "GET pulls/5": [
        [200, open],
        [200, now],
      ],
      "PUT pulls/5/merge": [[status, message]],
    });
    expect(await ensureMerged(on, wanted)).toMatchObject({ kind: "blocked", passing });
  });

  test("whose answer was lost is seen", async () => {
    const merged = { ...open, state: "closed", merged: true, merge_commit_sha: "m" };
    const { on } = scripted({
      "GET pulls/5": [
        [200, open],
        [200, merged],
      ],
      "PUT pulls/5/merge": [[405]],
    });
    expect(await ensureMerged(on, wanted)).toEqual({ kind: "merged", sha: "m" });
  });
});

describe("a commit", () => {
  const request = {
    branch: "fleet/1/t1",
    parentSha: "base",
    changes: [],
    message: "x\n\nFleet-Deliberation: d",
    trailer: "Fleet-Deliberation: d",
  };
  const ref = "GET git/ref/heads/fleet/1/t1";
  const at = (sha: string): Reply => [200, { object: { sha } }];
  const script = {
    "GET git/commits/base": [[200, { message: "base", tree: { sha: "t0" } }]],
    "POST git/trees": [[201, { sha: "t1" }]],
    "POST git/commits": [[201, { sha: "new" }]],
    "POST git/refs": [[422, { message: "Reference already exists" }]],
    "PATCH git/refs/heads/fleet/1/t1": [[200, {}]],
  } as const;

  test.each([
    ["that its own lost answer made", "new", { kind: "committed", sha: "new", tree: "t1" }, 0],
    ["that was made at its start meanwhile", "base", { kind: "committed", sha: "new", tree: "t1" }, 1],
    ["that somebody else made", "other", { kind: "diverged", headSha: "other" }, 0],
  ])("finds a branch %s", async (_, head, expected, moves) => {
    const { on, bodiesOf } = scripted({ ...script, [ref]: [[404], at(head)] });
    expect(await ensureCommit(on, request)).toEqual(expected);
    expect(bodiesOf("PATCH git/refs/heads/fleet/1/t1")).toHaveLength(moves);
  });
});

describe("reviewers", () => {
  const call = "POST pulls/5/requested_reviewers";
  const known = {
    "GET pulls/5/requested_reviewers": [[200, { users: [], teams: [] }]],
    "GET pulls/5/reviews": [[200, []]],
  } as const;
  const people = { logins: ["quinn"], teams: ["qa"] };
  const nobody = { logins: [], teams: [] };
  const wanted = { wanted: people, over: nobody, decided: [] };

  test("are asked without the teams where there are none", async () => {
    const { on, bodiesOf } = scripted({ ...known, [call]: [[422], [201, {}]] });
    expect(await ensureReviewRequest(on, 5, "head", wanted, createReviewAsks())).toBe(false);
    expect(bodiesOf(call).at(-1)).toEqual({ reviewers: ["quinn"] });
  });

  test.each([403, 404, 501])("are not asked where nobody can be (%i)", async (status) => {
    const { on } = scripted({ ...known, [call]: [[status]] });
    expect(await ensureReviewRequest(on, 5, "head", wanted, createReviewAsks())).toBe(false);
    const silent = scripted({ "GET pulls/5/requested_reviewers": [[status]] });
    expect(await ensureReviewRequest(silent.on, 5, "head", wanted, createReviewAsks())).toBe(false);
  });

  test.each([403, 404, 422])("stay asked where a request cannot be withdrawn (%i)", async (status) => {
    const asked = { users: [{ login: "Quinn" }], teams: [{ slug: "qa" }, { slug: "others" }] };
    const withdraw = "DELETE pulls/5/requested_reviewers";
    const { on, bodiesOf } = scripted({ "GET pulls/5/requested_reviewers": [[200, asked]], [withdraw]: [[status]] });
    expect(
      await ensureReviewRequest(on, 5, "head", { wanted: nobody, over: people, decided: [] }, createReviewAsks()),
    ).toBe(true);
    expect(bodiesOf(withdraw)).toEqual([{ reviewers: ["Quinn"], team_reviewers: ["qa"] }]);
  });
});

test.each([
  ["says that they are not part of the diff after all", [200, [{ filename: "a.js", patch: "@@ -1 +1,9 @@" }]], 2],
  ["tells no files", [501], 1],
] as const)("findings stand in the review's words where GitHub %s", async (_, files, tries) => {
  const { on, bodiesOf } = scripted({
    "GET pulls/5/reviews": [[200, []]],
    "GET pulls/5/files": [files],
    "POST pulls/5/reviews": tries === 2 ? [[422], [200, {}]] : [[200, {}]],
  });
  const findings = [{ text: "why?", place: { path: "a.js", line: 3 }, replacement: null }];
  await ensureReview(on, 5, { marker: "d", headSha: "head", text: "One finding", findings });
  expect(bodiesOf("POST pulls/5/reviews")).toHaveLength(tries);
  expect(bodiesOf("POST pulls/5/reviews").at(-1)).toMatchObject({ body: expect.stringContaining("- `a.js:3` why?") });
});

test.each([404, 410, 501])("an issue has no sub-issues where they are off (%i)", async (status) => {
  const { on } = scripted({ "GET issues/1/sub_issues": [[status]] });
  expect(await readSubIssues(on, 1)).toEqual([]);
});

test("a pull request stays a draft where there is no GraphQL, and counts as open without merged_at", async () => {
  const body = "<!-- fleet:task t -->\nWhy";
  const pull = { number: 5, node_id: "n", state: "open", draft: true, body, head: { ref: "b", sha: "head" } };
  const { on, noted } = scripted({
    "GET pulls": [[200, [pull]]],
    "PATCH pulls/5": [[200, pull]],
    "POST /graphql": [[404]],
  });
  const wanted = { branch: "b", base: "main", marker: "task t", title: "T", text: "Why", draft: false };
  expect(await ensurePullRequest(on, wanted)).toMatchObject({ number: 5, open: true, merged: false });
  expect(noted).toEqual(["ending a draft"]);
});
