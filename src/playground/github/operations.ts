import type { Operation } from "./operation.ts";
import { appOperations } from "./routes/apps.ts";
import { assigneeOperations } from "./routes/assignees.ts";
import { checkRunOperations } from "./routes/check-runs.ts";
import { commentOperations } from "./routes/comments.ts";
import { commitOperations } from "./routes/commits.ts";
import { contentOperations } from "./routes/contents.ts";
import { gitDataOperations } from "./routes/git-data.ts";
import { hookDeliveryOperations } from "./routes/hook-deliveries.ts";
import { installationLifeOperations } from "./routes/installation-life.ts";
import { issueOperations } from "./routes/issues.ts";
import { labelOperations } from "./routes/labels.ts";
import { mergeOperations } from "./routes/merge.ts";
import { milestoneOperations } from "./routes/milestones.ts";
import { pullOperations } from "./routes/pulls.ts";
import { reactionOperations } from "./routes/reactions.ts";
import { refOperations } from "./routes/refs.ts";
import { repositoryOperations } from "./routes/repositories.ts";
import { repositorySettingOperations } from "./routes/repository-settings.ts";
import { reviewCommentOperations } from "./routes/review-comments.ts";
import { reviewRequestOperations } from "./routes/review-requests.ts";
import { reviewOperations } from "./routes/reviews.ts";
import { statusOperations } from "./routes/statuses.ts";
import { subIssueOperations } from "./routes/sub-issues.ts";
import { teamSettingOperations } from "./routes/team-settings.ts";
import { teamOperations } from "./routes/teams.ts";
import { userOperations } from "./routes/users.ts";

/** The whole REST subset. Each id is the operation's in GitHub's OpenAPI description, which judges the answers. */
export const operations: readonly Operation[] = [
  ...appOperations,
  ...installationLifeOperations,
  ...hookDeliveryOperations,
  ...userOperations,
  ...teamOperations,
  ...teamSettingOperations,
  ...repositoryOperations,
  ...repositorySettingOperations,
  ...labelOperations,
  ...commentOperations,
  ...reactionOperations,
  ...subIssueOperations,
  ...milestoneOperations,
  ...issueOperations,
  ...assigneeOperations,
  ...reviewRequestOperations,
  ...reviewOperations,
  ...reviewCommentOperations,
  ...mergeOperations,
  ...pullOperations,
  ...checkRunOperations,
  ...statusOperations,
  ...commitOperations,
  ...gitDataOperations,
  ...refOperations,
  ...contentOperations,
];
