import type { Role } from "../../../kernel/roles.ts";
import type { FileChange } from "../file-change.ts";
import { mayWrite, type PathConfiguration, type PathRule } from "./may-write.ts";
import { pathProblem } from "./path-problem.ts";

/** How large a candidate may be. */
export type SizeLimits = {
  readonly files: number;
  /** Bytes of one file after the change. */
  readonly fileBytes: number;
  /** Bytes of all changed files together. */
  readonly totalBytes: number;
  /** Lines added and deleted. */
  readonly changedLines: number;
};

export const defaultSizeLimits: SizeLimits = {
  files: 50,
  fileBytes: 1_000_000,
  totalBytes: 5_000_000,
  changedLines: 2_000,
};

export const sizeRules = ["files", "file-bytes", "total-bytes", "changed-lines"] as const;

export type PolicyRule = PathRule | "symlink" | "same-name" | "secret" | (typeof sizeRules)[number];

/** A rule that a candidate breaks. `path` is empty where the rule is about all changes together. */
export type PolicyFinding = { readonly rule: PolicyRule; readonly path: string; readonly reason: string };

/** A secret as the scan reports it: never with the secret itself. */
export type FoundSecret = { readonly path: string; readonly rule: string; readonly line: number };

export type PolicyInput = {
  readonly role: Role;
  readonly changes: readonly FileChange[];
  readonly secrets: readonly FoundSecret[];
  /** The paths of the start commit, to find two names that differ only in case; optional. */
  readonly existing?: readonly string[];
  readonly configuration?: PathConfiguration;
  readonly limits?: Partial<SizeLimits>;
};

/** Everything that forbids publishing a candidate's changes (COUNCIL.md, step 4; GITHUB.md "Security"). Empty: none. */
export function checkPolicy(input: PolicyInput): readonly PolicyFinding[] {
  const { role, changes, secrets, existing = [], configuration = {} } = input;
  return [
    ...changes.flatMap((change) => checkChange(role, change, configuration)),
    ...sameNames(changes, existing),
    ...secrets.map(({ path, rule, line }) => ({
      rule: "secret" as const,
      path,
      reason: `Line ${line} looks like a secret (${rule}).`,
    })),
    ...checkSize(changes, { ...defaultSizeLimits, ...input.limits }),
  ];
}

/** True for a finding of the matrix's column "size"; the others belong to "policy". */
export function isSizeFinding(finding: PolicyFinding): boolean {
  return sizeRules.some((rule) => rule === finding.rule);
}

function checkChange(role: Role, change: FileChange, configuration: PathConfiguration): PolicyFinding[] {
  const findings: PolicyFinding[] = [];
  const { path, mode } = change;
  const decision = mayWrite(role, path, configuration);
  if (!decision.allowed) findings.push({ rule: decision.rule, path, reason: decision.reason });
  if (mode === "120000" && change.change !== "deleted") {
    findings.push({ rule: "symlink", path, reason: "Symbolic links are not published." });
  }
  if (mode === "160000") findings.push({ rule: "submodule", path, reason: "A repository within the repository." });
  return findings;
}

/** Two paths that are one file where case or Unicode form does not count: the second silently replaces the first. */
function sameNames(changes: readonly FileChange[], existing: readonly string[]): PolicyFinding[] {
  const gone = new Set(changes.filter(({ change }) => change === "deleted").map(({ path }) => path));
  const kept = changes.map(({ path }) => path).filter((path) => !gone.has(path));
  const seen = new Map<string, string>();
  for (const path of existing) if (!gone.has(path)) seen.set(folded(path), path);
  const findings: PolicyFinding[] = [];
  for (const path of kept) {
    const other = seen.get(folded(path));
    if (other !== undefined && other !== path) {
      findings.push({ rule: "same-name", path, reason: `Differs from ${shown(other)} only in case or Unicode form.` });
    }
    seen.set(folded(path), path);
  }
  return findings;
}

function folded(path: string): string {
  return path.normalize("NFKC").toLowerCase();
}

function shown(path: string): string {
  return pathProblem(path) === null ? path : "another path";
}

function checkSize(changes: readonly FileChange[], limits: SizeLimits): PolicyFinding[] {
  const findings: PolicyFinding[] = [];
  const over = (rule: (typeof sizeRules)[number], path: string, value: number, limit: number, unit: string) => {
    if (value <= limit) return;
    findings.push({
      rule,
      path,
      reason: `${value.toLocaleString("en")} ${unit}; at most ${limit.toLocaleString("en")}.`,
    });
  };
  over("files", "", changes.length, limits.files, "changed files");
  for (const { path, size } of changes) over("file-bytes", path, size, limits.fileBytes, "bytes");
  const bytes = changes.reduce((sum, { size }) => sum + size, 0);
  over("total-bytes", "", bytes, limits.totalBytes, "bytes in all");
  const lines = changes.reduce((sum, { added, deleted }) => sum + added + deleted, 0);
  over("changed-lines", "", lines, limits.changedLines, "changed lines");
  return findings;
}
