import { expect, test } from "vitest";
import { reportFailure } from "../../../src/github/translate/report-failure.ts";
import type { WriteTarget } from "../../../src/github/write/write-target.ts";

const payload = (body: string, via: { id: number } | null = null) => ({
  action: "created",
  installation: { id: 5 },
  repository: { id: 7, name: "shop", owner: { login: "acme" } },
  sender: { id: 11, login: "olga" },
  issue: { number: 3, title: "T", user: null, updated_at: "2026-01-01T10:00:00Z" },
  comment: { id: 9, body, created_at: "2026-01-01T10:00:00Z", user: null, performed_via_github_app: via },
});

async function reported(event: string, body: object): Promise<readonly WriteTarget[]> {
  const written: WriteTarget[] = [];
  await reportFailure(
    async (target) => void written.push(target),
    { event, rawBody: JSON.stringify(body) },
    "1a2b3c4d",
  );
  return written;
}

test("a command that failed is answered with the incident", async () => {
  expect(await reported("issue_comment", payload("/approve"))).toMatchObject([
    { kind: "reply", issueNumber: 3, trigger: "comment-9-failed", text: expect.stringContaining("`1a2b3c4d`") },
  ]);
});

test("a command in a review, or beside a line, is answered likewise on its pull request", async () => {
  const { issue: _, comment, ...common } = payload("/why");
  const pull_request = { number: 4, updated_at: "2026-01-01T10:00:00Z" };
  const review = { ...comment, state: "commented", commit_id: "abc" };
  const triggers = [
    ...(await reported("pull_request_review_comment", { ...common, pull_request, comment })),
    ...(await reported("pull_request_review", { ...common, action: "submitted", pull_request, review })),
    ...(await reported("pull_request_review", { ...common, action: "dismissed", pull_request, review })),
    ...(await reported("pull_request_review", { ...common, pull_request, review: { ...review, body: null } })),
  ].map((target) => target.kind === "reply" && [target.issueNumber, target.trigger]);
  expect(triggers).toEqual([
    [4, "line-comment-9-failed"],
    [4, "review-9-failed"],
  ]);
});

test.each([
  ["issue_comment", payload("thanks")],
  ["issue_comment", payload("/approve", { id: 42 })],
  ["issue_comment", {}],
  ["push", {}],
])("%s that asked for nothing is not answered", async (event, body) => {
  expect(await reported(event, body)).toEqual([]);
});
