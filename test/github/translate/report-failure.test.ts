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

const by = (type: string) => ({ id: 11, login: "olga", type });
const common = { installation: { id: 5 }, repository: payload("").repository, sender: by("User") };
const issue = (labels: readonly string[]) => ({ ...payload("").issue, labels: labels.map((name) => ({ name })) });
const pull = { number: 4, updated_at: "2026-01-01T10:00:00Z", labels: [], head: { ref: "fleet/3", sha: "a" } };
const review = (state: string) => ({
  ...common,
  action: "submitted",
  pull_request: pull,
  review: { id: 8, state, user: by("User") },
});
const onStory = (body: string, more: object = {}) => ({ ...payload(body), issue: issue(["fleet:story"]), ...more });
const button = { name: "fleet/council", pull_requests: [{ number: 4 }] };

async function reported(event: string, body: object): Promise<readonly WriteTarget[]> {
  const written: WriteTarget[] = [];
  const delivery = { id: "d-1", event, rawBody: JSON.stringify(body) };
  await reportFailure(async (target) => void written.push(target), delivery, "1a2b3c4d");
  return written;
}

test.each([
  ["issue_comment", payload("/approve"), 3, "comment-9", "What this comment asks for failed"],
  ["issue_comment", onStory("- [ ] Do it (developer, 2h, covers 1)"), 3, "comment-9", "What this comment asks for"],
  [
    "issue_comment",
    onStory("<!-- fleet:plan -->", {
      action: "edited",
      comment: { ...payload("<!-- fleet:plan -->").comment, performed_via_github_app: { id: 1 } },
    }),
    3,
    "comment-9",
    "Your edit of the plan",
  ],
  [
    "issues",
    { ...common, action: "labeled", issue: issue([]), label: { name: "story/planned" } },
    3,
    "delivery-d-1",
    "Your change of the label `story/planned`",
  ],
  ["issues", { ...common, action: "closed", issue: issue(["fleet:story"]) }, 3, "delivery-d-1", "What follows from"],
  [
    "pull_request",
    { ...common, action: "unlabeled", pull_request: pull, label: { name: "task/done" } },
    4,
    "delivery-d-1",
    "Your change of the label `task/done`",
  ],
  ["pull_request_review", review("approved"), 4, "review-8-submitted", "What follows from your review"],
  [
    "check_run",
    { ...common, action: "requested_action", check_run: button },
    4,
    "delivery-d-1",
    "What this button asks for",
  ],
])(
  "%s that asked for something and failed is answered with the incident",
  async (event, body, number, trigger, what) => {
    expect(await reported(event, body)).toMatchObject([
      {
        kind: "reply",
        issueNumber: number,
        trigger: `${trigger}-failed`,
        text: expect.stringMatching(new RegExp(`^${what}.*\`1a2b3c4d\``)),
      },
    ]);
  },
);

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
  ["issue_comment", payload("- [ ] Buy milk")],
  ["issue_comment", payload("/approve", { id: 42 })],
  ["issue_comment", {}],
  ["issues", { ...common, action: "labeled", issue: issue([]), label: { name: "bug" } }],
  ["issues", { ...common, action: "closed", issue: issue([]) }],
  ["issues", { ...common, sender: by("Bot"), action: "labeled", issue: issue([]), label: { name: "story/draft" } }],
  ["pull_request", { ...common, action: "closed", pull_request: pull }],
  ["pull_request_review", review("commented")],
  ["check_run", { ...common, action: "completed", check_run: button }],
  ["push", {}],
])("%s by which nobody asked for anything is not answered", async (event, body) => {
  expect(await reported(event, body)).toEqual([]);
});
