import { existsSync } from "node:fs";
import { pino } from "pino";
import type { CodeSource } from "../../src/context/application/ports.ts";
import { openTreeSource } from "../../src/context/application/tree-source.ts";
import { emptyFacts } from "../../src/context/domain/written-facts.ts";
import { redactText } from "../../src/context/infrastructure/redact-text.ts";
import { parseSource } from "../../src/context/infrastructure/syntax/parse-source.ts";
import type { DeliberationJob, DeliberationReport, Member } from "../../src/deliberation/application/job.ts";
import { buildJobContext } from "../../src/wiring/council-contexts.ts";
import { openTree } from "../../src/wiring/open-code.ts";
import { openPrompting } from "../../src/wiring/open-prompting.ts";

export const silent = pino({ level: "silent" });

export const realPrompting = openPrompting;

export const story = {
  number: 12,
  title: "Limit the open bookings that one customer may hold",
  body: "As a shop owner I want a limit so that slots stay free. It touches `src/bookings.js`.",
  criteria: [
    { number: 1, text: "Given 3 open bookings, when another slot is booked, then the code is `TOO_MANY_BOOKINGS`." },
    { number: 2, text: "Given a refusal, when one booking is cancelled, then the next one is `ok: true`." },
    { number: 3, text: "Given 2 open bookings, when `bookingsLeft` is called, then the answer is 1." },
  ],
};

export const task: NonNullable<DeliberationJob["task"]> = {
  id: "7-12-p1-t1",
  number: 1,
  title: "Refuse a fourth open booking",
  description: "Count the open bookings.",
  type: "code",
  role: "developer",
  covers: [1, 2, 3],
  branch: "fleet/12/t1-limit",
  feedback: [],
};

export function members(host: string, models: readonly string[]): Member[] {
  return models.map((model, index) => ({ number: index + 1, model, host, temperature: 0.2, slice: "core" }));
}

/** `files`: what stands at the start commit, where the work trees are in memory. */
export async function jobOf(
  changes: Partial<DeliberationJob>,
  files: Readonly<Record<string, string>> = {},
): Promise<DeliberationJob> {
  const own = changes.kind === "plan" ? null : (changes.task ?? task);
  const facts = {
    ...emptyFacts,
    story: { id: "7-12", ...story, ...changes.story },
    task: own === null ? null : { ...own, state: "implementing", dependsOn: [] },
    feedback: own?.feedback ?? [],
  };
  const { source } = changes;
  const isThere = source !== null && source !== undefined && existsSync(source.mirror);
  const code = isThere ? await openTree(source.mirror, source.startSha) : await codeIn(files);
  const context = await buildJobContext({ facts, role: "developer", phase: "build", source: code }, redactText);
  return {
    deliberationId: `7-12-p1-t1-r${changes.round ?? 1}`,
    kind: "implementation",
    subject: { installation: 1, repository: 7, story: "7-12", task: "7-12-p1-t1" },
    round: 1,
    story,
    context,
    source: null,
    checks: null,
    policy: { deny: [], tests: [] },
    members: [],
    budget: { tokens: 400_000, minutes: 5 },
    trusted: true,
    planFeedback: [],
    ...changes,
    task: own,
  };
}

/** The code of a commit that is in memory; null where it has none. */
async function codeIn(files: Readonly<Record<string, string>>): Promise<CodeSource | null> {
  if (Object.keys(files).length === 0) return null;
  const tree = Object.entries(files).map(([path, text]) => ({ path, text, blob: path }));
  const repository = {
    readTree: async () => ({ commit: "c".repeat(40), files: tree, leftOut: [] }),
    readHistory: async () => [],
  };
  return openTreeSource({ repository, parse: parseSource, progress: () => undefined });
}

/** What a deliberation reported, with its end. */
export function collector() {
  const reports: DeliberationReport[] = [];
  return {
    reports,
    report: async (report: DeliberationReport): Promise<void> => {
      reports.push(report);
    },
    statuses: () => reports.flatMap((report) => (report.kind === "progress" ? [report.status] : [])),
    end: () => reports.find(({ kind }) => kind !== "progress"),
    implementation() {
      const end = reports.find((report) => report.kind === "finished");
      if (end?.kind !== "finished" || end.outcome.kind !== "implementation") {
        throw new Error(`no outcome: ${JSON.stringify(reports.at(-1)).slice(0, 500)}`);
      }
      return end.outcome;
    },
  };
}
