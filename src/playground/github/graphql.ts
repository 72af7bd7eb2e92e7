import { z } from "zod";
import { notFound } from "./github-error.ts";
import { emitIssueEvent, putIssue } from "./issue-events.ts";
import { authorOf, bodyOf, type Call, type Reply } from "./operation.ts";
import { requireRepositoryAccess } from "./permissions.ts";
import { nodeId } from "./present/account.ts";
import { isPull } from "./pull-rows.ts";

const requestSchema = z.object({ query: z.string(), variables: z.record(z.string(), z.unknown()).nullish() });
const mutation = /\b(markPullRequestReadyForReview|convertPullRequestToDraft)\b/;

/**
 * The two mutations that REST has no operation for: a draft becomes ready, and the other way round. The pull request's
 * node id may stand in the query or in any variable. Everything else of the GraphQL API answers 404.
 */
export function serveGraphql(call: Call): Reply {
  const { query, variables } = bodyOf(call, requestSchema);
  const name = mutation.exec(query)?.[1];
  const text = `${query} ${JSON.stringify(variables ?? {})}`;
  const { issues, repositories } = call.world.store.tables;
  const pull = [...issues.all()].filter(isPull).find((row) => text.includes(`"${nodeId("PullRequest", row.pull.id)}"`));
  const repository = repositories.get(pull?.repositoryId ?? null);
  if (name === undefined || pull === undefined || repository === undefined) throw notFound();
  requireRepositoryAccess(call.world.store, repository, call.actor, { app: ["pull_requests:write"], user: "write" });
  const draft = name === "convertPullRequestToDraft";
  call.world.store.transaction(() => {
    if (pull.pull.draft === draft) return;
    const changed = putIssue(call.world, { ...pull, pull: { ...pull.pull, draft } });
    emitIssueEvent(call.world, changed, draft ? "converted_to_draft" : "ready_for_review", authorOf(call));
  });
  const shown = { id: nodeId("PullRequest", pull.pull.id), number: pull.number, isDraft: draft };
  return { status: 200, body: { data: { [name]: { clientMutationId: null, pullRequest: shown } } } };
}
