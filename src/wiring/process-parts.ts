import { ConfigurationError } from "../kernel/errors.ts";
import type { Environment } from "../platform/config/environment.ts";

/** What a process can do (ARCHITECTURE.md, "Processes"). */
export const processParts = ["web", "events", "writes", "deliberations"] as const;

export type ProcessPart = (typeof processParts)[number];

/** Whether this process needs the graph: a deliberation worker and a web front never touch it. */
export function needsGraph(parts: ReadonlySet<ProcessPart>): boolean {
  return parts.has("events") || parts.has("writes");
}

/** Whether this process does nothing but councils: it holds no credentials of the App. */
export function onlyDeliberates(parts: ReadonlySet<ProcessPart>): boolean {
  return parts.size === 1 && parts.has("deliberations");
}

/**
 * Reads a list such as `web,events`.
 * @throws ConfigurationError for an unknown name.
 */
export function parseParts(text: string): ReadonlySet<ProcessPart> {
  const names = text.split(",").map((name) => name.trim());
  const parts = processParts.filter((part) => names.includes(part));
  const unknown = names.filter((name) => !processParts.some((part) => part === name));
  if (unknown.length > 0 || parts.length === 0) {
    throw new ConfigurationError(
      `--only=${text}: ${unknown.length > 0 ? `there is no part "${unknown.join('", "')}"` : "no part is named"}; must be one or more of ${processParts.join(", ")}, for example --only web,events`,
    );
  }
  return new Set(parts);
}

/**
 * The embedded engines serve one process only, so a fleet on several processes needs the real ones.
 * @throws ConfigurationError that names the variable that is missing.
 */
export function requireSharedEngines(parts: ReadonlySet<ProcessPart>, environment: Environment): void {
  if (parts.size === processParts.length) return;
  if (environment.valkeyUrl === undefined) {
    throw new ConfigurationError(
      "VALKEY_URL is missing: a process that does a part of the work shares its queues; for example VALKEY_URL=redis://valkey:6379",
    );
  }
  if (needsGraph(parts) && environment.neo4j === undefined) {
    throw new ConfigurationError(
      "NEO4J_URI is missing: the embedded graph serves one process only; for example NEO4J_URI=bolt://neo4j:7687",
    );
  }
}
