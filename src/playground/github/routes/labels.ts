import { z } from "zod";
import { found, GitHubError, validationFailed } from "../github-error.ts";
import { createLabel, labelsNamed, setLabels } from "../labelling.ts";
import { authorOf, bodyOf, type Operation, onRepository, page, type RepositoryCall } from "../operation.ts";
import type { RepositoryAccess } from "../permissions.ts";
import { presentLabel } from "../present/issue.ts";
import type { IssueRow, LabelRow } from "../rows.ts";
import { callerHas, findIssue, findLabel, readIssues, triageIssues } from "./find.ts";

const nameLimit = 50;
const descriptionLimit = 100;
const writeLabels: RepositoryAccess = { app: ["issues:write", "pull_requests:write"], user: "write" };

const createSchema = z.object({ name: z.string(), color: z.string().optional(), description: z.string().nullish() });
const updateSchema = z.object({
  new_name: z.string().optional(),
  color: z.string().optional(),
  description: z.string().nullish(),
});
const nameSchema = z.union([z.string(), z.object({ name: z.string() }).transform((label) => label.name)]);
const namesSchema = z.union([
  z.array(nameSchema),
  z.object({ labels: z.array(nameSchema).default([]) }).transform((body) => body.labels),
]);

function checkName(call: RepositoryCall, name: string, self?: LabelRow): void {
  const field = { resource: "Label", field: "name" };
  if (name.trim() === "") throw validationFailed({ ...field, code: "missing_field" });
  if (name.length > nameLimit)
    throw validationFailed({
      ...field,
      code: "custom",
      message: `name is too long (maximum is ${nameLimit} characters)`,
    });
  const other = findLabel(call, name);
  if (other !== undefined && other.id !== self?.id) throw validationFailed({ ...field, code: "already_exists" });
}

function checkLook(color: string | undefined, description: string | null | undefined): void {
  if (color !== undefined && !/^[0-9a-f]{6}$/i.test(color))
    throw validationFailed({ resource: "Label", field: "color", code: "invalid" });
  if ((description?.length ?? 0) > descriptionLimit)
    throw validationFailed({ resource: "Label", field: "description", code: "invalid" });
}

function create(call: RepositoryCall) {
  const body = bodyOf(call, createSchema);
  checkName(call, body.name);
  checkLook(body.color, body.description);
  const color = (body.color ?? "ededed").toLowerCase();
  const label = { name: body.name, color, description: body.description ?? null };
  const row = call.world.store.transaction(() => createLabel(call.world, call.repository, label, authorOf(call)));
  return { status: 201, body: presentLabel(call.world, row) };
}

function update(call: RepositoryCall) {
  const { world, repository } = call;
  const before = found(findLabel(call, call.param("name")));
  const body = bodyOf(call, updateSchema);
  if (body.new_name !== undefined) checkName(call, body.new_name, before);
  checkLook(body.color, body.description);
  const after = {
    ...before,
    name: body.new_name ?? before.name,
    color: (body.color ?? before.color).toLowerCase(),
    description: body.description === undefined ? before.description : body.description,
  };
  const changes = {
    ...(after.name === before.name ? {} : { name: { from: before.name } }),
    ...(after.color === before.color ? {} : { color: { from: before.color } }),
    ...(after.description === before.description ? {} : { description: { from: before.description ?? "" } }),
  };
  world.store.transaction(() => {
    world.store.tables.labels.put(after);
    world.emit({
      event: "label",
      action: "edited",
      sender: authorOf(call).account,
      repository,
      payload: { label: presentLabel(world, after), changes },
    });
  });
  return { status: 200, body: presentLabel(world, after) };
}

function remove(call: RepositoryCall) {
  const { world, repository } = call;
  const by = authorOf(call);
  const label = found(findLabel(call, call.param("name")));
  world.store.transaction(() => {
    for (const issue of world.store.tables.issues.in(repository.id).filter((row) => row.labelIds.includes(label.id))) {
      setLabels(world, issue, world.store.tables.labels.pick(issue.labelIds.filter((id) => id !== label.id)), by);
    }
    world.emit({
      event: "label",
      action: "deleted",
      sender: by.account,
      repository,
      payload: { label: presentLabel(world, label) },
    });
    world.store.tables.labels.remove(label.id);
  });
  return { status: 204 };
}

/** Replaces the labels of the path's issue by what `choose` says, and answers all that it has then. */
function change(call: RepositoryCall, choose: (issue: IssueRow, present: LabelRow[]) => LabelRow[]) {
  const { world } = call;
  const by = authorOf(call);
  const issue = findIssue(call, "write");
  const changed = world.store.transaction(() =>
    setLabels(world, issue, choose(issue, world.store.tables.labels.pick(issue.labelIds)), by),
  );
  return {
    status: 200,
    body: world.store.tables.labels.pick(changed.labelIds).map((label) => presentLabel(world, label)),
  };
}

function named(call: RepositoryCall): LabelRow[] {
  return labelsNamed(call.world, call.repository, bodyOf(call, namesSchema), authorOf(call), callerHas(call, "write"));
}

function removeFromIssue(call: RepositoryCall) {
  const label = found(findLabel(call, call.param("name")));
  if (!findIssue(call, "write").labelIds.includes(label.id)) throw new GitHubError(404, "Label does not exist");
  return change(call, (_, present) => present.filter((row) => row.id !== label.id));
}

export const labelOperations: readonly Operation[] = [
  onRepository("issues/list-labels-for-repo", "GET", "/labels", readIssues, (call) =>
    page(call, call.world.store.tables.labels.in(call.repository.id), (label) => presentLabel(call.world, label)),
  ),
  onRepository("issues/create-label", "POST", "/labels", writeLabels, create),
  onRepository("issues/get-label", "GET", "/labels/{name}", readIssues, (call) => ({
    status: 200,
    body: presentLabel(call.world, found(findLabel(call, call.param("name")))),
  })),
  onRepository("issues/update-label", "PATCH", "/labels/{name}", writeLabels, update),
  onRepository("issues/delete-label", "DELETE", "/labels/{name}", writeLabels, remove),
  onRepository("issues/list-labels-on-issue", "GET", "/issues/{issue_number}/labels", readIssues, (call) =>
    page(call, call.world.store.tables.labels.pick(findIssue(call).labelIds), (label) =>
      presentLabel(call.world, label),
    ),
  ),
  onRepository("issues/add-labels", "POST", "/issues/{issue_number}/labels", triageIssues, (call) =>
    change(call, (_, present) => {
      const more = named(call).filter((label) => !present.some((row) => row.id === label.id));
      return [...present, ...more];
    }),
  ),
  onRepository("issues/set-labels", "PUT", "/issues/{issue_number}/labels", triageIssues, (call) =>
    change(call, () => named(call)),
  ),
  onRepository("issues/remove-all-labels", "DELETE", "/issues/{issue_number}/labels", triageIssues, (call) => {
    change(call, () => []);
    return { status: 204 };
  }),
  onRepository("issues/remove-label", "DELETE", "/issues/{issue_number}/labels/{name}", triageIssues, removeFromIssue),
];
