import { z } from "zod";
import { emitCheckRun, suiteFor } from "../check-runs.ts";
import { forbidden, found, notFound, unprocessable, validationFailed } from "../github-error.ts";
import { bodyOf, numberParam, type Operation, onRepository, page, type RepositoryCall, slice } from "../operation.ts";
import type { RepositoryAccess } from "../permissions.ts";
import { presentCheckRun } from "../present/check.ts";
import type { AppRow, CheckRunRow } from "../rows.ts";
import { timestamp } from "../world.ts";
import { resolveCommit } from "./commits.ts";

const readChecks: RepositoryAccess = { app: ["checks:read"], user: "read" };
const writeChecks: RepositoryAccess = { app: ["checks:write"], user: "read" };
/** GitHub's limit for the summary and the text of a check run, in characters. */
const outputLimit = 65_535;
const annotationsPerRequest = 50;
const maxActions = 3;

const annotationSchema = z.object({
  path: z.string(),
  start_line: z.number(),
  end_line: z.number(),
  start_column: z.number().nullable().default(null),
  end_column: z.number().nullable().default(null),
  annotation_level: z.enum(["notice", "warning", "failure"]),
  message: z.string(),
  title: z.string().nullable().default(null),
  raw_details: z.string().nullable().default(null),
});
const outputSchema = z.object({
  title: z.string().optional(),
  summary: z.string().max(outputLimit),
  text: z.string().max(outputLimit).optional(),
  annotations: z.array(annotationSchema).max(annotationsPerRequest).default([]),
});
const fields = {
  status: z.enum(["queued", "in_progress", "completed", "waiting", "requested", "pending"]).optional(),
  conclusion: z
    .enum(["action_required", "cancelled", "failure", "neutral", "success", "skipped", "stale", "timed_out"])
    .nullish(),
  details_url: z.string().optional(),
  external_id: z.string().optional(),
  started_at: z.string().optional(),
  completed_at: z.string().nullish(),
  output: outputSchema.optional(),
  actions: z
    .array(z.object({ label: z.string().max(20), description: z.string().max(40), identifier: z.string().max(20) }))
    .max(maxActions)
    .optional(),
};
const createSchema = z.object({ name: z.string().min(1), head_sha: z.string(), ...fields });
const updateSchema = z.object({ name: z.string().min(1).optional(), ...fields });
type Fields = Omit<z.output<typeof updateSchema>, "name">;

/** Only Apps write check runs. */
function callingApp(call: RepositoryCall): AppRow {
  if (call.actor.kind === "installation") return call.actor.app;
  throw forbidden("You must authenticate via a GitHub App.");
}

function withFields(call: RepositoryCall, run: CheckRunRow, body: Fields): CheckRunRow {
  const conclusion = body.conclusion === undefined ? run.conclusion : body.conclusion;
  const concluded = body.conclusion !== undefined && body.conclusion !== null;
  const status = concluded ? "completed" : (body.status ?? run.status);
  if (status === "completed" && conclusion === null)
    throw unprocessable("Invalid request.\n\nFor 'status' completed, a 'conclusion' is needed.");
  const completedAt = body.completed_at ?? run.completedAt ?? timestamp(call.world);
  return {
    ...run,
    status,
    conclusion: status === "completed" ? conclusion : null,
    externalId: body.external_id ?? run.externalId,
    detailsUrl: body.details_url ?? run.detailsUrl,
    startedAt: body.started_at ?? run.startedAt,
    completedAt: status === "completed" ? completedAt : null,
    title: body.output?.title ?? run.title,
    summary: body.output?.summary ?? run.summary,
    text: body.output?.text ?? run.text,
    annotations: [...run.annotations, ...(body.output?.annotations ?? [])],
    actions: body.actions ?? run.actions,
  };
}

async function create(call: RepositoryCall) {
  const { world, repository } = call;
  const app = callingApp(call);
  const body = bodyOf(call, createSchema);
  const headSha = /^[0-9a-f]{40}$/i.test(body.head_sha) ? await world.git(repository).resolve(body.head_sha) : null;
  if (headSha === null)
    throw validationFailed({
      resource: "CheckRun",
      field: "head_sha",
      code: "custom",
      message: `No commit found for SHA: ${body.head_sha}`,
    });
  const run = world.store.transaction(() => {
    const suite = suiteFor(world, repository, app.id, headSha);
    const empty: CheckRunRow = {
      id: world.store.id(),
      repositoryId: repository.id,
      suiteId: suite.id,
      appId: app.id,
      headSha,
      name: body.name,
      status: "queued",
      conclusion: null,
      externalId: "",
      detailsUrl: null,
      startedAt: timestamp(world),
      completedAt: null,
      title: null,
      summary: null,
      text: null,
      annotations: [],
      actions: [],
    };
    const row = world.store.tables.checkRuns.put(withFields(call, empty, body));
    emitCheckRun(world, row, "created", call.actor);
    if (row.status === "completed") emitCheckRun(world, row, "completed", call.actor);
    return row;
  });
  return { status: 201, body: presentCheckRun(world, run) };
}

function find(call: RepositoryCall): CheckRunRow {
  const run = found(call.world.store.tables.checkRuns.get(numberParam(call, "check_run_id")));
  if (run.repositoryId !== call.repository.id) throw notFound();
  return run;
}

function update(call: RepositoryCall) {
  const { world } = call;
  const before = find(call);
  if (before.appId !== callingApp(call).id)
    throw forbidden("Invalid app_id `undefined` - check run can only be modified by the GitHub App that created it.");
  const body = bodyOf(call, updateSchema);
  const run = world.store.transaction(() => {
    const row = world.store.tables.checkRuns.put({ ...withFields(call, before, body), name: body.name ?? before.name });
    if (row.status === "completed" && before.status !== "completed") emitCheckRun(world, row, "completed", call.actor);
    return row;
  });
  return { status: 200, body: presentCheckRun(world, run) };
}

function rerequest(call: RepositoryCall) {
  call.world.store.transaction(() => emitCheckRun(call.world, find(call), "rerequested", call.actor));
  return { status: 201, body: {} };
}

/** The runs of a commit; by default only the newest of each name, as on GitHub. */
async function listForRef(call: RepositoryCall) {
  const { query, world } = call;
  const sha = await resolveCommit(call, call.param("ref"));
  const matching = world.store.tables.checkRuns
    .in(call.repository.id)
    .filter(
      (run) =>
        run.headSha === sha &&
        (query.get("check_name") ?? run.name) === run.name &&
        (query.get("status") ?? run.status) === run.status &&
        (query.get("app_id") ?? String(run.appId)) === String(run.appId),
    );
  const newest = new Map(matching.map((run) => [`${run.appId}:${run.name}`, run]));
  const rows = query.get("filter") === "all" ? matching : [...newest.values()];
  const { items, headers } = slice(call, rows.reverse());
  return {
    status: 200,
    body: { total_count: rows.length, check_runs: items.map((run) => presentCheckRun(world, run)) },
    headers,
  };
}

function listAnnotations(call: RepositoryCall) {
  const run = find(call);
  const blob = `${call.world.url}/blob/${run.headSha}`;
  return page(call, run.annotations, (annotation) => ({ ...annotation, blob_href: `${blob}/${annotation.path}` }));
}

export const checkRunOperations: readonly Operation[] = [
  onRepository("checks/create", "POST", "/check-runs", writeChecks, create),
  onRepository("checks/get", "GET", "/check-runs/{check_run_id}", readChecks, (call) => ({
    status: 200,
    body: presentCheckRun(call.world, find(call)),
  })),
  onRepository("checks/update", "PATCH", "/check-runs/{check_run_id}", writeChecks, update),
  onRepository("checks/list-annotations", "GET", "/check-runs/{check_run_id}/annotations", readChecks, listAnnotations),
  onRepository(
    "checks/rerequest-run",
    "POST",
    "/check-runs/{check_run_id}/rerequest",
    { app: ["checks:write"], user: "write" },
    rerequest,
  ),
  onRepository("checks/list-for-ref", "GET", "/commits/{ref}/check-runs", readChecks, listForRef),
];
