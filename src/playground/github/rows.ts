/** The rows of the local GitHub's store. All times are ISO 8601 in UTC without milliseconds, as GitHub writes them. */

export type PermissionLevel = "read" | "triage" | "write" | "maintain" | "admin";

export interface AccountRow {
  readonly id: number;
  readonly login: string;
  readonly type: "User" | "Organization" | "Bot";
  readonly token: string | null;
  readonly createdAt: string;
  /** GitHub shows nothing of a suspended account, as of one that is gone. */
  readonly suspended?: boolean;
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
  /** What the team, and every team nested in it, may do: repository id → level. */
  readonly repositories?: Readonly<Record<string, PermissionLevel>>;
}

export interface RepositoryRow {
  readonly id: number;
  readonly ownerId: number;
  readonly name: string;
  readonly description: string | null;
  readonly private: boolean;
  readonly defaultBranch: string;
  readonly archived?: boolean;
  /** The repository that it is a fork of. */
  readonly forkOf?: number;
  /** Full names that it had before, in lower case: they lead to it until somebody else takes them. */
  readonly formerNames?: readonly string[];
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
  /** The repository of its head, where that is a fork. */
  readonly headRepositoryId?: number;
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

export * from "./app-rows.ts";
export * from "./check-rows.ts";
