import { readFileSync } from "node:fs";
import { z } from "zod";
import { ConfigurationError } from "../kernel/errors.ts";
import type { Environment } from "../platform/config/environment.ts";
import { keptLogs } from "../wiring/start-timers.ts";
import { askFleet } from "./ask-fleet.ts";
import { type NamedStory, readStory } from "./parse-task.ts";

/** The longest that the walk over all records, and that a list is waited for, in milliseconds. */
const longestWalkMs = 30 * 60 * 1000;
const longestListMs = 60_000;

const verifiedLogs = z.array(
  z.object({
    installation: z.int(),
    records: z.int(),
    hash: z.string(),
    fault: z.object({ sequence: z.int(), what: z.enum(["changed", "removed", "inserted", "rewritten"]) }).nullable(),
  }),
);

type Verified = z.infer<typeof verifiedLogs>;

const auditRecords = z.array(
  z.object({
    sequence: z.int(),
    at: z.string(),
    installation: z.int(),
    story: z.string().nullable(),
    task: z.string().nullable(),
    name: z.string(),
    role: z.string().nullable(),
    action: z.string(),
    outcome: z.enum(["allowed", "denied"]),
    detail: z.string(),
  }),
);

type Records = z.infer<typeof auditRecords>;

/**
 * `fleet audit verify`: has the running fleet walk its audit log. Returns the exit code: 1 where it is not what was written, or
 * no fleet answered.
 */
export async function runAuditVerify(
  environment: Environment,
  { json, kept }: { readonly json: boolean; readonly kept?: string },
  out: (text: string) => void,
): Promise<number> {
  const job = { timer: "audit-verify", ...(kept === undefined ? {} : { kept: readKept(kept) }) };
  const answer = await askFleet(environment, job, longestWalkMs);
  if (answer.kind === "none") {
    console.error(answer.reason);
    return 1;
  }
  const verified = verifiedLogs.parse(answer.value);
  out(json ? `${JSON.stringify(verified)}\n` : `${verifiedText(verified)}\n`);
  return verified.every(({ fault }) => fault === null) ? 0 : 1;
}

/**
 * Reads what `fleet audit verify --json` printed once.
 * @throws ConfigurationError where the file is not there or holds something else.
 */
export function readKept(file: string): z.infer<typeof keptLogs> {
  try {
    return keptLogs.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch (error) {
    throw new ConfigurationError(`--kept=${file}: must be a file that \`fleet audit verify --json\` wrote`, {
      cause: error,
    });
  }
}

const before = "those before it are as they were written";

const faults = {
  changed: `was changed; ${before}`,
  removed: `is missing; ${before}`,
  inserted: `was put in by somebody else; ${before}`,
  rewritten: "is not the one that was kept: up to it the log was written anew",
} as const;

/** What was found, as people read it. */
export function verifiedText(verified: Verified): string {
  if (verified.length === 0) return "The audit log is empty.";
  return verified
    .map(({ installation, records, hash, fault }) =>
      fault === null
        ? `Installation ${installation}: ${records === 1 ? "1 record" : `${records} records`}, all as they were written. The last hash is ${hash}; what --json prints, kept elsewhere, shows later with --kept whether the log was written anew.`
        : `Installation ${installation}: record ${fault.sequence} ${faults[fault.what]}.`,
    )
    .join("\n");
}

/** What is typed behind `fleet audit list`. */
export type AuditListOptions = {
  readonly story?: NamedStory;
  readonly principal?: string;
  readonly limit: number;
  readonly json: boolean;
};

/** `fleet audit list`: the latest lines of the audit log. Returns the exit code: 1 where no fleet answered. */
export async function runAuditList(
  environment: Environment,
  { story, principal, limit, json }: AuditListOptions,
  out: (text: string) => void,
): Promise<number> {
  const job = {
    timer: "audit-list",
    ...(story === undefined ? {} : { repository: story.repository }),
    audit: {
      limit,
      ...(story === undefined ? {} : { issue: story.issue }),
      ...(principal === undefined ? {} : { principal }),
    },
  };
  const answer = await askFleet(environment, job, longestListMs);
  if (answer.kind === "none") {
    console.error(answer.reason);
    return 1;
  }
  out(json ? `${JSON.stringify(answer.value)}\n` : `${recordsText(auditRecords.parse(answer.value))}\n`);
  return 0;
}

/** Records as people read them, the latest first. */
export function recordsText(records: Records): string {
  if (records.length === 0) return "The audit log holds nothing of that.";
  return records
    .map(({ at, installation, sequence, name, role, action, outcome, task, story, detail }) => {
      const who = role === null ? name : `${name} as ${role}`;
      const about = task ?? story;
      return `${at} ${installation}/${sequence} ${who}: ${action}${about === null ? "" : ` on ${about}`} ${outcome} (${detail})`;
    })
    .join("\n");
}

/**
 * Reads what stands behind `--story`: `owner/name#12`, or a story's id.
 * @throws ConfigurationError for what is neither.
 */
export function parseStory(text: string): NamedStory {
  const story = readStory(text);
  if (story !== null) return story;
  throw new ConfigurationError(
    `--story=${text}: must be a story as owner/name#number; for example --story acme/shop#12`,
  );
}

/**
 * Reads what stands behind `--limit`.
 * @throws ConfigurationError for what is no count.
 */
export function parseLimit(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 10_000) return Number(text);
  throw new ConfigurationError(`--limit=${text}: must be a number from 1 to 10000; for example --limit 50`);
}
