import type { Role } from "../../../kernel/roles.ts";
import { forbiddenPaths, matchesAny, type PathKind, pathKinds } from "./path-kinds.ts";
import { pathProblem } from "./path-problem.ts";
import { type ToolPolicy, toolPolicy } from "./tool-policy.ts";

/** What the repository's `fleet.yml` adds to the rules (PRODUCT.md, `paths`): globs. */
export type PathConfiguration = {
  /** Paths that no agent may write. */
  readonly deny?: readonly string[];
  /** Where the tests lie, instead of the built-in globs. */
  readonly tests?: readonly string[];
};

export type PathRule = "path" | "role" | "denied-by-configuration" | keyof typeof forbiddenPaths;

/** A refusal names its rule, so that the agent and the audit record can say which. */
export type WriteDecision =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly rule: PathRule; readonly reason: string };

const texts = {
  "workflow-file": "Workflow files and actions are not written by agents.",
  "fleet-configuration": "The fleet's own configuration is not written by agents.",
  submodule: "Submodules are not written by agents.",
} as const satisfies Record<keyof typeof forbiddenPaths, string>;

const forbiddenRules = ["workflow-file", "fleet-configuration", "submodule"] as const;

/** Whether an agent of this role may write that path (DOMAIN.md §4, L1). */
export function mayWrite(role: Role, path: string, configuration: PathConfiguration = {}): WriteDecision {
  const problem = pathProblem(path);
  if (problem !== null) return { allowed: false, rule: "path", reason: problem };
  for (const rule of forbiddenRules) {
    if (matchesAny(forbiddenPaths[rule], path)) return { allowed: false, rule, reason: texts[rule] };
  }
  if (matchesAny(configuration.deny ?? [], path)) {
    return {
      allowed: false,
      rule: "denied-by-configuration",
      reason: "The repository's configuration denies this path.",
    };
  }
  const { write }: ToolPolicy["files"] = toolPolicy[role].files;
  if (write.some((kind) => kind === "any" || matchesAny(globsOf(kind, configuration), path))) return { allowed: true };
  const kinds = write.join(", ");
  const reason = kinds === "" ? `The role ${role} writes no files.` : `The role ${role} writes ${kinds} only.`;
  return { allowed: false, rule: "role", reason };
}

/** Where an agent of a role may write, as globs; `kinds` is what the table calls them. */
export type WriteBounds = {
  readonly kinds: readonly (PathKind | "any")[];
  /** Empty where the kind is `any`. */
  readonly globs: readonly string[];
  /** What the repository's configuration denies to everybody. */
  readonly denied: readonly string[];
};

/** The same rule as `mayWrite`, to be told beforehand. */
export function writeBounds(role: Role, configuration: PathConfiguration = {}): WriteBounds {
  const { write: kinds }: ToolPolicy["files"] = toolPolicy[role].files;
  const globs = kinds.flatMap((kind) => (kind === "any" ? [] : globsOf(kind, configuration)));
  return { kinds, globs, denied: configuration.deny ?? [] };
}

function globsOf(kind: PathKind, configuration: PathConfiguration): readonly string[] {
  return kind === "tests" ? (configuration.tests ?? pathKinds.tests) : pathKinds[kind];
}
