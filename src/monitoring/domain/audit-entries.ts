import type { FleetEvent } from "../../kernel/event.ts";
import { type Principal, principalKey, principalName } from "../../kernel/principal.ts";
import type { Role } from "../../kernel/roles.ts";
import type { AuditEntry } from "./audit-record.ts";

/** A denial of DOMAIN.md §4's first two levels: an action of a person or an agent, or a call of an agent. */
export function denialEntry({ occurredAt, subject, payload }: FleetEvent<"access.denied">): AuditEntry {
  const { principal, action, state, reason, text } = payload;
  return {
    ...subject,
    ...whoAsked(principal),
    at: occurredAt,
    role: principal.kind === "agent" ? principal.role : null,
    action,
    outcome: "denied",
    detail: `${reason} in ${state}: ${text}`,
  };
}

/** An access to data (DOMAIN.md §4, L3) as whoever checks it tells it: the shape of the query and counts, no values. */
export type DataAccess = {
  readonly principal: Principal;
  readonly role: Role;
  readonly purpose: string;
  readonly entity: string;
  readonly shape: string;
  readonly rows: number;
  readonly columns: number;
  readonly outcome: "allowed" | "denied";
  readonly reason: string | null;
};

/** What an access was made for. */
export type AccessSubject = Pick<AuditEntry, "installation" | "repository" | "story" | "task">;

export function accessEntry(access: DataAccess, subject: AccessSubject, at: string): AuditEntry {
  const { principal, role, purpose, entity, shape, rows, columns, outcome, reason } = access;
  const why = reason === null ? "" : `; ${reason}`;
  return {
    ...subject,
    ...whoAsked(principal),
    at,
    role,
    action: `read ${entity}`,
    outcome,
    detail: `${purpose}: ${shape}; ${rows} rows, ${columns} columns${why}`,
  };
}

function whoAsked(principal: Principal): Pick<AuditEntry, "principal" | "name"> {
  return { principal: principalKey(principal), name: principalName(principal) };
}
