/** The rows of the local GitHub's store. All times are ISO 8601 in UTC without milliseconds, as GitHub writes them. */

export type PermissionLevel = "read" | "triage" | "write" | "maintain" | "admin";

export interface AccountRow {
  readonly id: number;
  readonly login: string;
  readonly type: "User" | "Organization" | "Bot";
  readonly token: string | null;
  readonly createdAt: string;
}

export interface MembershipRow {
  readonly id: number;
  readonly organizationId: number;
  readonly userId: number;
  readonly role: "member" | "admin";
}

export interface TeamRow {
  readonly id: number;
  readonly organizationId: number;
  readonly slug: string;
  readonly name: string;
  readonly parentId: number | null;
  readonly memberIds: readonly number[];
}

export interface RepositoryRow {
  readonly id: number;
  readonly ownerId: number;
  readonly name: string;
  readonly description: string | null;
  readonly private: boolean;
  readonly defaultBranch: string;
  readonly collaborators: Readonly<Record<string, PermissionLevel>>;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly pushedAt: string;
  readonly nextNumber: number;
  readonly nextMilestone: number;
  /** What each ref was when it was last announced: full ref name → object id. */
  readonly refs: Readonly<Record<string, string>>;
  /** Ref moves that are journaled but perhaps not yet made in git: full ref name → new id, or null for a deletion. */
  readonly pendingRefs: Readonly<Record<string, string | null>>;
}

export interface LabelRow {
  readonly id: number;
  readonly repositoryId: number;
  readonly name: string;
  readonly color: string;
  readonly description: string | null;
}

export interface MilestoneRow {
  readonly id: number;
  readonly repositoryId: number;
  readonly number: number;
  readonly title: string;
  readonly description: string | null;
  readonly state: "open" | "closed";
  readonly dueOn: string | null;
  readonly creatorId: number;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly closedAt: string | null;
}

export interface PullPart {
  readonly id: number;
  readonly headRef: string;
  readonly headSha: string;
  readonly baseRef: string;
  readonly baseSha: string;
  readonly draft: boolean;
  readonly mergedAt: string | null;
  readonly mergedById: number | null;
  readonly mergeCommitSha: string | null;
  readonly requestedReviewerIds: readonly number[];
  readonly requestedTeamIds: readonly number[];
  readonly commits: number;
  readonly additions: number;
  readonly deletions: number;
  readonly changedFiles: number;
}

export type StateReason = "completed" | "not_planned" | "duplicate" | "reopened";
export type LockReason = "off-topic" | "too heated" | "resolved" | "spam";

export interface IssueRow {
  readonly id: number;
  readonly repositoryId: number;
  readonly number: number;
  readonly title: string;
  readonly body: string | null;
  readonly state: "open" | "closed";
  readonly stateReason: StateReason | null;
  readonly authorId: number;
  readonly appId: number | null;
  readonly labelIds: readonly number[];
  readonly assigneeIds: readonly number[];
  readonly milestoneId: number | null;
  readonly locked: boolean;
  readonly lockReason: LockReason | null;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly closedAt: string | null;
  readonly closedById: number | null;
  readonly parentId: number | null;
  readonly subIssueIds: readonly number[];
  readonly blockedByIds: readonly number[];
  readonly pull: PullPart | null;
}

export type PullRequestRow = IssueRow & { readonly pull: PullPart };

export interface CommentRow {
  readonly id: number;
  readonly issueId: number;
  readonly authorId: number;
  readonly appId: number | null;
  readonly body: string;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export type ReactionContent = "+1" | "-1" | "laugh" | "confused" | "heart" | "hooray" | "rocket" | "eyes";

export interface ReactionRow {
  readonly id: number;
  /** The issue, comment or review comment that it stands on; ids are unique over all tables. */
  readonly subjectId: number;
  readonly userId: number;
  readonly content: ReactionContent;
  readonly createdAt: string;
}

export interface ReviewRow {
  readonly id: number;
  readonly issueId: number;
  readonly authorId: number;
  readonly body: string;
  readonly state: "PENDING" | "APPROVED" | "CHANGES_REQUESTED" | "COMMENTED" | "DISMISSED";
  readonly commitSha: string;
  readonly submittedAt: string | null;
  readonly updatedAt: string;
}

export interface ReviewCommentRow {
  readonly id: number;
  readonly issueId: number;
  readonly reviewId: number;
  readonly authorId: number;
  readonly body: string;
  readonly path: string;
  readonly line: number | null;
  readonly startLine: number | null;
  readonly side: "LEFT" | "RIGHT";
  readonly subjectType: "line" | "file";
  readonly commitSha: string;
  readonly diffHunk: string;
  readonly inReplyToId: number | null;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface CheckAnnotation {
  readonly path: string;
  readonly start_line: number;
  readonly end_line: number;
  readonly start_column: number | null;
  readonly end_column: number | null;
  readonly annotation_level: "notice" | "warning" | "failure";
  readonly message: string;
  readonly title: string | null;
  readonly raw_details: string | null;
}

export interface CheckAction {
  readonly label: string;
  readonly description: string;
  readonly identifier: string;
}

export type CheckStatus = "queued" | "in_progress" | "completed" | "waiting" | "requested" | "pending";
export type CheckConclusion =
  | "action_required"
  | "cancelled"
  | "failure"
  | "neutral"
  | "success"
  | "skipped"
  | "stale"
  | "timed_out";

export interface CheckRunRow {
  readonly id: number;
  readonly repositoryId: number;
  readonly suiteId: number;
  readonly appId: number;
  readonly headSha: string;
  readonly name: string;
  readonly status: CheckStatus;
  readonly conclusion: CheckConclusion | null;
  readonly externalId: string;
  readonly detailsUrl: string | null;
  readonly startedAt: string;
  readonly completedAt: string | null;
  readonly title: string | null;
  readonly summary: string | null;
  readonly text: string | null;
  readonly annotations: readonly CheckAnnotation[];
  readonly actions: readonly CheckAction[];
}

export interface CheckSuiteRow {
  readonly id: number;
  readonly repositoryId: number;
  readonly appId: number;
  readonly headSha: string;
  readonly headBranch: string | null;
  readonly createdAt: string;
}

export interface StatusRow {
  readonly id: number;
  readonly repositoryId: number;
  readonly sha: string;
  readonly state: "error" | "failure" | "pending" | "success";
  readonly context: string;
  readonly description: string | null;
  readonly targetUrl: string | null;
  readonly creatorId: number;
  readonly createdAt: string;
}

export interface AppRow {
  readonly id: number;
  readonly slug: string;
  readonly name: string;
  readonly ownerId: number;
  readonly botId: number;
  readonly clientId: string;
  readonly privateKeyPem: string;
  readonly publicKeyPem: string;
  readonly permissions: Readonly<Record<string, string>>;
  readonly events: readonly string[];
  readonly webhookUrl: string;
  readonly webhookSecret: string;
  readonly contentType: "json" | "form";
  readonly createdAt: string;
}

export interface InstallationRow {
  readonly id: number;
  readonly appId: number;
  readonly accountId: number;
  readonly repositoryIds: readonly number[];
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface InstallationTokenRow {
  readonly id: number;
  readonly token: string;
  readonly installationId: number;
  readonly permissions: Readonly<Record<string, string>>;
  readonly repositoryIds: readonly number[];
  /** Whether the caller asked for fewer repositories than the installation has. */
  readonly narrowed: boolean;
  readonly expiresAt: string;
}

export interface DeliveryRow {
  readonly id: number;
  readonly guid: string;
  readonly appId: number;
  readonly event: string;
  readonly action: string | null;
  readonly installationId: number | null;
  readonly repositoryId: number | null;
  /** Where the payload lies in the payload log, in bytes. */
  readonly offset: number;
  readonly length: number;
  readonly redelivery: boolean;
  /** False until it was attempted. */
  readonly attempted: boolean;
  readonly status: string;
  readonly statusCode: number;
  /** Seconds. */
  readonly duration: number;
  readonly deliveredAt: string;
  readonly responseBody: string | null;
}
