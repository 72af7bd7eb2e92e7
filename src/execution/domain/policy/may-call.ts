import type { Role } from "../../../kernel/roles.ts";
import { mayWrite, type PathConfiguration, type PathRule } from "./may-write.ts";
import { matchesAny, testScopes } from "./path-kinds.ts";
import { pathProblem } from "./path-problem.ts";
import { type ToolPolicy, toolPolicy } from "./tool-policy.ts";

/**
 * What an agent does in a loop, by what of the L1 table it takes. `check` runs the repository's own checks; `dry-run` asks
 * the tools of deployment files, or a scratch database.
 */
export const agentOperations = {
  list: "files.read",
  read: "files.read",
  search: "files.read",
  outline: "files.read",
  write: "files.write",
  check: "tests",
  "dry-run": "dry-run",
} as const satisfies Record<string, "files.read" | "files.write" | "tests" | "dry-run">;

export type AgentOperation = keyof typeof agentOperations;

/** One call; `path` is null where it is about the repository as a whole. */
export type AgentCall = { readonly operation: AgentOperation; readonly path: string | null };

/** A refusal names its rule, so that the agent and the record can say which. */
export type CallDecision =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly rule: PathRule | "tests"; readonly reason: string };

/**
 * Whether an agent of this role may make that call (DOMAIN.md §4, L1): by operation and path, from the role alone. Roles
 * that run end-to-end tests or data checks only name the file that they run.
 */
export function mayCall(role: Role, { operation, path }: AgentCall, configuration: PathConfiguration): CallDecision {
  if (agentOperations[operation] === "files.write") return mayWrite(role, path ?? "", configuration);
  const problem = path === null ? null : pathProblem(path);
  if (problem !== null) return { allowed: false, rule: "path", reason: problem };
  const { files, tests, containers, db }: ToolPolicy = toolPolicy[role];
  if (agentOperations[operation] === "dry-run") {
    const may = containers === "dry-run" || db === "migrate-scratch";
    return may ? { allowed: true } : { allowed: false, rule: "tests", reason: `The role ${role} dry-runs nothing.` };
  }
  if (agentOperations[operation] === "files.read") {
    return files.read
      ? { allowed: true }
      : { allowed: false, rule: "role", reason: `The role ${role} reads no files.` };
  }
  if (tests === "run") return { allowed: true };
  if (tests === "none") return { allowed: false, rule: "tests", reason: `The role ${role} runs no checks.` };
  if (path !== null && matchesAny(testScopes[tests], path)) return { allowed: true };
  const those = testScopes[tests].join(", ");
  return {
    allowed: false,
    rule: "tests",
    reason: `The role ${role} runs ${tests} tests only, by their file: ${those}.`,
  };
}
