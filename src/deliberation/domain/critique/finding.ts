import { z } from "zod";
import { type CheckName, type CheckResult, checkNames } from "../check-result.ts";
import { type DiffLine, diffLines } from "./diff-lines.ts";
import { keptReplacement, replacementSchema } from "./replacement.ts";

/** The most that one peer says of one candidate, and the longest finding, in characters. */
export const mostFindings = 5;
const longestFinding = 300;

/** What a finding rests on: a check that the matrix shows as failed, or a line of the candidate's diff. */
const evidenceSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("check"),
    check: z.enum(checkNames),
    /** The failing test as the matrix names it; null where the finding is about the check as a whole. */
    test: z.string().max(longestFinding).nullable(),
  }),
  z.object({ kind: z.literal("line"), path: z.string(), line: z.int().min(1) }),
]);

/** A remark on a candidate that rests on evidence (COUNCIL.md step 5). The text is a model's own: untrusted. */
export const critiqueFindingSchema = z.object({
  text: z.string().min(1).max(longestFinding),
  evidence: evidenceSchema,
  /** What the lines should read that it is about; null where that is not known. Absent in what an earlier version saved. */
  replacement: replacementSchema.nullable().default(null),
});

export type CritiqueFinding = z.infer<typeof critiqueFindingSchema>;

/** How one member's look at a peer's candidate ended. */
export const critiqueSchema = z.object({
  /** The member that looked, and its model. */
  reviewer: z.int().min(1),
  model: z.string(),
  /** The candidate that it looked at. */
  candidate: z.string(),
  findings: z.array(critiqueFindingSchema).max(mostFindings),
  /** Remarks that were dropped: without evidence, said twice, or beyond the most. */
  dropped: z.int().min(0),
  /** Why there is no critique; null where there is one, with or without findings. */
  missing: z.string().nullable(),
});

export type Critique = z.infer<typeof critiqueSchema>;

/** A remark as a model makes it, before anybody looked whether its evidence exists. */
export type Remark = {
  readonly problem: string;
  readonly check: CheckName | null;
  readonly test: string | null;
  readonly file: string | null;
  readonly line: number | null;
  /** The last line of several that it is about; null where it is one. */
  readonly lastLine: number | null;
  /** What these lines should read instead; null where it does not say. */
  readonly replacement: readonly string[] | null;
};

/** What remarks are about. */
export type Reviewed = { readonly checks: readonly CheckResult[]; readonly diff: string };

/**
 * Keeps the remarks that rest on something: a check (and test) that failed in the candidate's own row of the matrix, or a
 * line that its diff shows. The evidence is taken from the matrix and the diff, never from the remark. Everything else is
 * counted and dropped, so that an opinion moves nobody.
 */
export function weighRemarks(
  remarks: readonly Remark[],
  candidate: Reviewed,
): { readonly findings: readonly CritiqueFinding[]; readonly dropped: number } {
  const lines = diffLines(candidate.diff);
  const places = placesIn(lines);
  const seen = new Set<string>();
  const findings: CritiqueFinding[] = [];
  for (const remark of remarks) {
    const text = remark.problem.replace(/\s+/g, " ").trim().slice(0, longestFinding);
    const evidence = failedCheck(remark, candidate.checks) ?? shownLine(remark, places);
    if (text === "" || evidence === null || seen.has(text.toLowerCase())) continue;
    if (findings.length === mostFindings) break;
    seen.add(text.toLowerCase());
    findings.push({ text, evidence, replacement: replacementOf(remark, evidence, lines) });
  }
  return { findings, dropped: remarks.length - findings.length };
}

type Evidence = CritiqueFinding["evidence"];

function replacementOf(
  { lastLine, replacement }: Remark,
  evidence: Evidence,
  diff: readonly DiffLine[],
): CritiqueFinding["replacement"] {
  if (evidence.kind !== "line") return null;
  return keptReplacement({ ...evidence, lastLine, lines: replacement }, diff);
}

/** A test's name may be shortened, to no less than this: every name holds a single letter. */
const shortestName = 4;

function failedCheck({ check, test }: Remark, checks: readonly CheckResult[]): Evidence | null {
  const named = test?.trim() ?? "";
  if (check === null && named === "") return null;
  const failed = checks.filter(({ name, status }) => status === "failed" && (check === null || name === check));
  if (named === "") return failed[0] === undefined ? null : { kind: "check", check: failed[0].name, test: null };
  for (const { name, failing } of failed) {
    const shown = failing.find((each) => each === named || (named.length >= shortestName && each.includes(named)));
    if (shown !== undefined) return { kind: "check", check: name, test: shown };
  }
  return null;
}

/** The lines that a diff shows, to look remarks up in. */
export function placesIn(diff: readonly DiffLine[]): ReadonlySet<string> {
  return new Set(diff.map(({ path, line }) => placeKey(path, line)));
}

/** The line that a remark is about, as the diff names it; null for one that it does not show. */
export function shownLine({ file, line }: Pick<Remark, "file" | "line">, places: ReadonlySet<string>): Evidence | null {
  if (file === null || line === null) return null;
  const path = file.trim().replace(/^(?:\.\/|[ab]\/(?=.))/, "");
  // A folder may be called a or b, as git's own prefixes are.
  const known = [file.trim(), path].find((each) => places.has(placeKey(each, line)));
  return known === undefined ? null : { kind: "line", path: known, line };
}

function placeKey(path: string, line: number | null): string {
  return `${line ?? "-"}:${path}`;
}

/** A finding's evidence in a few words: `src/a.js:7`, `acceptance: criterion 2: …`, or the check's name. */
export function evidenceText({ evidence }: CritiqueFinding): string {
  if (evidence.kind === "line") return `${evidence.path}:${evidence.line}`;
  return evidence.test === null ? evidence.check : `${evidence.check}: ${evidence.test}`;
}
