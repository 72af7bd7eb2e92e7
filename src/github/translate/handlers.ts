import type { HandledEventName } from "../registry.ts";
import type { Handler } from "./app-deps.ts";
import { onCheckRun } from "./on-check-run.ts";
import { onDelete } from "./on-delete.ts";
import { onInstallation } from "./on-installation.ts";
import { onIssueComment } from "./on-issue-comment.ts";
import { onIssueDependencies } from "./on-issue-dependencies.ts";
import { onIssues } from "./on-issues.ts";
import { onLabel } from "./on-label.ts";
import { onMember } from "./on-member.ts";
import { onMembership } from "./on-membership.ts";
import { onMilestone } from "./on-milestone.ts";
import { onOrganization } from "./on-organization.ts";
import { onPullRequest } from "./on-pull-request.ts";
import { onPush } from "./on-push.ts";
import { onRepository } from "./on-repository.ts";
import { onReview } from "./on-review.ts";
import { onReviewComment } from "./on-review-comment.ts";
import { onStatus } from "./on-status.ts";
import { onSubIssues } from "./on-sub-issues.ts";
import { onTeam } from "./on-team.ts";

/** One handler for each event of the registry. */
export const handlers: Readonly<Record<HandledEventName, Handler>> = {
  issues: onIssues,
  issue_comment: onIssueComment,
  milestone: onMilestone,
  sub_issues: onSubIssues,
  issue_dependencies: onIssueDependencies,
  delete: onDelete,
  pull_request: onPullRequest,
  pull_request_review: onReview,
  pull_request_review_comment: onReviewComment,
  label: onLabel,
  push: onPush,
  check_run: onCheckRun,
  status: onStatus,
  installation: onInstallation,
  installation_repositories: onInstallation,
  repository: onRepository,
  membership: onMembership,
  team: onTeam,
  organization: onOrganization,
  member: onMember,
};
