import { z } from "zod";
import { type AppIdentity, isBotOf } from "./app-identity.ts";
import type { Epochs } from "./epochs.ts";
import { isOwnCheck, numberedKinds, type ResourceKind, resourceName } from "./resources.ts";

const numbered = z.object({ number: z.int() });

/** Servers differ in what else they tell. */
const change = z.object({
  action: z.string().nullish(),
  sender: z.object({ id: z.int(), login: z.string() }).nullish(),
  repository: z
    .object({
      name: z.string(),
      owner: z.object({ login: z.string() }),
      default_branch: z.string().nullish(),
    })
    .nullish(),
  issue: numbered.nullish(),
  pull_request: numbered.nullish(),
  parent_issue: numbered.nullish(),
  ref: z.string().nullish(),
  check_run: z.object({ head_sha: z.string().nullish(), name: z.string().nullish() }).nullish(),
  /** Of a commit status. */
  sha: z.string().nullish(),
});

/** What an event changes of its issue or pull request; everything, where it is not said. */
const changes: Readonly<Record<string, readonly ResourceKind[]>> = {
  issue_comment: ["comments"],
  pull_request_review: ["reviews", "reviewers"],
  // Comments on lines are asked for whenever they are needed.
  pull_request_review_comment: [],
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
  if (parsed.data.repository === null || parsed.data.repository === undefined) return;
  await noteInRepository(epochs, app, event, { ...parsed.data, repository: parsed.data.repository });
}

type Change = z.infer<typeof change> & { readonly repository: NonNullable<z.infer<typeof change>["repository"]> };

async function noteInRepository(epochs: Epochs, app: AppIdentity, event: string, given: Change): Promise<void> {
  const { sender, repository, issue, pull_request: pull, parent_issue: parent, ref, check_run: run, sha } = given;
  const action = given.action ?? "";
  const name = `${repository.owner.login}/${repository.name}`;
  const isOwn = sender !== null && sender !== undefined && isBotOf(app, sender);
  const changed: string[] = [];
  for (const about of [issue, pull]) {
    if (about === null || about === undefined || (isOwn && !consequences.has(action))) continue;
    const kinds = isOwn ? (["core"] as const) : (changes[`${event}.${action}`] ?? changes[event] ?? numberedKinds);
    changed.push(...kinds.map((kind) => resourceName(name, kind, about.number)));
  }
  if (parent && !isOwn) changed.push(resourceName(name, "children", parent.number));
  const isDefault = !repository.default_branch || ref === `refs/heads/${repository.default_branch}`;
  if (event === "push" && isDefault) changed.push(resourceName(name, "files"));
  if (event === "repository") changed.push(resourceName(name, "repository"));
  if (event === "status" && sha) changed.push(resourceName(name, "statuses", sha));
  if (run?.head_sha && !isOwn) {
    changed.push(resourceName(name, "checks", run.head_sha));
    // Somebody asked for one of the App's own again, or has one of the same name.
    if (!run.name || isOwnCheck(run.name)) changed.push(resourceName(name, "own checks", run.head_sha));
  }
  for (const resource of changed) await epochs.raise(resource);
}
