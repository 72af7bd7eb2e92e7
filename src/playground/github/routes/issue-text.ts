import { viaApp } from "../actor.ts";
import { found, validationFailed } from "../github-error.ts";
import { emitIssueEvent, putIssue } from "../issue-events.ts";
import { authorOf, type RepositoryCall } from "../operation.ts";
import type { IssueRow } from "../rows.ts";
import { timestamp } from "../world.ts";

const titleLimit = 256;

/** Refuses a title that GitHub refuses. */
export function checkTitle(resource: string, text: string | undefined): string {
  const field = { resource, field: "title" };
  if (text === undefined || text.trim() === "") throw validationFailed({ ...field, code: "missing_field" });
  if (text.length > titleLimit)
    throw validationFailed({
      ...field,
      code: "custom",
      message: `title is too long (maximum is ${titleLimit} characters)`,
    });
  return text;
}

/** Takes the next number of the repository. Only inside a transaction. */
export function takeNumber(call: RepositoryCall): number {
  const { repositories } = call.world.store.tables;
  const current = found(repositories.get(call.repository.id));
  repositories.put({ ...current, nextNumber: current.nextNumber + 1 });
  return current.nextNumber;
}

/** A new open issue with nothing on it. Only inside a transaction. */
export function newIssue(call: RepositoryCall, text: string, body: string | null): IssueRow {
  const by = authorOf(call);
  const time = timestamp(call.world);
  return {
    id: call.world.store.id(),
    repositoryId: call.repository.id,
    number: takeNumber(call),
    title: text,
    body,
    state: "open",
    stateReason: null,
    authorId: by.account.id,
    appId: viaApp(by),
    labelIds: [],
    assigneeIds: [],
    milestoneId: null,
    locked: false,
    lockReason: null,
    createdAt: time,
    updatedAt: time,
    closedAt: null,
    closedById: null,
    parentId: null,
    subIssueIds: [],
    blockedByIds: [],
    pull: null,
  };
}

/** Changes title and body, and tells what they were. Only inside a transaction. */
export function editIssue(
  call: RepositoryCall,
  issue: IssueRow,
  text: { title: string; body: string | null },
): IssueRow {
  const changes = {
    ...(text.title === issue.title ? {} : { title: { from: issue.title } }),
    ...((text.body ?? "") === (issue.body ?? "") ? {} : { body: { from: issue.body ?? "" } }),
  };
  if (Object.keys(changes).length === 0) return issue;
  const edited = putIssue(call.world, { ...issue, ...text });
  emitIssueEvent(call.world, edited, "edited", authorOf(call), { changes });
  return edited;
}
