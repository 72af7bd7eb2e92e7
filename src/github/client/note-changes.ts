import { z } from "zod";
import { type AppIdentity, isBotOf } from "./app-identity.ts";
import type { Epochs } from "./epochs.ts";
import { numberedKinds, type ResourceKind, resourceName } from "./resources.ts";

const numbered = z.object({ number: z.int() });

const change = z.object({
  action: z.string().optional(),
  sender: z.object({ id: z.int(), login: z.string() }).optional(),
  repository: z.object({ full_name: z.string(), default_branch: z.string().optional() }),
  issue: numbered.optional(),
  pull_request: numbered.optional(),
  parent_issue: numbered.optional(),
  ref: z.string().optional(),
  check_run: z.object({ head_sha: z.string() }).optional(),
});

/** What an event changes of its issue or pull request; everything, where it is not said. */
const changes: Readonly<Record<string, readonly ResourceKind[]>> = {
  issue_comment: ["comments"],
  pull_request_review: ["reviews", "reviewers"],
  "issues.labeled": ["labels", "core"],
  "issues.unlabeled": ["labels", "core"],
  "issues.edited": ["core"],
  "issues.closed": ["core"],
  "issues.reopened": ["core"],
  "pull_request.labeled": ["labels", "core"],
  "pull_request.unlabeled": ["labels", "core"],
  "pull_request.edited": ["core"],
  "pull_request.closed": ["core"],
  "pull_request.reopened": ["core"],
  "pull_request.synchronize": ["core"],
  "pull_request.review_requested": ["reviewers"],
  "pull_request.review_request_removed": ["reviewers"],
};

/** Own acts whose consequences no answer told: a merge closes an issue, a push moves a head. */
const consequences: ReadonlySet<string> = new Set([
  "closed",
  "reopened",
  "synchronize",
  "ready_for_review",
  "converted_to_draft",
]);

/**
 * Says of a delivery what is known no longer. The App's own writes were answered by what stands there now; of them only
 * the consequences are news.
 */
export async function noteChanges(epochs: Epochs, app: AppIdentity, event: string, payload: unknown): Promise<void> {
  const parsed = change.safeParse(payload);
  if (!parsed.success) return;
  const {
    action = "",
    sender,
    repository,
    issue,
    pull_request: pull,
    parent_issue: parent,
    ref,
    check_run: run,
  } = parsed.data;
  const name = repository.full_name;
  const isOwn = sender !== undefined && isBotOf(app, sender);
  const changed: string[] = [];
  for (const number of [issue?.number, pull?.number]) {
    if (number === undefined || (isOwn && !consequences.has(action))) continue;
    const kinds = isOwn ? (["core"] as const) : (changes[`${event}.${action}`] ?? changes[event] ?? numberedKinds);
    changed.push(...kinds.map((kind) => resourceName(name, kind, number)));
  }
  if (parent !== undefined && !isOwn) changed.push(resourceName(name, "children", parent.number));
  if (event === "push" && ref === `refs/heads/${repository.default_branch}`) changed.push(resourceName(name, "files"));
  if (event === "repository") changed.push(resourceName(name, "repository"));
  if (run !== undefined && !isOwn) changed.push(resourceName(name, "checks", run.head_sha));
  for (const resource of changed) await epochs.raise(resource);
}
