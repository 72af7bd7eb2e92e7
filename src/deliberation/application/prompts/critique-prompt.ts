import { z } from "zod";
import { checkNames } from "../../domain/check-result.ts";
import { type CritiqueFinding, evidenceText, mostFindings, type Remark } from "../../domain/critique/finding.ts";
import { mostLines } from "../../domain/critique/replacement.ts";
import type { DeliberationJob } from "../job.ts";
import type { Prompting } from "../ports.ts";
import { caseLines } from "./shared-prefix.ts";

/** What a model may say of a place in a change; hosts without constrained decoding leave out what a remark does not have. */
export const remarkFields = {
  problem: z.string().max(2_000),
  file: z.string().max(1_000).nullable().default(null),
  line: z.int().min(1).nullable().default(null),
  lastLine: z.int().min(1).nullable().default(null),
  replacement: z.array(z.string().max(1_000)).max(50).nullable().default(null),
};

/**
 * A critique as a model answers it. Hosts without constrained decoding leave out what a remark does not have, and write
 * an empty text instead of null.
 */
export const critiqueAnswerSchema = z.object({
  findings: z
    .array(
      z.object({
        ...remarkFields,
        check: z.enum(checkNames).nullable().default(null),
        test: z.string().max(1_000).nullable().default(null),
      }),
    )
    .max(50)
    .default([]),
}) satisfies z.ZodType<{ findings: Remark[] }>;

/**
 * Asks a member for what is wrong with a peer's candidate (COUNCIL.md step 5). `diff` carries line numbers, `checks` is
 * what the matrix shows as failed; both are made from other models' words and stand in fences.
 */
export async function critiquePrompt(
  job: DeliberationJob,
  candidate: { readonly id: string; readonly diff: string; readonly checks: string },
  prompting: Prompting,
): Promise<string> {
  return [
    await caseLines(job, "critique", prompting),
    `Candidate: ${candidate.id}`,
    "Another member wrote the change below for the task above. Say what is wrong with it: what it breaks, which acceptance criterion it misses, which case it forgets. Say nothing about style and nothing that is right.",
    prompting.fence(
      "The change: each file's path, then its lines with their numbers after the change",
      await prompting.redact(candidate.diff),
    ),
    candidate.checks === ""
      ? "No check that was run failed."
      : prompting.fence("The checks that failed", await prompting.redact(candidate.checks)),
    `Every finding needs evidence, or it is dropped: either "check" (one of ${checkNames.join(", ")}) of a check that failed above, with "test" where it is about one failing test, its name copied; or "file" and "line" of a line that the change above shows. Leave the other fields null. Where a few lines of the change mend it, you may add "replacement": the whole lines, indented as they must be, that shall stand in the place of "line" (through "lastLine", where it is more than one; at most ${mostLines}). At most ${mostFindings} findings, the weightiest first, each one short sentence that tells the author what to mend. If nothing is wrong, "findings" is empty.`,
    'Answer with one JSON object: {"findings": [{"problem": "…", "check": null, "test": null, "file": "src/greet.js", "line": 2, "lastLine": null, "replacement": ["  return \\"Hello \\" + name;"]}]}',
  ].join("\n\n");
}

/** What peers found in a candidate, for its author. */
export function findingLines(findings: readonly CritiqueFinding[]): string {
  return findings.map((finding) => `- ${evidenceText(finding)}: ${finding.text}${insteadOf(finding)}`).join("\n");
}

function insteadOf({ replacement }: CritiqueFinding): string {
  if (replacement === null) return "";
  const { from, to, text } = replacement;
  const lines = text.split("\n").map((line) => `    ${line}`);
  return [`\n  ${from === to ? `line ${from}` : `lines ${from} to ${to}`} should read:`, ...lines].join("\n");
}
