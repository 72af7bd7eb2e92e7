import { z } from "zod";
import { found, validationFailed } from "../github-error.ts";
import { putIssue } from "../issue-events.ts";
import {
  authorOf,
  bodyOf,
  numberParam,
  type Operation,
  onRepository,
  page,
  type RepositoryCall,
} from "../operation.ts";
import type { RepositoryAccess } from "../permissions.ts";
import { presentMilestone } from "../present/issue.ts";
import type { MilestoneRow } from "../rows.ts";
import { timestamp } from "../world.ts";
import { readIssues } from "./find.ts";

const writeMilestones: RepositoryAccess = { app: ["issues:write", "pull_requests:write"], user: "write" };

const schema = z.object({
  title: z.string().optional(),
  state: z.enum(["open", "closed"]).optional(),
  description: z.string().nullish(),
  due_on: z.string().nullish(),
});

function find(call: RepositoryCall): MilestoneRow {
  const number = numberParam(call, "milestone_number");
  return found(call.world.store.tables.milestones.in(call.repository.id).find((row) => row.number === number));
}

function checkTitle(call: RepositoryCall, title: string | undefined, self?: MilestoneRow): string {
  if (title === undefined || title.trim() === "")
    throw validationFailed({ resource: "Milestone", field: "title", code: "missing_field" });
  const other = call.world.store.tables.milestones
    .in(call.repository.id)
    .find((row) => row.title === title && row.id !== self?.id);
  if (other !== undefined) throw validationFailed({ resource: "Milestone", field: "title", code: "already_exists" });
  return title;
}

function emit(
  call: RepositoryCall,
  action: string,
  milestone: MilestoneRow,
  extra: Readonly<Record<string, unknown>> = {},
): void {
  const payload = { milestone: presentMilestone(call.world, milestone), ...extra };
  call.world.emit({ event: "milestone", action, sender: authorOf(call).account, repository: call.repository, payload });
}

function create(call: RepositoryCall) {
  const { world } = call;
  const body = bodyOf(call, schema);
  const title = checkTitle(call, body.title);
  const time = timestamp(world);
  const row = world.store.transaction(() => {
    const repository = found(world.store.tables.repositories.get(call.repository.id));
    world.store.tables.repositories.put({ ...repository, nextMilestone: repository.nextMilestone + 1 });
    const made = world.store.tables.milestones.put({
      id: world.store.id(),
      repositoryId: repository.id,
      number: repository.nextMilestone,
      title,
      description: body.description ?? null,
      state: body.state ?? "open",
      dueOn: body.due_on ?? null,
      creatorId: authorOf(call).account.id,
      createdAt: time,
      updatedAt: time,
      closedAt: body.state === "closed" ? time : null,
    });
    emit(call, "created", made);
    return made;
  });
  return { status: 201, body: presentMilestone(world, row) };
}

function update(call: RepositoryCall) {
  const { world } = call;
  const before = find(call);
  const body = bodyOf(call, schema);
  const time = timestamp(world);
  const state = body.state ?? before.state;
  const after: MilestoneRow = {
    ...before,
    title: body.title === undefined ? before.title : checkTitle(call, body.title, before),
    description: body.description === undefined ? before.description : body.description,
    dueOn: body.due_on === undefined ? before.dueOn : body.due_on,
    state,
    closedAt: state === "open" ? null : (before.closedAt ?? time),
    updatedAt: time,
  };
  const changes = {
    ...(after.title === before.title ? {} : { title: { from: before.title } }),
    ...(after.description === before.description ? {} : { description: { from: before.description ?? "" } }),
    ...(after.dueOn === before.dueOn ? {} : { due_on: { from: before.dueOn ?? "" } }),
  };
  world.store.transaction(() => {
    world.store.tables.milestones.put(after);
    if (Object.keys(changes).length > 0) emit(call, "edited", after, { changes });
    if (state !== before.state) emit(call, state === "open" ? "opened" : "closed", after);
  });
  return { status: 200, body: presentMilestone(world, after) };
}

function remove(call: RepositoryCall) {
  const { world } = call;
  const milestone = find(call);
  world.store.transaction(() => {
    for (const issue of world.store.tables.issues
      .in(call.repository.id)
      .filter((row) => row.milestoneId === milestone.id)) {
      putIssue(world, { ...issue, milestoneId: null });
    }
    emit(call, "deleted", milestone);
    world.store.tables.milestones.remove(milestone.id);
  });
  return { status: 204 };
}

function list(call: RepositoryCall) {
  const state = call.query.get("state") ?? "open";
  const rows = call.world.store.tables.milestones
    .in(call.repository.id)
    .filter((row) => state === "all" || row.state === state);
  return page(call, rows, (row) => presentMilestone(call.world, row));
}

export const milestoneOperations: readonly Operation[] = [
  onRepository("issues/list-milestones", "GET", "/milestones", readIssues, list),
  onRepository("issues/create-milestone", "POST", "/milestones", writeMilestones, create),
  onRepository("issues/get-milestone", "GET", "/milestones/{milestone_number}", readIssues, (call) => ({
    status: 200,
    body: presentMilestone(call.world, find(call)),
  })),
  onRepository("issues/update-milestone", "PATCH", "/milestones/{milestone_number}", writeMilestones, update),
  onRepository("issues/delete-milestone", "DELETE", "/milestones/{milestone_number}", writeMilestones, remove),
];
