import { found } from "../github-error.ts";
import type { CommentRow, IssueRow, LabelRow, MilestoneRow, ReactionContent, ReactionRow } from "../rows.ts";
import type { World } from "../world.ts";
import { associationOf, nodeId, presentAccountId } from "./account.ts";
import { presentAppId } from "./app.ts";
import { apiUrl, htmlUrl } from "./repository.ts";

const reactionContents: readonly ReactionContent[] = [
  "+1",
  "-1",
  "laugh",
  "hooray",
  "confused",
  "heart",
  "rocket",
  "eyes",
];

export function presentLabel(world: World, label: LabelRow) {
  const repository = found(world.store.tables.repositories.get(label.repositoryId));
  return {
    id: label.id,
    node_id: nodeId("Label", label.id),
    url: `${apiUrl(world, repository)}/labels/${encodeURIComponent(label.name)}`,
    name: label.name,
    color: label.color,
    default: false,
    description: label.description,
  };
}

export function presentMilestone(world: World, milestone: MilestoneRow) {
  const repository = found(world.store.tables.repositories.get(milestone.repositoryId));
  const url = `${apiUrl(world, repository)}/milestones/${milestone.number}`;
  const issues = world.store.tables.issues.in(repository.id).filter((row) => row.milestoneId === milestone.id);
  return {
    url,
    html_url: `${htmlUrl(world, repository)}/milestone/${milestone.number}`,
    labels_url: `${url}/labels`,
    id: milestone.id,
    node_id: nodeId("Milestone", milestone.id),
    number: milestone.number,
    title: milestone.title,
    description: milestone.description,
    creator: presentAccountId(world, milestone.creatorId),
    open_issues: issues.filter((row) => row.state === "open").length,
    closed_issues: issues.filter((row) => row.state === "closed").length,
    state: milestone.state,
    created_at: milestone.createdAt,
    updated_at: milestone.updatedAt,
    due_on: milestone.dueOn,
    closed_at: milestone.closedAt,
  };
}

/** `reaction-rollup`. */
export function presentReactions(world: World, subjectId: number, subjectUrl: string) {
  const reactions = world.store.tables.reactions.in(subjectId);
  const counts = reactionContents.map((content) => [
    content,
    reactions.filter((row) => row.content === content).length,
  ]);
  return { url: `${subjectUrl}/reactions`, total_count: reactions.length, ...Object.fromEntries(counts) };
}

export function presentReaction(world: World, reaction: ReactionRow) {
  return {
    id: reaction.id,
    node_id: nodeId("Reaction", reaction.id),
    user: presentAccountId(world, reaction.userId),
    content: reaction.content,
    created_at: reaction.createdAt,
  };
}

/** What issues and pull requests have in common. */
export function presentIssueBase(world: World, issue: IssueRow) {
  const { labels, milestones, repositories } = world.store.tables;
  const repository = found(repositories.get(issue.repositoryId));
  const milestone = milestones.get(issue.milestoneId);
  const assignees = issue.assigneeIds.flatMap((id) => presentAccountId(world, id) ?? []);
  return {
    number: issue.number,
    title: issue.title,
    user: presentAccountId(world, issue.authorId),
    labels: labels.pick(issue.labelIds).map((label) => presentLabel(world, label)),
    state: issue.state,
    locked: issue.locked,
    assignee: assignees[0] ?? null,
    assignees,
    milestone: milestone === undefined ? null : presentMilestone(world, milestone),
    created_at: issue.createdAt,
    updated_at: issue.updatedAt,
    closed_at: issue.closedAt,
    author_association: associationOf(world, repository, issue.authorId),
    active_lock_reason: issue.lockReason,
    body: issue.body,
  };
}

/** `issue`; a pull request carries `pull_request` as on GitHub. */
export function presentIssue(world: World, issue: IssueRow) {
  const { comments, issues, repositories } = world.store.tables;
  const repository = found(repositories.get(issue.repositoryId));
  const url = `${apiUrl(world, repository)}/issues/${issue.number}`;
  const html = `${htmlUrl(world, repository)}/${issue.pull === null ? "issues" : "pull"}/${issue.number}`;
  const children = issues.pick(issue.subIssueIds);
  const completed = children.filter((row) => row.state === "closed").length;
  const blockers = issues.pick(issue.blockedByIds);
  const blocked = issues.in(repository.id).filter((row) => row.blockedByIds.includes(issue.id));
  return {
    id: issue.id,
    node_id: nodeId("Issue", issue.id),
    url,
    repository_url: apiUrl(world, repository),
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    timeline_url: `${url}/timeline`,
    html_url: html,
    ...presentIssueBase(world, issue),
    comments: comments.count(issue.id),
    state_reason: issue.stateReason,
    reactions: presentReactions(world, issue.id, url),
    performed_via_github_app: presentAppId(world, issue.appId),
    sub_issues_summary: {
      total: children.length,
      completed,
      percent_completed: children.length === 0 ? 0 : Math.floor((100 * completed) / children.length),
    },
    issue_dependencies_summary: {
      blocked_by: blockers.filter((row) => row.state === "open").length,
      total_blocked_by: blockers.length,
      blocking: issue.state === "open" ? blocked.filter((row) => row.state === "open").length : 0,
      total_blocking: blocked.length,
    },
    ...(issue.pull === null ? {} : { draft: issue.pull.draft, pull_request: pullLinks(world, issue) }),
  };
}

/** One issue with who closed it and its parent, which lists and webhooks leave out. */
export function presentIssueInFull(world: World, issue: IssueRow) {
  const parent = world.store.tables.issues.get(issue.parentId);
  const repository = found(world.store.tables.repositories.get(issue.repositoryId));
  const above =
    parent === undefined ? {} : { parent_issue_url: `${apiUrl(world, repository)}/issues/${parent.number}` };
  return { ...presentIssue(world, issue), closed_by: presentAccountId(world, issue.closedById), ...above };
}

function pullLinks(world: World, issue: IssueRow) {
  const repository = found(world.store.tables.repositories.get(issue.repositoryId));
  const html = `${htmlUrl(world, repository)}/pull/${issue.number}`;
  return {
    url: `${apiUrl(world, repository)}/pulls/${issue.number}`,
    html_url: html,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    merged_at: issue.pull?.mergedAt ?? null,
  };
}

/** `issue-comment`. */
export function presentComment(world: World, comment: CommentRow) {
  const issue = found(world.store.tables.issues.get(comment.issueId));
  const repository = found(world.store.tables.repositories.get(issue.repositoryId));
  const url = `${apiUrl(world, repository)}/issues/comments/${comment.id}`;
  const issueHtml = `${htmlUrl(world, repository)}/${issue.pull === null ? "issues" : "pull"}/${issue.number}`;
  return {
    url,
    html_url: `${issueHtml}#issuecomment-${comment.id}`,
    issue_url: `${apiUrl(world, repository)}/issues/${issue.number}`,
    id: comment.id,
    node_id: nodeId("IssueComment", comment.id),
    user: presentAccountId(world, comment.authorId),
    created_at: comment.createdAt,
    updated_at: comment.updatedAt,
    body: comment.body,
    author_association: associationOf(world, repository, comment.authorId),
    reactions: presentReactions(world, comment.id, url),
    performed_via_github_app: presentAppId(world, comment.appId),
  };
}
