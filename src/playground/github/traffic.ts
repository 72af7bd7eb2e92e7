/** A request that no route answers. */
export interface UnknownRoute {
  readonly method: string;
  readonly path: string;
}

/**
 * The operations that create content in the sense of GitHub's secondary limit (80 a minute, 500 an hour): those whose
 * documentation warns of "creating content too quickly", and everything else that makes something new.
 */
const contentCreating: ReadonlySet<string> = new Set([
  "issues/create",
  "issues/create-comment",
  "issues/create-label",
  "issues/create-milestone",
  "issues/add-sub-issue",
  "pulls/create",
  "pulls/create-review",
  "pulls/submit-review",
  "pulls/create-review-comment",
  "pulls/create-reply-for-review-comment",
  "pulls/request-reviewers",
  "pulls/merge",
  "checks/create",
  "git/create-commit",
  "git/create-ref",
  "repos/create-commit-status",
  "repos/create-or-update-file-contents",
]);
const unknownKept = 1000;

/** Whether an operation creates content in the sense of GitHub's secondary limit. */
export function createsContent(operation: string): boolean {
  return contentCreating.has(operation);
}

/** Counts what was asked of the server. */
export class Traffic {
  readonly unknownRoutes: UnknownRoute[] = [];
  readonly operations = new Map<string, number>();
  contentWrites = 0;

  count(operation: string, status: number): void {
    this.operations.set(operation, (this.operations.get(operation) ?? 0) + 1);
    if (status < 400 && createsContent(operation)) this.contentWrites += 1;
  }

  unknown(method: string, path: string): void {
    if (this.unknownRoutes.length < unknownKept) this.unknownRoutes.push({ method, path });
  }
}
