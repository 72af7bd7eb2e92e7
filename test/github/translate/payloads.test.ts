import { describe, expect, test } from "vitest";
import {
  issueCommentPayload,
  issueDependenciesPayload,
  issueFactsOf,
  issuesPayload,
  milestonePayload,
  subIssuesPayload,
} from "../../../src/github/translate/issue-payloads.ts";
import { repositoryOf } from "../../../src/github/translate/payload-parts.ts";
import {
  deletePayload,
  pullRequestPayload,
  pushPayload,
  reviewPayload,
} from "../../../src/github/translate/pull-request-payloads.ts";
import { PermanentError } from "../../../src/kernel/errors.ts";

const common = {
  installation: { id: 1 },
  repository: { id: 7, name: "shop", owner: { login: "acme" } },
  sender: { id: 11, login: "olga" },
};
const issue = { number: 3, title: "Coupons", updated_at: "2026-01-01T00:00:00Z" };

describe("payloads with nothing but what is used", () => {
  test("of an issue: its labels may be names, its text and author missing", () => {
    const parsed = issuesPayload.parse({ ...common, action: "opened", issue: { ...issue, labels: ["fleet:story"] } });
    expect(issueFactsOf(repositoryOf(parsed), parsed.issue, "d")).toMatchObject({
      labels: ["fleet:story"],
      body: "",
      author: { login: "ghost" },
      milestone: null,
    });
  });

  test.each([
    ["an issue without labels", issuesPayload, { action: "edited", issue, label: null }],
    [
      "a comment",
      issueCommentPayload,
      { action: "created", issue: { ...issue, labels: null }, comment: { id: 1, body: "/help", created_at: "2026" } },
    ],
    [
      "a pull request",
      pullRequestPayload,
      { action: "opened", pull_request: { number: 5, updated_at: "2026", head: { ref: "b", sha: "s" } } },
    ],
    ["a review", reviewPayload, { pull_request: { number: 5 }, review: { id: 1, state: "approved" } }],
    ["a milestone", milestonePayload, { action: "closed", milestone: { number: 1, title: "S", updated_at: "2026" } }],
    [
      "sub-issues",
      subIssuesPayload,
      {
        action: "parent_issue_added",
        sub_issue: { number: 1, updated_at: "2026" },
        parent_issue: { number: 2, updated_at: "2026" },
      },
    ],
    [
      "a dependency",
      issueDependenciesPayload,
      {
        action: "blocked_by_added",
        blocked_issue: { number: 1, updated_at: "2026" },
        blocking_issue: { number: 2, updated_at: "2026" },
      },
    ],
    ["a deleted branch", deletePayload, { ref: "b", ref_type: "branch" }],
    ["a push", pushPayload, { ref: "refs/heads/b", after: "s", commits: [{ id: "s", added: null }] }],
  ])("of %s", (_, schema, payload) => {
    expect(schema.safeParse({ ...common, ...payload }).success).toBe(true);
  });

  test("a payload that lacks what is used ends for good, and says where", () => {
    const parse = () => issuesPayload.parse({ ...common, action: "opened", issue: { ...issue, number: "3" } });
    expect(parse).toThrow(PermanentError);
    expect(parse).toThrow("The payload of issues does not have its shape at: issue.number");
  });
});
