import { z } from "zod";
import { RetryableError } from "../../kernel/errors.ts";
import type { Epochs } from "./epochs.ts";
import { answerKey, type ConditionalCache, type KnownAnswer, type Response } from "./known-answers.ts";
import { statusOf } from "./request-failure.ts";
import { type ResourceKind, readResource, resourceName, splitUrl } from "./resources.ts";

/** What a write did to an answer that was known; null where that cannot be said. */
type Change = (data: unknown, url: string) => unknown;

type Effect = { readonly kind: ResourceKind; readonly of: number | string; readonly change: Change | null };

type Request = { readonly method: string; readonly headers: { readonly accept?: string | undefined } };

/**
 * Makes a write and keeps what is known up with it: GitHub answers a write with what stands there now, so that the next
 * look at it need not ask. A write that finds nothing where something was known shows that the knowledge is old: it is
 * dropped, and the job comes back.
 */
export async function keepUp(
  cache: ConditionalCache,
  url: string,
  request: Request,
  write: () => Promise<Response>,
): Promise<Response> {
  const split = splitUrl(url);
  if (split === null || cache.epochs === null) return write();
  const { repository, path } = split;
  try {
    const response = await write();
    for (const effect of effectsOf(request.method, path, response.data))
      await apply(cache, cache.epochs, repository, effect);
    for (const [seed, data] of seedsOf(path, request.method, response.data)) {
      const base = url.slice(0, url.indexOf(repository) + repository.length);
      plant(cache, `${base}${seed}`, request.headers.accept, response, data);
    }
    return response;
  } catch (error) {
    const status = statusOf(error);
    const number = numberIn(path);
    if ((status === 404 || status === 410) && forget(cache, repository, path, number)) {
      throw new RetryableError("What was to be changed is not there any more", 1_000, { cause: error });
    }
    throw error;
  }
}

/** Brings the answers of one resource up to date, and tells every other process that theirs are old. */
async function apply(
  cache: ConditionalCache,
  epochs: Epochs,
  repository: string,
  { kind, of, change }: Effect,
): Promise<void> {
  const resource = resourceName(repository, kind, of);
  const epoch = await epochs.raise(resource);
  if (change === null) return;
  for (const [key, known] of answersOf(cache, resource)) {
    const data = known.epoch === epoch - 1 && !isOnePageOfMany(known) ? change(known.response.data, key) : undefined;
    // Without an ETag: it was that of the answer before.
    if (data !== undefined) {
      cache.answers.set(key, {
        ...known,
        response: withData(known.response, data),
        etag: null,
        epoch,
        at: cache.clock(),
      });
    }
  }
}

function answersOf(cache: ConditionalCache, resource: string): readonly (readonly [string, KnownAnswer])[] {
  return [...cache.answers.entries()].filter(([, known]) => known.resource === resource);
}

function isOnePageOfMany({ response }: KnownAnswer): boolean {
  return response.headers.link !== undefined && response.headers.link !== "";
}

function withData(response: Response, data: unknown): Response {
  return { ...response, data };
}

/** What is new holds nothing yet; whoever adds something is heard of by a webhook, which raises the epoch above 0. */
function plant(
  cache: ConditionalCache,
  url: string,
  accept: string | undefined,
  response: Response,
  data: unknown,
): void {
  const key = answerKey(url, accept);
  if (cache.answers.has(key)) return;
  const { link: _, etag: __, ...headers } = response.headers;
  const answer = { ...response, status: 200, headers, data };
  cache.answers.set(key, { resource: readResource(url), response: answer, etag: null, epoch: 0, at: cache.clock() });
}

/** Drops what is known of a number, or of all comments where the path names one; whether there was anything. */
function forget(cache: ConditionalCache, repository: string, path: string, number: number | null): boolean {
  const kinds: readonly ResourceKind[] = path.startsWith("/issues/comments/") ? ["comments"] : ["core", "labels"];
  const names = kinds.map((kind) => resourceName(repository, kind, number ?? ""));
  const old = [...cache.answers.entries()].filter(
    ([, known]) =>
      known.epoch !== null &&
      names.some((name) => (number === null ? known.resource?.startsWith(name) : known.resource === name)),
  );
  for (const [key] of old) cache.answers.delete(key);
  return old.length > 0;
}

function numberIn(path: string): number | null {
  const number = /^\/(?:issues|pulls)\/(\d+)/.exec(path)?.[1];
  return number === undefined ? null : Number(number);
}

const labelsGiven = z.array(z.looseObject({ name: z.string() }));
const withId = z.looseObject({ id: z.int() });
const comment = withId.extend({ issue_url: z.string() });
const checkRun = withId.extend({ head_sha: z.string(), name: z.string() });
const checkList = z.looseObject({ check_runs: z.array(withId) });
const issue = z.looseObject({ number: z.int(), labels: z.array(z.unknown()) });
const reviewers = z.looseObject({ requested_reviewers: z.array(z.unknown()), requested_teams: z.array(z.unknown()) });

/** The effects of a write, by what it was and what GitHub answered. */
function effectsOf(method: string, path: string, data: unknown): readonly Effect[] {
  const number = numberIn(path);
  const commented = comment.safeParse(data);
  if (path.startsWith("/issues/comments/") && method === "PATCH" && commented.success) {
    const of = Number(commented.data.issue_url.split("/").at(-1));
    return [{ kind: "comments", of, change: (known) => replaced(known, commented.data) }];
  }
  const run = checkRun.safeParse(data);
  if (path.startsWith("/check-runs") && run.success) {
    const { head_sha: of } = run.data;
    const change: Change = (known, url) => withRun(known, run.data, url);
    return [
      { kind: "checks", of, change },
      { kind: "own checks", of, change },
    ];
  }
  if (path.startsWith("/contents/")) return [{ kind: "files", of: "", change: null }];
  if (number === null) return [];
  const rest = path.replace(/^\/(issues|pulls)\/\d+/, "");
  if (rest.startsWith("/labels")) return labelEffects(number, data);
  if (rest === "/comments" && path.startsWith("/issues/")) {
    return [{ kind: "comments", of: number, change: (known) => appended(known, data) }];
  }
  if (rest === "/reviews") return [{ kind: "reviews", of: number, change: (known) => appended(known, data) }];
  if (rest === "/requested_reviewers") {
    const asked = reviewers.safeParse(data);
    const now = asked.success
      ? { users: asked.data.requested_reviewers, teams: asked.data.requested_teams }
      : undefined;
    return [{ kind: "reviewers", of: number, change: () => now }];
  }
  if (rest === "/sub_issues") return [{ kind: "children", of: number, change: null }];
  if (rest === "/reactions" || rest.startsWith("/dependencies")) return [];
  if (rest !== "" || method !== "PATCH") return [{ kind: "core", of: number, change: null }];
  // An issue and its pull request are two answers of one resource: only the one that was written is known.
  const written = path.startsWith("/issues/") ? "/issues/" : "/pulls/";
  const whole = issue.safeParse(data);
  return [
    { kind: "core", of: number, change: (_, url) => (url.includes(`${written}${number}`) ? data : undefined) },
    ...(whole.success ? [{ kind: "labels", of: number, change: () => whole.data.labels } as const] : []),
  ];
}

/** GitHub answers a change of labels with all that the issue carries now; a removal of the last one, too. */
function labelEffects(number: number, data: unknown): readonly Effect[] {
  const labels = labelsGiven.safeParse(data);
  if (!labels.success)
    return [
      { kind: "labels", of: number, change: null },
      { kind: "core", of: number, change: null },
    ];
  return [
    { kind: "labels", of: number, change: () => labels.data },
    { kind: "core", of: number, change: (known) => (isRecord(known) ? { ...known, labels: labels.data } : undefined) },
  ];
}

/** What is known of an issue or pull request that was just opened: itself, and that nobody said anything yet. */
function seedsOf(path: string, method: string, data: unknown): readonly (readonly [string, unknown])[] {
  const opened = issue.safeParse(data);
  if (method !== "POST" || !opened.success || (path !== "/issues" && path !== "/pulls")) return [];
  const { number, labels } = opened.data;
  const list = "?per_page=100";
  const common = [
    [`${path}/${number}`, data],
    [`/issues/${number}/labels${list}`, labels],
    [`/issues/${number}/comments${list}`, []],
  ] as const;
  if (path === "/issues") return common;
  const none = { users: [], teams: [] };
  return [...common, [`/pulls/${number}/reviews${list}`, []], [`/pulls/${number}/requested_reviewers`, none]];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function appended(known: unknown, added: unknown): unknown {
  return Array.isArray(known) && added !== undefined ? [...known, added] : undefined;
}

function replaced(known: unknown, changed: { readonly id: number }): unknown {
  if (!Array.isArray(known)) return undefined;
  const items: readonly unknown[] = known;
  return items.map((item) => (withId.safeParse(item).data?.id === changed.id ? changed : item));
}

/** The list of a commit's check runs with one of them changed or added; a list may be of one name only. */
function withRun(known: unknown, run: z.infer<typeof checkRun>, url: string): unknown {
  const list = checkList.safeParse(known);
  if (!list.success) return undefined;
  const asked = new URL(url.split(" ")[0] ?? "").searchParams.get("check_name");
  if (asked !== null && asked !== run.name) return known;
  const others = list.data.check_runs.filter(({ id }) => id !== run.id);
  return { ...list.data, total_count: others.length + 1, check_runs: [...others, run] };
}
