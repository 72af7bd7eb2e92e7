import { createHash } from "node:crypto";
import type { Role } from "../../kernel/roles.ts";

/** What the audit log keeps of one thing that somebody did or was kept from. Never a payload, never a secret. */
export type AuditEntry = {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly installation: number;
  /** What it was about; null where it concerns the level above. */
  readonly repository: number | null;
  readonly story: string | null;
  readonly task: string | null;
  /** `principalKey` of who asked, and how people read it. */
  readonly principal: string;
  readonly name: string;
  /** The role that it was asked in; null where none was named. */
  readonly role: Role | null;
  readonly action: string;
  readonly outcome: "allowed" | "denied";
  /** The rule that denied it, or what was asked for: one line. */
  readonly detail: string;
};

/** An entry at its place in the log of its installation. */
export type AuditRecord = AuditEntry & {
  /** `<installation>-<sequence>`: no place is taken twice. */
  readonly id: string;
  /** 1, 2, 3 … without a gap. */
  readonly sequence: number;
  /** The hash of the record before it; `noHash` for the first. */
  readonly previous: string;
  /** SHA-256 over `previous` and everything else of the record. */
  readonly hash: string;
};

/** The last place that is taken in a log: where the next record follows. */
export type ChainEnd = { readonly sequence: number; readonly hash: string };

/** GitHub counts installations from 1: a record that bears no number of one is told of under this. */
export const noInstallation = 0;

const noHash = "0".repeat(64);

/** A log in which nothing stands yet. */
export const emptyChain: ChainEnd = { sequence: 0, hash: noHash };

/** The longest detail that is kept, in characters. */
const longestDetail = 300;

/**
 * A store keeps another character for half of a surrogate pair, as a cut may leave it, and the hash would not fit; a terminal
 * obeys control characters.
 */
const noText = /[\p{Surrogate}\p{Control}]/gu;

/** Puts an entry after the end of a log. */
export function chained(end: ChainEnd, entry: AuditEntry): AuditRecord {
  const sequence = end.sequence + 1;
  const detail = entry.detail.replace(/\s+/g, " ").trim().slice(0, longestDetail).replace(noText, "\ufffd");
  const record = { ...entry, detail, id: `${entry.installation}-${sequence}`, sequence, previous: end.hash };
  return { ...record, hash: hashOf(record) };
}

/** What a record's hash must be. */
export function hashOf(record: Omit<AuditRecord, "hash">): string {
  const { previous, ...rest } = record;
  return createHash("sha256")
    .update(`${previous}\n${canonicalJson(rest)}`)
    .digest("hex");
}

/** One text for one content: the names in their order, and nothing else than what a record has. */
function canonicalJson(record: Omit<AuditRecord, "hash" | "previous">): string {
  const { action, at, detail, id, installation, name, outcome, principal, repository, role, sequence, story, task } =
    record;
  return JSON.stringify({
    action,
    at,
    detail,
    id,
    installation,
    name,
    outcome,
    principal,
    repository,
    role,
    sequence,
    story,
    task,
  });
}
