/**
 * Every webhook event and action that the App handles, and every permission that it asks for, as data. The webhook
 * allow-list, the handlers' registration and `app.yml` (checked by a test) follow from here.
 *
 * `subscribed: false`: GitHub sends the event to every App by itself and does not let one subscribe to it.
 *
 * @see https://docs.github.com/webhooks/webhook-events-and-payloads
 */
export const handledEvents = [
  {
    event: "issues",
    actions: [
      "opened",
      "edited",
      "labeled",
      "unlabeled",
      "closed",
      "reopened",
      "deleted",
      "transferred",
      "milestoned",
      "demilestoned",
      "assigned",
      "unassigned",
      "unlocked",
    ],
    permission: "issues",
    subscribed: true,
  },
  { event: "issue_comment", actions: ["created", "edited", "deleted"], permission: "issues", subscribed: true },
  {
    event: "pull_request",
    actions: [
      "opened",
      "synchronize",
      "labeled",
      "unlabeled",
      "closed",
      "reopened",
      "edited",
      "converted_to_draft",
      "ready_for_review",
    ],
    permission: "pull_requests",
    subscribed: true,
  },
  { event: "milestone", actions: ["closed", "edited", "deleted"], permission: "issues", subscribed: true },
  {
    event: "sub_issues",
    actions: ["parent_issue_added", "parent_issue_removed"],
    permission: "issues",
    subscribed: true,
  },
  {
    event: "issue_dependencies",
    actions: ["blocked_by_added", "blocked_by_removed"],
    permission: "issues",
    subscribed: true,
  },
  { event: "delete", actions: [], permission: "contents", subscribed: true },
  {
    event: "pull_request_review",
    actions: ["submitted", "edited", "dismissed"],
    permission: "pull_requests",
    subscribed: true,
  },
  {
    event: "pull_request_review_comment",
    actions: ["created", "edited"],
    permission: "pull_requests",
    subscribed: true,
  },
  { event: "label", actions: ["edited", "deleted"], permission: "issues", subscribed: true },
  { event: "push", actions: [], permission: "contents", subscribed: true },
  {
    event: "check_run",
    actions: ["completed", "rerequested", "requested_action"],
    permission: "checks",
    subscribed: true,
  },
  { event: "status", actions: [], permission: "statuses", subscribed: true },
  {
    event: "installation",
    actions: ["created", "deleted", "suspend", "unsuspend", "new_permissions_accepted"],
    permission: "metadata",
    subscribed: false,
  },
  { event: "installation_repositories", actions: ["added", "removed"], permission: "metadata", subscribed: false },
  {
    event: "repository",
    actions: ["renamed", "transferred", "archived", "unarchived", "deleted", "edited"],
    permission: "metadata",
    subscribed: true,
  },
  { event: "membership", actions: ["added", "removed"], permission: "members", subscribed: true },
  {
    event: "team",
    actions: ["edited", "deleted", "added_to_repository", "removed_from_repository"],
    permission: "members",
    subscribed: true,
  },
  { event: "organization", actions: ["member_removed"], permission: "members", subscribed: true },
  { event: "member", actions: ["added", "edited", "removed"], permission: "members", subscribed: true },
] as const satisfies readonly HandledEvent[];

type HandledEvent = {
  readonly event: string;
  /** The handled actions; empty for an event that has none. */
  readonly actions: readonly string[];
  readonly permission: Permission;
  readonly subscribed: boolean;
};

/** What the App may do, least first, each with the reason (shown in docs). */
export const permissions = {
  /** Collaborator permissions: roles of people where fleet.yml names none. */
  metadata: "read",
  /** Stories, tasks, labels, comments, reactions, sub-issues. */
  issues: "write",
  /** One pull request per task, review requests, reviews, merge. */
  pull_requests: "write",
  /** Task branches, commits through the Git Data API, `.github/fleet.yml`. */
  contents: "write",
  /** `fleet/council` and `fleet/gate`; and reading whether the required checks are green. */
  checks: "write",
  /** Required checks that a CI reports as commit statuses. */
  statuses: "read",
  /** Team memberships: roles of people (an organisation permission). */
  members: "read",
} as const;

export type Permission = keyof typeof permissions;

/** Permissions of an organisation: a person's account has none to grant, and teams do not exist there. */
export const organizationPermissions = ["members"] as const satisfies readonly Permission[];

export type HandledEventName = (typeof handledEvents)[number]["event"];

/** The webhook events that the intake lets in; every other is answered with 202 and ignored. */
export const allowedEvents: ReadonlySet<string> = new Set(handledEvents.map((row) => row.event));

/** Whether there is anything to do for this event and action; `action` is undefined for an event without actions. */
export function isHandled(event: string, action: string | undefined): boolean {
  const row = handledEvents.find((candidate) => candidate.event === event);
  if (row === undefined) return false;
  const actions: readonly string[] = row.actions;
  return actions.length === 0 || (action !== undefined && actions.includes(action));
}

/** The events of `app.yml`'s `default_events`, sorted as there. */
export function subscribedEvents(): readonly string[] {
  return handledEvents
    .filter((row) => row.subscribed)
    .map((row) => row.event)
    .toSorted();
}
