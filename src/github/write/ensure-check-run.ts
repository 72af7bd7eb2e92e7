import type { Slice } from "../client/octokit.ts";
import type { CheckAction } from "../present/check-actions.ts";
import { contentHash } from "./content-hash.ts";
import { type On, place } from "./on.ts";

/** The check runs of the App: what the council did, whether the gates allow a merge, and what fleet.yml is worth. */
export const checkRunNames = { council: "fleet/council", gate: "fleet/gate", configuration: "fleet/config" } as const;

/** A note beside a line of a changed file. */
export type CheckAnnotation = {
  readonly path: string;
  /** 1-based. */
  readonly line: number;
  readonly level: "notice" | "warning" | "failure";
  readonly title: string;
  readonly message: string;
};

/** GitHub takes so many notes in one call. */
const mostAnnotations = 50;

export type CheckConclusion = "success" | "failure" | "neutral" | "cancelled" | "action_required";

export type CheckRunWanted = {
  readonly name: (typeof checkRunNames)[keyof typeof checkRunNames];
  readonly headSha: string;
  /** Null while it is still open. */
  readonly conclusion: CheckConclusion | null;
  readonly title: string;
  /** Markdown, at most 65,535 characters. */
  readonly summary: string;
  readonly text?: string;
  readonly annotations?: readonly CheckAnnotation[];
  /** The buttons: at most three (GitHub's limit). */
  readonly actions: readonly CheckAction[];
};

/** The commit has this check run. `external_id` holds the hash of what it says, so that a repeat writes nothing. */
export async function ensureCheckRun(
  on: On<Slice<"checks", "listForRef" | "create" | "update">>,
  wanted: CheckRunWanted,
): Promise<void> {
  const { checks } = on.octokit.rest;
  const { annotations = [] } = wanted;
  const actions = wanted.actions.map(({ identifier, label, description }) => ({ identifier, label, description }));
  const hash = contentHash(
    JSON.stringify([wanted.conclusion, wanted.title, wanted.summary, wanted.text ?? "", actions, annotations]),
  );
  const { data } = await checks.listForRef({ ...place(on), ref: wanted.headSha, check_name: wanted.name });
  const existing = data.check_runs.find((run) => run.app?.id === on.app.appId && run.name === wanted.name);
  if (existing?.external_id === hash) return;
  const said = {
    ...place(on),
    name: wanted.name,
    external_id: hash,
    actions,
    output: {
      title: wanted.title,
      summary: wanted.summary,
      ...(wanted.text === undefined ? {} : { text: wanted.text }),
      ...(annotations.length === 0 ? {} : { annotations: annotations.slice(0, mostAnnotations).map(toAnnotation) }),
    },
    ...(wanted.conclusion === null
      ? { status: "in_progress" as const }
      : { status: "completed" as const, conclusion: wanted.conclusion }),
  };
  if (existing === undefined) {
    await on.beforeWrite("content");
    await checks.create({ ...said, head_sha: wanted.headSha });
  } else {
    await on.beforeWrite("edit");
    await checks.update({ ...said, check_run_id: existing.id });
  }
}

function toAnnotation({ path, line, level, title, message }: CheckAnnotation) {
  return { path, start_line: line, end_line: line, annotation_level: level, title, message };
}
