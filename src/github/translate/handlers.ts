import type { HandledEventName } from "../registry.ts";
import type { Handler } from "./app-deps.ts";
import { onCheckRun } from "./on-check-run.ts";
import { onInstallation } from "./on-installation.ts";
import { onIssueComment } from "./on-issue-comment.ts";
import { onIssues } from "./on-issues.ts";
import { onPullRequest } from "./on-pull-request.ts";
import { onPush } from "./on-push.ts";
import { onReview } from "./on-review.ts";

/** One handler for each event of the registry. */
export const handlers: Readonly<Record<HandledEventName, Handler>> = {
  issues: onIssues,
  issue_comment: onIssueComment,
  pull_request: onPullRequest,
  pull_request_review: onReview,
  push: onPush,
  check_run: onCheckRun,
  installation: onInstallation,
  installation_repositories: onInstallation,
};
